/** How many requests a minute the REST API takes: by key, and by address from those without a valid one. */
import { RateLimiter } from "@convex-dev/rate-limiter";
import { API_RATE_READ, API_RATE_STRANGER, API_RATE_WRITE } from "../../lib/limits";
import { components } from "../_generated/api";
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { addressBucket } from "../logic/addresses";
import type { LimitState } from "../validators";

const MINUTE = 60_000;

/**
 * Windows begin with the minute of the clock, so that every answer can say when the next one begins. A key's count is
 * spread over shards: requests at the same time do not all write one row.
 */
const RATES = {
  read: { kind: "fixed window", rate: API_RATE_READ, period: MINUTE, start: 0, shards: 40 },
  write: { kind: "fixed window", rate: API_RATE_WRITE, period: MINUTE, start: 0, shards: 20 },
  stranger: { kind: "fixed window", rate: API_RATE_STRANGER, period: MINUTE, start: 0, shards: 1 },
} as const;

const limiter = new RateLimiter(components.rateLimiter, RATES);

/** `ok`: the request may go on. Refusing writes nothing. */
export type Counted = { ok: boolean; state: LimitState };

export function countForKey(ctx: MutationCtx, key: Doc<"apiKeys">, now: number): Promise<Counted> {
  return count(ctx, key.scope, key._id, now);
}

export function countForAddress(ctx: MutationCtx, address: string | null, now: number): Promise<Counted> {
  return count(ctx, "stranger", addressBucket(address), now);
}

async function count(ctx: MutationCtx, rate: keyof typeof RATES, key: string, now: number): Promise<Counted> {
  const { ok } = await limiter.limit(ctx, rate, { key });
  const { rate: limit, shards } = RATES[rate];
  const resetAt = now - (now % MINUTE) + MINUTE;
  if (!ok) return { ok, state: { limit, remaining: 0, resetAt } };
  // Of one shard, as it was before: reading what others write at this moment would make them wait for each other.
  const args = { name: rate, key, config: RATES[rate] };
  const { value, ts } = await ctx.runQuery(components.rateLimiter.lib.getValue, args, {
    useStaleSnapshot: true,
  });
  // What a shard stored belongs to its window alone; one that is not there yet reports the whole limit.
  const share = limit / shards;
  const left = now - ts >= MINUTE ? share : Math.min(Math.max(value, 0), share);
  return { ok, state: { limit, remaining: Math.max(Math.floor(left * shards) - 1, 0), resetAt } };
}
