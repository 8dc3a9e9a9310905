/** The end of a snooze. */
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { setStatus } from "./conversations";

/** Conversations that one run of the sweep opens. */
const PAGE = 100;

/** Opens a snoozed conversation because its time has come. */
export async function wakeConversation(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  now: number,
): Promise<void> {
  // Its job is this very run, or is gone: nothing to cancel.
  await setStatus(ctx, { ...conversation, wakeJobId: undefined }, "open", { operator: null, now });
}

/** Opens a page of those whose time is over; true when there may be more. */
export async function wakeOverdue(ctx: MutationCtx, now: number): Promise<boolean> {
  const overdue = await ctx.db
    .query("conversations")
    .withIndex("by_snoozed_until", (q) => q.gt("snoozedUntil", 0).lte("snoozedUntil", now))
    .take(PAGE);
  for (const conversation of overdue) await wakeConversation(ctx, conversation, now);
  return overdue.length === PAGE;
}
