/**
 * Each lane has one worker at a time: an action with a lease. A deployment runs few scheduled functions side by side, so
 * that an action for each delivery would let some endpoints that never answer hold up everything.
 */
import { internal } from "../_generated/api";
import type { Doc } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import type { WebhookLane } from "../validators/webhooks";

/** How long a worker may be silent. The fast lane's says every few seconds that it is there, the slow lane's each batch. */
const LEASE: Record<WebhookLane, number> = { fast: 20_000, slow: 60_000 };
/** What is left of the lease when it is renewed. */
const RENEW_AT = 15_000;

type Lane = Doc<"webhookLanes">;

async function findLane(db: DatabaseReader, lane: WebhookLane): Promise<Lane | null> {
  return await db
    .query("webhookLanes")
    .withIndex("by_lane", (q) => q.eq("lane", lane))
    .unique();
}

/** The lane if the worker with this lease still has it. */
export async function findOwnLane(
  db: DatabaseReader,
  lane: WebhookLane,
  lease: number,
): Promise<Lane | null> {
  const row = await findLane(db, lane);
  return row !== null && row.lease === lease && row.leaseUntil > 0 ? row : null;
}

/**
 * Something is to be done in the lane: starts a worker, unless there is one. Whoever calls this has stored what is to be
 * done before, or in the same mutation: a worker looks once more in the mutation that ends its lease.
 */
export async function wakeLane(ctx: MutationCtx, lane: WebhookLane, now: number): Promise<void> {
  const row = await findLane(ctx.db, lane);
  if (row !== null && row.leaseUntil > now) {
    // The round may be past the endpoint.
    if (lane === "slow" && !row.again) await ctx.db.patch("webhookLanes", row._id, { again: true });
    return;
  }
  const lease = (row?.lease ?? 0) + 1;
  const fields = { lease, leaseUntil: now + LEASE[lane], cursor: null, again: false };
  if (row === null) await ctx.db.insert("webhookLanes", { lane, ...fields });
  else await ctx.db.patch("webhookLanes", row._id, fields);
  const { drainFastLane, drainSlowLane } = internal.webhookSender;
  await ctx.scheduler.runAfter(0, lane === "fast" ? drainFastLane : drainSlowLane, { lease });
}

/** Starts a worker where the one before has not been heard of for too long. */
export async function wakeLostLanes(ctx: MutationCtx, now: number): Promise<void> {
  for (const lane of ["fast", "slow"] as const) {
    const row = await findLane(ctx.db, lane);
    if (row !== null && row.leaseUntil > 0 && row.leaseUntil <= now) await wakeLane(ctx, lane, now);
  }
}

/** The worker is there: its lease is renewed when it has become short, with what else changes. */
export async function keepLane(
  ctx: MutationCtx,
  { _id, lane, leaseUntil }: Lane,
  now: number,
  changes: Partial<Pick<Lane, "cursor" | "again">> = {},
): Promise<void> {
  const isShort = leaseUntil - now < RENEW_AT;
  if (!isShort && Object.keys(changes).length === 0) return;
  await ctx.db.patch("webhookLanes", _id, { ...changes, leaseUntil: now + LEASE[lane] });
}

/** The worker ends. */
export async function leaveLane(ctx: MutationCtx, { _id }: Lane): Promise<void> {
  await ctx.db.patch("webhookLanes", _id, { leaseUntil: 0, cursor: null, again: false });
}

/** The worker ends and another takes over: no action may run for ever. */
export async function relayLane(
  ctx: MutationCtx,
  lane: WebhookLane,
  lease: number,
  now: number,
): Promise<void> {
  const row = await findOwnLane(ctx.db, lane, lease);
  if (row === null) return;
  await leaveLane(ctx, row);
  await wakeLane(ctx, lane, now);
}
