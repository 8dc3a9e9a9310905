/** Rate limits: a bucket for everybody in shards, and one for each key. */
import { HOUR, MINUTE, RateLimiter } from "@convex-dev/rate-limiter";
import { v } from "convex/values";
import { components, mutation } from "./builders";

const limiter = new RateLimiter(components.rateLimiter, {
  everybody: { kind: "token bucket", rate: 20, period: HOUR, capacity: 20, shards: 4 },
  each: { kind: "fixed window", rate: 3, period: MINUTE },
});

export const takeShared = mutation({
  args: {},
  handler: async (ctx) => (await limiter.limit(ctx, "everybody")).ok,
});

export const take = mutation({
  args: { key: v.string() },
  handler: (ctx, { key }) => limiter.limit(ctx, "each", { key }),
});

export const reset = mutation({
  args: { key: v.string() },
  handler: (ctx, { key }) => limiter.reset(ctx, "each", { key }),
});

/** Takes a token, then fails: the token is not taken. */
export const takeAndFail = mutation({
  args: { key: v.string() },
  handler: async (ctx, { key }) => {
    await limiter.limit(ctx, "each", { key, throws: true });
    throw new Error("changed my mind");
  },
});
