/** A change of every document of a table, in batches, by the migrations component. */
import { Migrations } from "@convex-dev/migrations";
import { makeFunctionReference } from "convex/server";
import { v } from "convex/values";
import { components, mutation, query, type DataModel } from "./builders";

const migrations = new Migrations<DataModel>(components.migrations);
const reference = makeFunctionReference<"mutation">("migrating:setRank") as never;
const slow = makeFunctionReference<"mutation">("migrating:clearRank") as never;

export const setRank = migrations.define({
  table: "people",
  batchSize: 20,
  migrateOne: (_ctx, person) => ({ rank: person.name.length }),
});

/** Work for some milliseconds a document: slow on any machine against the mutation that cancels it. */
const WORK = Array.from({ length: 60_000 }, (_, i) => (i * 7_919) % 60_000);

export const clearRank = migrations.define({
  table: "people",
  batchSize: 1,
  migrateOne: () => {
    const least = [...WORK].sort((a, b) => a - b)[0];
    return least === 0 ? { rank: undefined } : {};
  },
});

export const start = mutation({ args: {}, handler: (ctx) => migrations.runOne(ctx, reference) });
export const startSlow = mutation({ args: {}, handler: (ctx) => migrations.runOne(ctx, slow) });
export const cancel = mutation({ args: {}, handler: (ctx) => migrations.cancel(ctx, slow) });

export const status = query({
  args: { name: v.string() },
  handler: async (ctx, { name }) => (await migrations.getStatus(ctx, { migrations: [name] }))[0],
});

export const fill = mutation({
  args: { from: v.number(), to: v.number() },
  handler: async (ctx, { from, to }) => {
    for (let i = from; i < to; i++) await ctx.db.insert("people", { name: "x".repeat(1 + (i % 9)) });
  },
});

export const counts = query({
  args: {},
  handler: async (ctx) => {
    const people = await ctx.db.query("people").collect();
    return {
      all: people.length,
      ranked: people.filter(({ rank }) => rank !== undefined).length,
      right: people.filter(({ name, rank }) => rank === name.length).length,
    };
  },
});
