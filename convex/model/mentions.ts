/** Mentions: the operators whom a note names, each of whom is told of it. */
import { MENTIONS_MAX } from "../../lib/limits";
import type { Checked } from "../../lib/validation";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal } from "../errors";
import type { Mention } from "../validators";
import { conversationLink, notify } from "./notifications";
import { findAssignee } from "./operators";

/** The ids that a message names, each once: only a note names any. */
export function checkMentions(ids: readonly string[] | undefined, internal: boolean): Checked<string[]> {
  const each = [...new Set(ids)];
  if (each.length > 0 && !internal) return { ok: false, reason: "Only an internal note mentions operators." };
  if (each.length > MENTIONS_MAX) {
    return { ok: false, reason: `A note mentions at most ${MENTIONS_MAX} operators.` };
  }
  return { ok: true, value: each };
}

/** Those operators; one who may not see the conversation is a refusal. */
export async function requireMentioned(
  db: DatabaseReader,
  conversation: Doc<"conversations">,
  operatorIds: readonly string[],
): Promise<Doc<"operators">[]> {
  return await Promise.all(
    operatorIds.map(async (id) => {
      const operator = await findAssignee(db, conversation, id);
      if (operator === null) {
        throw refusal("VALIDATION", "There is no such operator who may see this conversation.", {
          field: "mentions",
        });
      }
      return operator;
    }),
  );
}

type Note = {
  mentioned: readonly Doc<"operators">[];
  author: Doc<"operators">;
  messageId: Id<"messages">;
  preview: string;
  now: number;
};

/** What the note keeps of them; absent for none. */
export function toMentions(mentioned: readonly Doc<"operators">[]): Mention[] | undefined {
  if (mentioned.length === 0) return undefined;
  return mentioned.map(({ _id, name }) => ({ operatorId: _id, name }));
}

/** Tells each but the author, with a link to the note. */
export async function notifyMentioned(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  { mentioned, author, messageId, preview, now }: Note,
): Promise<void> {
  for (const operator of mentioned) {
    if (operator._id === author._id) continue;
    const notice = {
      kind: "mention" as const,
      severity: "info" as const,
      title: `${author.name} mentioned you in a note`,
      body: preview,
      link: `${conversationLink(conversation._id)}&message=${messageId}`,
    };
    await notify(ctx, operator, notice, now);
  }
}
