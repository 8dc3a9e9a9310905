/** How an endpoint has answered lately. Apart from the endpoint, which every change reads. */
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";

type Health = Pick<
  Doc<"webhookHealth">,
  "consecutiveFailures" | "consecutiveSlow" | "failingSince" | "exhausted"
>;

/** What one attempt says about the endpoint. */
export type Sign = {
  isSuccess: boolean;
  isSlow: boolean; // failures count as slow
  isExhausted: boolean; // it was the last of a delivery's six
};

const WELL: Health = { consecutiveFailures: 0, consecutiveSlow: 0, exhausted: 0 };

export async function findHealth(
  db: DatabaseReader,
  subscriptionId: Id<"webhookSubscriptions">,
): Promise<Doc<"webhookHealth"> | null> {
  return await db
    .query("webhookHealth")
    .withIndex("by_subscription", (q) => q.eq("subscriptionId", subscriptionId))
    .unique();
}

/** Notes an attempt and returns what is known then. A success that changes nothing writes nothing. */
export async function noteAttempt(
  ctx: MutationCtx,
  subscriptionId: Id<"webhookSubscriptions">,
  { isSuccess, isSlow, isExhausted }: Sign,
  now: number,
): Promise<Health> {
  const before = await findHealth(ctx.db, subscriptionId);
  const { consecutiveFailures, consecutiveSlow, failingSince, exhausted } = before ?? WELL;
  const after: Health = {
    consecutiveSlow: isSlow ? consecutiveSlow + 1 : 0,
    ...(isSuccess
      ? { consecutiveFailures: 0, failingSince: undefined, exhausted: 0 }
      : {
          consecutiveFailures: consecutiveFailures + 1,
          failingSince: failingSince ?? now,
          exhausted: exhausted + (isExhausted ? 1 : 0),
        }),
  };
  if (before === null) {
    if (isSlow || !isSuccess) await ctx.db.insert("webhookHealth", { subscriptionId, ...after });
  } else if (isSlow || !isSuccess || consecutiveSlow > 0 || consecutiveFailures > 0) {
    await ctx.db.patch("webhookHealth", before._id, after);
  }
  return after;
}

/** As if nothing had been sent there yet. */
export async function forgetHealth(
  ctx: MutationCtx,
  subscriptionId: Id<"webhookSubscriptions">,
): Promise<void> {
  const health = await findHealth(ctx.db, subscriptionId);
  if (health !== null) await ctx.db.delete("webhookHealth", health._id);
}
