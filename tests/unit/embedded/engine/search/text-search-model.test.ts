/** Random documents, changes and searches against looking at every document. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { RangeIndex } from "@/embedded/engine/range-index";
import type { Transaction } from "@/embedded/engine/transaction";
import type { JSONObject, JSONValue, ReadSet } from "@/embedded/storage/types";
import { collect, Engine, fullScan, search } from "../engine";
import { expectedIds, searchIndexContents } from "./model";

const RUNS = process.env["PRAXTALK_LONG"] === undefined ? 12 : 300;

/** Few words, so that documents share them; some begin alike, some are no ASCII, one is too long, one is longer in lower case. */
const word = fc.constantFrom(
  ...[
    "tea",
    "team",
    "teapot",
    "a",
    "an",
    "and",
    "Ω",
    "ΟΔΟΣ",
    "ÉTÉ",
    "été",
    "42",
    "4x",
    "x".repeat(31),
    "y".repeat(32),
  ],
  ...["İ", "日本語", "naïve", "Tea", "TEAM", "zebra"],
);
const text = fc
  .tuple(
    fc.oneof(fc.array(word, { maxLength: 4 }), fc.array(word, { maxLength: 60 })),
    fc.constantFrom(" ", ", ", "-", "\n", "_"),
  )
  .map(([words, gap]) => words.join(gap));
const filterValue: fc.Arbitrary<JSONValue> = fc.constantFrom<JSONValue[]>(
  "open",
  "closed",
  1,
  null,
  { $integer: "AQAAAAAAAAA=" },
  { $undefined: null },
);
const body = fc.oneof({ weight: 8, arbitrary: text }, fc.constantFrom<JSONValue[]>(7, null));
const document = fc.record({ body, state: filterValue, owner: filterValue });

type Change =
  | { type: "insert"; document: { body: JSONValue; state: JSONValue; owner: JSONValue } }
  | { type: "patch"; at: number; document: { body?: JSONValue; state?: JSONValue } }
  | { type: "remove"; at: number };

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant("insert" as const), document }) },
  fc.record({
    type: fc.constant("patch" as const),
    at: fc.nat(),
    document: fc.record({ body, state: filterValue }, { requiredKeys: [] }),
  }),
  fc.record({ type: fc.constant("remove" as const), at: fc.nat() }),
);
const query = fc.record({
  text: fc.oneof(text, word, fc.constantFrom("t", "te", "x", "a te", "!?")),
  filters: fc.record({ state: filterValue, "meta.owner": filterValue }, { requiredKeys: [] }),
});

const INDEX = { searchField: "body", filterFields: ["meta.owner", "state"] };

/** The document as stored: the owner nested, missing fields left out. */
function stored({
  body: text,
  state,
  owner,
}: {
  body: JSONValue;
  state: JSONValue;
  owner: JSONValue;
}): JSONObject {
  const present = (name: string, value: JSONValue): JSONObject =>
    typeof value === "object" && value !== null && "$undefined" in value ? {} : { [name]: value };
  return { body: text, ...present("state", state), meta: present("owner", owner) };
}

function apply(tx: Transaction, ids: string[], one: Change): void {
  if (one.type === "insert") {
    ids.push(tx.insert("t", stored(one.document)));
    return;
  }
  const id = ids[one.at % Math.max(ids.length, 1)];
  if (id === undefined) return;
  if (one.type === "patch") tx.patch(id, one.document);
  else {
    tx.remove(id);
    ids.splice(ids.indexOf(id), 1);
  }
}

type Query = { text: string; filters: Record<string, JSONValue> };

function check(tx: Transaction, queries: readonly Query[]): void {
  const documents = collect(tx, fullScan("t"));
  const model = { field: "body", filterFields: INDEX.filterFields, documents };
  for (const { text, filters } of queries) {
    const found = collect(tx, search("t.by_body", "body", text, filters)).map(({ _id }) => _id);
    expect(found, JSON.stringify({ text, filters })).toEqual(expectedIds(model, text, filters));
  }
}

/** What a live query would show, in no order, and what it depends on. */
function watch(engine: Engine, { text, filters }: Query): { shown: string[]; reads: ReadSet } {
  const { tx, snapshot } = engine.begin({ kind: "query" });
  const shown = collect(tx, search("t.by_body", "body", text, filters)).map((row) => JSON.stringify(row));
  const reads = tx.outcome().readSet;
  snapshot.close();
  return { shown: shown.sort(), reads };
}

/** Makes the change, and checks that whichever query now shows something else was told of it. */
async function changeWatched(
  engine: Engine,
  queries: readonly Query[],
  change: () => Promise<void>,
): Promise<void> {
  const live = new RangeIndex<Query>();
  const before = new Map(queries.map((query) => [query, watch(engine, query)]));
  for (const [query, { reads }] of before) live.add(reads, query);
  const told = new Set<Query>();
  const stop = engine.committer.onCommit(({ keys }) => live.hit(keys).forEach((query) => told.add(query)));
  await change();
  stop();
  for (const [query, { shown }] of before) {
    if (!told.has(query)) expect(watch(engine, query).shown, JSON.stringify(query)).toEqual(shown);
  }
}

test("a search finds what a look at every document finds, in the same order: own writes too; whoever watches is told; what is stored is what a rebuild stores", async () => {
  const engine = await Engine.create();
  const plan = fc.record({
    commits: fc.array(fc.array(change, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 6 }),
    pending: fc.array(change, { maxLength: 8 }),
    queries: fc.array(query, { minLength: 4, maxLength: 8 }),
  });
  const tables = { t: { search: { by_body: INDEX } } };
  await fc.assert(
    fc.asyncProperty(plan, async ({ commits, pending, queries }) => {
      await engine.push({});
      await engine.committer.deleteTables("", ["t"]);
      await engine.push(tables);
      const ids: string[] = [];
      for (const commit of commits) {
        await changeWatched(engine, queries, () =>
          engine.mutate((tx) => commit.forEach((one) => apply(tx, ids, one))),
        );
        engine.query((tx) => check(tx, queries));
      }
      const { tx, snapshot } = engine.begin();
      const savepoint = tx.savepoint();
      const uncommitted = [...ids];
      pending.forEach((one) => apply(tx, uncommitted, one));
      check(tx, queries);
      tx.rollbackTo(savepoint);
      check(tx, queries);
      snapshot.close();
      const kept = searchIndexContents(engine);
      await engine.push({ t: {} });
      await engine.push(tables);
      expect(searchIndexContents(engine)).toEqual(kept);
    }),
    { numRuns: RUNS },
  );
  await engine.destroy();
});
