/** Messages: the one way to send, and the two ways to read (operators, visitors). */
import { PREVIEW_MAX } from "../../lib/limits";
import { searchWords } from "../../lib/search-text";
import { oneLine } from "../../lib/text";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal } from "../errors";
import type { MessageRow, SystemEvent, VisitorMessageRow } from "../validators";
import { awaitReading } from "./answerMails";
import { bindToMessage, requireUnsent, toAttachmentRows } from "./attachments";
import { patchConversation, whereMerged } from "./conversationRows";
import { awaitTurn } from "./atlasTurns";
import { isOver, setStatus } from "./conversations";
import { endSentDraft } from "./drafts";
import { recordEvent } from "./events";
import { notifyMentioned, requireMentioned, toMentions } from "./mentions";
import { countAnswer } from "./metrics";
import { setReadMark } from "./readMarks";

export type Sender =
  | { role: "visitor" }
  | { role: "operator"; operator: Doc<"operators"> }
  | { role: "internal_note"; operator: Doc<"operators"> }
  | { role: "atlas" }
  | { role: "program"; senderName?: string } // answers for the team through an API key, shown under that name
  | { role: "system"; event: SystemEvent }; // tells what the visitor did

/**
 * `uploads`: ids of files that the sender has uploaded; with some the body may be empty. `mentions`: ids of operators, of
 * a note. `expectedSequence`: of the newest answer that the sender has seen, 0 for none; see `refuseUnseenAnswer`.
 */
export type Outgoing = {
  sender: Sender;
  body: string;
  mentions?: readonly string[];
  expectedSequence?: number;
  uploads?: readonly string[];
  clientMessageId?: string;
  now: number;
};

const operatorOf = (sender: Sender): Doc<"operators"> | null =>
  "operator" in sender ? sender.operator : null;

const senderNameOf = (sender: Sender): string | undefined =>
  sender.role === "program" ? sender.senderName : operatorOf(sender)?.name;

const roleOf = ({ role }: Sender) => (role === "program" ? "operator" : role);

/**
 * Adds a checked message to the conversation, or to what that was merged into; moves the conversation's state with it, and records the events.
 * The same sender repeating a clientMessageId gets the first message's id and changes nothing.
 */
export async function sendMessage(
  ctx: MutationCtx,
  addressed: Doc<"conversations">,
  outgoing: Outgoing,
): Promise<Id<"messages">> {
  const conversation = await whereMerged(ctx.db, addressed);
  const { sender, body, uploads = [], clientMessageId, now } = outgoing;
  const operator = operatorOf(sender);
  const role = roleOf(sender);
  const repeated = await findRepeated(ctx.db, conversation, operator, clientMessageId);
  if (repeated !== null) return repeated._id;
  await refuseUnseenAnswer(ctx.db, conversation, outgoing);
  const mentioned = await requireMentioned(ctx.db, conversation, outgoing.mentions ?? []);

  const uploader = operator === null ? { visitorId: conversation.visitorId } : { operatorId: operator._id };
  const files = await requireUnsent(ctx.db, conversation, uploader, uploads);
  const attachments = files.length === 0 ? undefined : files;
  const sequence = conversation.sequence + 1;
  const messageId = await ctx.db.insert("messages", {
    conversationId: conversation._id,
    workspaceId: conversation.workspaceId,
    brandId: conversation.brandId,
    channel: conversation.channel,
    role,
    internal: role === "internal_note",
    senderVisitorId: role === "visitor" ? conversation.visitorId : undefined,
    senderOperatorId: operator?._id,
    senderName: senderNameOf(sender),
    body,
    searchWords: searchWords(body),
    attachments,
    systemEvent: sender.role === "system" ? sender.event : undefined,
    mentions: toMentions(mentioned),
    sequence,
    clientMessageId,
    createdAt: now,
  });
  await bindToMessage(ctx, files, messageId);
  const preview = oneLine(body === "" ? files.map(({ name }) => name).join(", ") : body, PREVIEW_MAX);
  await patchConversation(
    ctx,
    conversation,
    conversationAfter(conversation, outgoing, { sequence, preview }),
  );
  // What the conversation says of itself is no message of anybody: receivers hear of it by the status.
  if (role !== "internal_note" && role !== "system") {
    const via = sender.role === "program" ? ("api" as const) : undefined;
    const data = {
      messageId,
      conversationId: conversation._id,
      brandId: conversation.brandId,
      channel: conversation.channel,
      role,
      senderOperatorId: operator?._id,
      senderName: senderNameOf(sender),
      body,
      attachments: attachments && toAttachmentRows({ attachments }),
      sequence,
      createdAt: now,
      via,
    };
    await recordEvent(ctx, conversation, { type: "message.created", data }, now);
  }
  if (role === "operator" || role === "atlas") {
    await countAnswer(ctx, conversation, { role, operatorId: operator?._id }, now);
    await awaitReading(ctx, conversation, now);
  }
  await reopen(ctx, conversation, sender, now);
  if (sender.role === "visitor") await awaitTurn(ctx, conversation, sequence);
  if (sender.role === "visitor" || sender.role === "system")
    await ctx.db.patch("visitors", conversation.visitorId, { lastSeenAt: now });
  if (operator !== null) {
    // Who answers has read what is above the answer.
    await setReadMark(ctx, operator, conversation, sequence);
    await notifyMentioned(ctx, conversation, { mentioned, author: operator, messageId, preview, now });
    await endSentDraft(ctx, operator, conversation, { body, internal: role === "internal_note", now });
  }
  return messageId;
}

/** The visitor's message with this clientMessageId, in whichever of their conversations. */
export async function findSentByVisitor(
  db: DatabaseReader,
  visitorId: Id<"visitors">,
  clientMessageId: string,
): Promise<Doc<"messages"> | null> {
  return await db
    .query("messages")
    .withIndex("by_visitor_and_client_message_id", (q) =>
      q.eq("senderVisitorId", visitorId).eq("clientMessageId", clientMessageId),
    )
    .unique();
}

/** The operator's message with this clientMessageId, in whichever conversation. */
export async function findSentByOperator(
  db: DatabaseReader,
  operatorId: Id<"operators">,
  clientMessageId: string,
): Promise<Doc<"messages"> | null> {
  return await db
    .query("messages")
    .withIndex("by_operator_and_client_message_id", (q) =>
      q.eq("senderOperatorId", operatorId).eq("clientMessageId", clientMessageId),
    )
    .unique();
}

/** The message that this call repeats; an id used elsewhere is refused, or the new text would be lost unseen. */
async function findRepeated(
  db: DatabaseReader,
  conversation: Doc<"conversations">,
  operator: Doc<"operators"> | null,
  clientMessageId: string | undefined,
): Promise<Doc<"messages"> | null> {
  if (clientMessageId === undefined) return null;
  const sent =
    operator === null
      ? await findSentByVisitor(db, conversation.visitorId, clientMessageId)
      : await findSentByOperator(db, operator._id, clientMessageId);
  if (sent !== null && !(await isIn(db, sent, conversation))) {
    throw refusal(
      "CONFLICT",
      "This clientMessageId belongs to a message in another conversation. Use a new one.",
      {
        field: "clientMessageId",
      },
    );
  }
  return sent;
}

/** Whether the message is in the conversation, or in one that was merged into it and is still on its way. */
async function isIn(
  db: DatabaseReader,
  { conversationId }: Doc<"messages">,
  { _id }: Doc<"conversations">,
): Promise<boolean> {
  if (conversationId === _id) return true;
  const conversation = await db.get("conversations", conversationId);
  return conversation !== null && (await whereMerged(db, conversation))._id === _id;
}

/**
 * Refuses an answer of who has not seen the newest one, if somebody else wrote that: two who answer at once do not pass
 * each other unseen. Who has seen it, or did not say what they have seen, is not held up.
 */
async function refuseUnseenAnswer(
  db: DatabaseReader,
  conversation: Doc<"conversations">,
  { sender, expectedSequence }: Outgoing,
): Promise<void> {
  const { answerSequence } = conversation;
  if (sender.role !== "operator" || expectedSequence === undefined || answerSequence === undefined) return;
  if (answerSequence <= expectedSequence) return;
  const answer = await db
    .query("messages")
    .withIndex("by_conversation_and_sequence", (q) =>
      q.eq("conversationId", conversation._id).eq("sequence", answerSequence),
    )
    .unique();
  if (answer === null || answer.senderOperatorId === sender.operator._id) return;
  const name = answer.role === "atlas" ? "Atlas" : (answer.senderName ?? "Somebody");
  throw refusal(
    "CONFLICT",
    `${name} has answered meanwhile. Read it, then send again if it is still needed.`,
    {
      field: "expectedSequence",
      answer: { name, sequence: answerSequence, at: answer.createdAt },
    },
  );
}

/** The fields of the conversation that a message changes, its status apart. */
function conversationAfter(
  conversation: Doc<"conversations">,
  { sender, now }: Outgoing,
  { sequence, preview }: { sequence: number; preview: string },
): Partial<Doc<"conversations">> {
  const counted = { sequence, updatedAt: now };
  if (sender.role === "internal_note") return counted;
  if (sender.role === "visitor" || sender.role === "system") {
    const shown = { lastMessage: { preview, role: sender.role, at: now }, lastMessageAt: now };
    if (sender.role === "system" && sender.event === "conversation_ended") {
      return { ...counted, ...shown, waitingSince: undefined, humanRequestedAt: undefined };
    }
    // One that is over begins anew with a question: Atlas may answer again.
    const anew = isOver(conversation) ? { atlasPausedAt: undefined } : {};
    return {
      ...counted,
      ...shown,
      ...anew,
      visitorSequence: sequence,
      // One that was resolved without an answer keeps its old time, which a new question must not inherit.
      waitingSince: isOver(conversation) ? now : (conversation.waitingSince ?? now),
      ...(sender.role === "system" && { humanRequestedAt: now }),
    };
  }
  return {
    ...counted,
    lastMessage: { preview, role: roleOf(sender), senderName: senderNameOf(sender), at: now },
    lastMessageAt: now,
    waitingSince: undefined,
    // Whoever answers for the team has taken it over from Atlas.
    ...(sender.role === "atlas" ? {} : { atlasPausedAt: now }),
    // Neither Atlas nor a program is the person who was asked for.
    humanRequestedAt: operatorOf(sender) === null ? conversation.humanRequestedAt : undefined,
    answerSequence: sequence,
    answeredBy: senderNameOf(sender) ?? conversation.answeredBy,
    assignedOperatorId: conversation.assignedOperatorId ?? operatorOf(sender)?._id,
  };
}

/** What a visitor writes or asks for reopens any conversation; an answer only one that sleeps. */
async function reopen(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  sender: Sender,
  now: number,
): Promise<void> {
  if (sender.role === "system" && sender.event === "conversation_ended") return;
  if (sender.role === "visitor" || sender.role === "system" || conversation.status === "snoozed") {
    const via = sender.role === "program" ? ("api" as const) : undefined;
    await setStatus(ctx, conversation, "open", { operator: operatorOf(sender), via, now });
  }
}

/** All messages of the conversation, notes included, newest first. */
export function messagesNewestFirst(db: DatabaseReader, conversationId: Id<"conversations">) {
  return db
    .query("messages")
    .withIndex("by_conversation_and_sequence", (q) => q.eq("conversationId", conversationId))
    .order("desc");
}

/** What the visitor may see of the conversation, from behind a sequence on; from either end without one. */
export function visibleMessages(
  db: DatabaseReader,
  conversationId: Id<"conversations">,
  { order, after }: { order: "asc" | "desc"; after?: number },
) {
  return db
    .query("messages")
    .withIndex("by_conversation_and_internal_and_sequence", (q) => {
      const visible = q.eq("conversationId", conversationId).eq("internal", false);
      if (after === undefined) return visible;
      return order === "asc" ? visible.gt("sequence", after) : visible.lt("sequence", after);
    })
    .order(order);
}

/** What the visitor may see of the conversation, newest first. */
export function visibleMessagesNewestFirst(db: DatabaseReader, conversationId: Id<"conversations">) {
  return visibleMessages(db, conversationId, { order: "desc" });
}

export function toMessageRow(message: Doc<"messages">): MessageRow {
  const { internal, senderVisitorId, searchWords: _, ...row } = message;
  return { ...row, attachments: toAttachmentRows(message) };
}

export function toVisitorMessageRow(message: Doc<"messages">): VisitorMessageRow {
  const { _id, role, body, systemEvent, createdAt, sequence, senderName } = message;
  return {
    _id,
    role,
    body,
    attachments: toAttachmentRows(message),
    systemEvent,
    createdAt,
    sequence,
    clientMessageId: role === "visitor" ? message.clientMessageId : undefined,
    senderName,
  };
}
