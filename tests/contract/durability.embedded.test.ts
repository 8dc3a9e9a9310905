/**
 * kill -9 under load, over and over: each acknowledged mutation is there, none is there by half, indexes agree with
 * documents; what was scheduled has happened as often as promised. PRAXTALK_LONG=1: 50 rounds.
 */
import { ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  convexProject,
  startBackend,
  type Backend,
  type ConvexProject,
  mutation,
  query,
} from "../helpers/embedded";

const isLong = process.env["PRAXTALK_LONG"] === "1";
const ROUNDS = isLong ? Number(process.env["PRAXTALK_ROUNDS"] ?? 50) : 3;
const WRITERS = 16;
const ACKNOWLEDGED_PER_ROUND = 150;

const BANK = `
import { queryGeneric as query, mutationGeneric as mutation, internalMutationGeneric as internalMutation, internalActionGeneric as internalAction, makeFunctionReference } from "convex/server";
import { v } from "convex/values";
const settleLater = makeFunctionReference("bank:settle");
const tellLater = makeFunctionReference("bank:tell");
const noteLater = makeFunctionReference("bank:noteTold");
/** Writes two rows that belong together, and moves a counter that all writers share. */
export const transfer = mutation({
  args: { key: v.string(), writer: v.number() },
  handler: async (ctx, { key, writer }) => {
    await ctx.db.insert("debits", { key, writer });
    await ctx.db.insert("credits", { key, writer });
    const counter = await ctx.db.query("counters").withIndex("by_writer", (q) => q.eq("writer", writer)).unique();
    if (counter === null) await ctx.db.insert("counters", { writer, count: 1 });
    else await ctx.db.patch(counter._id, { count: counter.count + 1 });
    await ctx.scheduler.runAfter(0, settleLater, { key, writer });
    if (writer === 0) await ctx.scheduler.runAfter(0, tellLater, { key, writer });
    return key;
  },
});
/** Is to happen once for each transfer, whenever the process dies. */
export const settle = internalMutation(async (ctx, { key, writer }) => {
  await ctx.db.insert("settlements", { key, writer });
});
/** Is to happen at most once. */
export const tell = internalAction((ctx, args) => ctx.runMutation(noteLater, args));
export const noteTold = internalMutation(async (ctx, { key, writer }) => {
  await ctx.db.insert("told", { key, writer });
});
/** Keys of the actions that ended so, and how many jobs are not done yet. */
export const jobs = query(async (ctx) => {
  const all = await ctx.db.system.query("_scheduled_functions").collect();
  const told = (kind) => all.filter((job) => job.name.includes("tell") && job.state.kind === kind).map((job) => job.args[0].key);
  const unfinished = all.filter(({ state }) => state.kind === "pending" || state.kind === "inProgress").length;
  return { unfinished, succeeded: told("success"), failed: told("failed") };
});
export const keysByScan = query({
  args: { table: v.string(), writer: v.number() },
  handler: async (ctx, { table, writer }) =>
    (await ctx.db.query(table).collect()).filter((row) => row.writer === writer).map((row) => row.key).sort(),
});
export const keysByIndex = query({
  args: { table: v.string(), writer: v.number() },
  handler: async (ctx, { table, writer }) =>
    (await ctx.db.query(table).withIndex("by_writer_and_key", (q) => q.eq("writer", writer)).collect()).map((row) => row.key),
});
export const count = query({
  args: { writer: v.number() },
  handler: async (ctx, { writer }) =>
    (await ctx.db.query("counters").withIndex("by_writer", (q) => q.eq("writer", writer)).unique())?.count ?? 0,
});
`;
const SCHEMA = `
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
const entry = () => defineTable({ key: v.string(), writer: v.number() }).index("by_writer_and_key", ["writer", "key"]);
export default defineSchema({
  debits: entry(),
  credits: entry(),
  settlements: entry(),
  told: entry(),
  counters: defineTable({ writer: v.number(), count: v.number() }).index("by_writer", ["writer"]),
});
`;

let project: ConvexProject;
beforeAll(() => {
  project = convexProject({ "bank.ts": BANK, "schema.ts": SCHEMA });
});
afterAll(() => project.remove());

describe("kill -9 under load", () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await startBackend();
    await backend.push(project.dir);
  });
  afterAll(() => backend.stop());

  test(
    `loses nothing acknowledged and leaves nothing by half (${ROUNDS} rounds)`,
    async () => {
      const acknowledged = Array.from({ length: WRITERS }, () => new Set<string>());
      const attempted = Array.from({ length: WRITERS }, () => new Set<string>());
      for (let round = 0; round < ROUNDS; round++) {
        await writeUntilKilled(backend, round, acknowledged, attempted);
        await backend.restart();
        await checkBooks(backend, acknowledged, attempted);
      }
      await checkScheduledWork(backend);
    },
    isLong ? 20 * 60_000 : 120_000,
  );
});

/** All writers write as fast as they are answered; the process is killed in the middle of it. */
async function writeUntilKilled(
  backend: Backend,
  round: number,
  acknowledged: Set<string>[],
  attempted: Set<string>[],
): Promise<void> {
  const state = { isDead: false, answers: 0 };
  const { promise: enough, resolve } = deferred();
  const writers = acknowledged.map(async (own, writer) => {
    const http = new ConvexHttpClient(backend.url, { logger: false });
    for (let i = 0; !state.isDead; i++) {
      const key = `${round}/${i}`;
      attempted[writer]?.add(key);
      try {
        await http.mutation(mutation("bank:transfer"), { key, writer });
      } catch {
        return;
      }
      own.add(key);
      if (++state.answers === ACKNOWLEDGED_PER_ROUND) resolve();
    }
  });
  await Promise.race([enough, Promise.all(writers)]);
  await backend.kill9();
  state.isDead = true;
  await Promise.all(writers);
  expect(state.answers).toBeGreaterThanOrEqual(ACKNOWLEDGED_PER_ROUND);
}

async function checkBooks(
  backend: Backend,
  acknowledged: Set<string>[],
  attempted: Set<string>[],
): Promise<void> {
  const http = new ConvexHttpClient(backend.url, { logger: false });
  for (const [writer, own] of acknowledged.entries()) {
    const keys = (fn: "keysByScan" | "keysByIndex", table: string) =>
      http.query(query(`bank:${fn}`), { table, writer }) as Promise<string[]>;
    const debits = await keys("keysByScan", "debits");
    expect(await keys("keysByScan", "credits")).toEqual(debits);
    expect(await keys("keysByIndex", "debits")).toEqual(debits);
    expect(await keys("keysByIndex", "credits")).toEqual(debits);
    expect(await http.query(query("bank:count"), { writer })).toBe(debits.length);
    expect(new Set(debits).size).toBe(debits.length);
    const stored = new Set(debits);
    expect([...own].filter((key) => !stored.has(key))).toEqual([]);
    expect(debits.filter((key) => !attempted[writer]?.has(key))).toEqual([]);
  }
}

type Jobs = { unfinished: number; succeeded: string[]; failed: string[] };

/** What a transfer scheduled has happened: the mutation once, the action at most once, as its job says. */
async function checkScheduledWork(backend: Backend): Promise<void> {
  const http = new ConvexHttpClient(backend.url, { logger: false });
  const jobs = () => http.query(query("bank:jobs"), {}) as Promise<Jobs>;
  await expect.poll(async () => (await jobs()).unfinished, { timeout: 120_000 }).toBe(0);
  for (let writer = 0; writer < WRITERS; writer++) {
    const keys = (table: string) =>
      http.query(query("bank:keysByScan"), { table, writer }) as Promise<string[]>;
    expect(await keys("settlements")).toEqual(await keys("debits"));
  }
  const told = (await http.query(query("bank:keysByIndex"), { table: "told", writer: 0 })) as string[];
  const { succeeded, failed } = await jobs();
  expect(new Set(told).size).toBe(told.length);
  const done = new Set(told);
  expect(succeeded.filter((key) => !done.has(key))).toEqual([]);
  const allowed = new Set([...succeeded, ...failed]);
  expect(told.filter((key) => !allowed.has(key))).toEqual([]);
  const transfers = (await http.query(query("bank:keysByIndex"), { table: "debits", writer: 0 })) as string[];
  expect([...allowed].sort()).toEqual([...transfers].sort());
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
