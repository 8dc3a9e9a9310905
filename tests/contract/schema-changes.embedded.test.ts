/**
 * Pushes that change the schema of a large table while clients write to it: no write is missing from an index, no push
 * leaves half of itself. PRAXTALK_LONG=1: 100,000 documents. The slowest request beside a build is printed, not judged.
 */
import { ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  convexProject,
  mutation,
  query,
  startBackend,
  type Backend,
  type CliResult,
  type ConvexProject,
} from "../helpers/embedded";

const isLong = process.env["PRAXTALK_LONG"] === "1";
const ROWS = isLong ? 100_000 : 12_000;
const ROWS_PER_FILL = 4_000;
const WRITERS = 4;
const KILLS = isLong ? 10 : 1;

const ROWS_APP = `
import { queryGeneric as query, mutationGeneric as mutation } from "convex/server";
export const fill = mutation(async (ctx, { from, count }) => {
  for (let n = from; n < from + count; n++) await ctx.db.insert("rows", { n, group: n % 100, note: "filled" });
});
/** One of each kind of write; \`turn\` picks the rows. */
export const touch = mutation(async (ctx, { turn, n }) => {
  const some = await ctx.db.query("rows").withIndex("by_group", (q) => q.eq("group", turn % 100)).take(2);
  await ctx.db.insert("rows", { n, group: 100 + (n % 50), note: "inserted" });
  if (some[0]) await ctx.db.patch(some[0]._id, { n: n + 0.5 });
  if (some[1]) await ctx.db.delete(some[1]._id);
});
export const page = query(async (ctx, { index, cursor }) => {
  const { page, isDone, continueCursor } = await ctx.db.query("rows").withIndex(index).paginate({ numItems: 4000, cursor });
  return { rows: page.map((row) => [row.n, row._id]), isDone, continueCursor };
});
`;
const schemaWith = (indexes: string, note = "v.string()", more = "") => `
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
export default defineSchema({
  rows: defineTable({ n: v.number(), group: v.number(), note: ${note} }).index("by_group", ["group"])${indexes},${more}
});
`;
const BY_N = '.index("by_n", ["n"])';
const STAGED = '.index("by_n", { fields: ["n"], staged: true })';
const DEPLOY = [
  ...["deploy", "--typecheck", "disable", "--codegen", "disable"],
  // It asks before it deletes the index of a large table.
  "--skip-large-indexes-check",
];

let backend: Backend;
let project: ConvexProject;
let http: ConvexHttpClient;
let written = 1_000_000;

beforeAll(async () => {
  project = convexProject({ "rows.ts": ROWS_APP, "schema.ts": schemaWith("") });
  backend = await startBackend();
  http = new ConvexHttpClient(backend.url, { logger: false });
  await backend.push(project.dir);
  for (let from = 0; from < ROWS; from += ROWS_PER_FILL) {
    await http.mutation(mutation("rows:fill"), { from, count: ROWS_PER_FILL });
  }
}, 300_000);
afterAll(async () => {
  project.remove();
  await backend.stop();
});

function deploy(schema: string): Promise<CliResult> {
  project.write({ "schema.ts": schema });
  return backend.cli(project.dir, DEPLOY);
}

/** Pushes the schema while clients write; the push is to succeed. */
async function deployUnderTraffic(schema: string): Promise<{ writes: number; slowest: number }> {
  const { result, ...traffic } = await withTraffic(deploy(schema));
  expect(result.code, result.output).toBe(0);
  expect(traffic.writes).toBeGreaterThan(0);
  return traffic;
}

type Row = [n: number, id: string];

async function rowsBy(index: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor: string | null = null; ;) {
    const page = (await http.query(query("rows:page"), { index, cursor })) as {
      rows: Row[];
      isDone: boolean;
      continueCursor: string;
    };
    rows.push(...page.rows);
    if (page.isDone) return rows;
    cursor = page.continueCursor;
  }
}

/** The index has what the table has, in its own order. */
async function expectIndexToHaveAll(name: string): Promise<void> {
  const table = await rowsBy("by_creation_time");
  const index = await rowsBy(name);
  expect(index.map(([n]) => n)).toEqual(table.map(([n]) => n).sort((a, b) => a - b));
  expect(new Set(index.map(([, id]) => id))).toEqual(new Set(table.map(([, id]) => id)));
}

/** Writes all the while, by several clients; tells how many writes there were and how long the slowest took, ms. */
async function withTraffic<T>(work: Promise<T>): Promise<{ result: T; writes: number; slowest: number }> {
  const state = { isOver: false, writes: 0, slowest: 0 };
  const writer = async (number: number): Promise<void> => {
    const own = new ConvexHttpClient(backend.url, { logger: false });
    for (let turn = number; !state.isOver; turn += WRITERS) {
      const began = performance.now();
      await own.mutation(mutation("rows:touch"), { turn, n: written++ });
      state.slowest = Math.max(state.slowest, performance.now() - began);
      state.writes++;
    }
  };
  const writers = Array.from({ length: WRITERS }, (_, number) => writer(number));
  const result = await work.finally(() => (state.isOver = true));
  await Promise.all(writers);
  return { result, writes: state.writes, slowest: state.slowest };
}

function print(what: string, { writes, slowest }: { writes: number; slowest: number }): void {
  process.stdout.write(`${what}: ${writes} writes beside it, the slowest took ${Math.round(slowest)} ms\n`);
}

test("an index added while clients write has every document", async () => {
  print(`Index over ${ROWS} documents`, await deployUnderTraffic(schemaWith(BY_N)));
  await expectIndexToHaveAll("by_n");
}, 300_000);

test("an index that is staged is kept up but not served, until it is enabled again", async () => {
  await deployUnderTraffic(schemaWith(STAGED));
  await expect(rowsBy("by_n")).rejects.toThrow("currently staged");
  await deployUnderTraffic(schemaWith(BY_N));
  await expectIndexToHaveAll("by_n");
}, 300_000);

test("an index that is removed while clients write is gone", async () => {
  print("Index removed", await deployUnderTraffic(schemaWith("")));
  await expect(rowsBy("by_n")).rejects.toThrow("Index rows.by_n not found.");
}, 300_000);

test("a validator that a stored document breaks is refused by table, id and path; nothing changes", async () => {
  const only = 'v.union(v.literal("filled"), v.literal("nothing else"))';
  const { result } = await withTraffic(deploy(schemaWith(BY_N, only)));
  expect(result.code).not.toBe(0);
  expect(result.output).toMatch(/ocument (with ID "\w+" )?in table "rows" does not match the schema/);
  expect(result.output).toContain("Path: .note");
  await expect(rowsBy("by_n")).rejects.toThrow("Index rows.by_n not found.");
}, 300_000);

test("a table that leaves the schema keeps its documents", async () => {
  const before = (await rowsBy("by_creation_time")).length;
  const nothing = `import { defineSchema } from "convex/server";\nexport default defineSchema({});\n`;
  expect((await deploy(nothing)).code).toBe(0);
  expect((await rowsBy("by_creation_time")).length).toBe(before);
}, 120_000);

test("of two pushes at once the deployment is one or the other, whole", async () => {
  const second = convexProject({ "rows.ts": ROWS_APP, "schema.ts": schemaWith(BY_N) });
  try {
    project.write({ "schema.ts": schemaWith('.index("by_note", ["note"])') });
    const results = await Promise.all([project, second].map(({ dir }) => backend.cli(dir, DEPLOY)));
    const winners = results.filter(({ code }) => code === 0);
    expect(winners.length, results.map(({ output }) => output).join("\n")).toBeGreaterThan(0);
    const isServed = (index: string) =>
      rowsBy(index).then(
        () => true,
        () => false,
      );
    const served = [await isServed("by_note"), await isServed("by_n")];
    expect(served.filter(Boolean)).toHaveLength(1);
    if (served[1] === true) await expectIndexToHaveAll("by_n");
  } finally {
    second.remove();
  }
}, 120_000);

test(`a push cut off by a kill -9 leaves nothing by half and can be repeated (${KILLS} times)`, async () => {
  for (let kill = 0; kill < KILLS; kill++) {
    const pushing = deploy(schemaWith(`.index("by_kill_${kill}", ["n", "group"])`));
    await new Promise((resolve) => setTimeout(resolve, 800 + 2_000 * Math.random()));
    await backend.kill9();
    await backend.restart();
    // The CLI may have given up, or gone on against the new process.
    await pushing;
    await deployUnderTraffic(project.read("schema.ts"));
    await expectIndexToHaveAll(`by_kill_${kill}`);
  }
}, 600_000);
