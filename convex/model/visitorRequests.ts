/** What a visitor does beside writing: asks for a person, ends the chat, tells where they are and what they look at. */
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { patchConversation } from "./conversationRows";
import { isOver, setStatus } from "./conversations";
import { sendMessage } from "./messages";
import { conversationLink, notifyTeam } from "./notifications";

/** Marks the conversation and tells the team, once until a person has answered. */
export async function requestHuman(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  now: number,
): Promise<void> {
  if (conversation.humanRequestedAt !== undefined && !isOver(conversation)) {
    await patchConversation(ctx, conversation, { humanRequestedAt: now, updatedAt: now });
    return;
  }
  const body = "The visitor asked for a person.";
  await sendMessage(ctx, conversation, { sender: { role: "system", event: "human_requested" }, body, now });
  const { name = "A visitor" } = conversation.visitor;
  await notifyTeam(
    ctx,
    conversation,
    {
      kind: "human_requested",
      severity: "warn",
      title: `${name} asks for a person`,
      link: conversationLink(conversation._id),
    },
    now,
  );
}

/** Resolves the conversation; the visitor's next message opens it again. */
export async function endConversation(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  now: number,
): Promise<void> {
  if (isOver(conversation)) return;
  const body = "The visitor ended the chat.";
  await sendMessage(ctx, conversation, {
    sender: { role: "system", event: "conversation_ended" },
    body,
    now,
  });
  await setStatus(ctx, conversation, "resolved", { operator: null, now });
}
