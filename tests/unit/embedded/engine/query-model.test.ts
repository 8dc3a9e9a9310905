/** Random writes and queries on every value type, held against brute force over the documents; and every index against its documents. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { documentKeys } from "@/embedded/engine/pending-writes";
import type { Page } from "@/embedded/engine/transaction";
import { documentText } from "@/embedded/storage/stored-document";
import type { JSONObject } from "@/embedded/storage/types";
import { collect, Engine } from "./engine";
import { anyQuery, INDEXES, pagedQuery, write, type NamedQuery, type Write } from "./model/arbitraries";
import { answer } from "./model/brute-force";
import { TableModel, toQuery, toStored } from "./model/table-model";

const RUNS = process.env["PRAXTALK_LONG"] === "1" ? 2_000 : 100;
const TIMEOUT_MS = 300_000;

let engine: Engine;
let tables = 0;

beforeAll(async () => {
  engine = await Engine.create();
});
afterAll(() => engine.destroy());

/** A new table with all indexes, empty, in place of the last one. */
async function newTable(): Promise<TableModel> {
  const last = `t${tables++}`;
  const table = `t${tables}`;
  const { by_creation_time: _builtIn, ...indexes } = INDEXES;
  await engine.push({ [table]: { indexes } });
  await engine.committer.deleteTables("", [last]);
  return new TableModel(table);
}

async function commit(model: TableModel, writes: readonly Write[]): Promise<void> {
  // A fixed begin time, so that documents of several commits share a creation time and ids decide.
  await engine.mutate((tx) => writes.forEach((one) => model.write(tx, one)), { beginTime: 1_000 });
}

/** What each index holds is what its documents give, no more and no less; the count too. */
function expectIndexesToAgree({ table, documents }: TableModel): void {
  const info = engine.committer.catalog.table("", table)!;
  const snapshot = engine.store.snapshot();
  const stored: JSONObject[] = [];
  const expected = new Map<number, string[]>(info.indexes.map(({ number }) => [number, []]));
  for (const id of snapshot.keys(info.byId, "", null, false)) {
    const document = JSON.parse(documentText(snapshot.get(info.byId, id)!)) as JSONObject;
    stored.push(document);
    for (const { index, key } of documentKeys(info, id, document)) expected.get(index)?.push(key);
  }
  for (const [index, keys] of expected) {
    expect([...snapshot.keys(index, "", null, false)]).toEqual(keys.sort());
  }
  expect(snapshot.count(info.byId)).toBe(stored.length);
  snapshot.close();
  const byId = (a: JSONObject, b: JSONObject): number =>
    (a["_id"] as string) < (b["_id"] as string) ? -1 : 1;
  expect(stored.sort(byId)).toEqual([...documents.values()].map(toStored).sort(byId));
}

function expected(model: TableModel, query: NamedQuery): JSONObject[] {
  return answer(model.documents.values(), query).map(toStored);
}

test(
  "a query gives what brute force gives, in the database and among a transaction's own writes",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(write, { maxLength: 12 }), { minLength: 1, maxLength: 4 }),
        fc.array(write, { maxLength: 8 }),
        fc.array(anyQuery, { minLength: 1, maxLength: 8 }),
        async (commits, pending, queries) => {
          const model = await newTable();
          for (const writes of commits) {
            await commit(model, writes);
            expectIndexesToAgree(model);
          }
          const found = engine.query((tx) =>
            queries.map((query) => collect(tx, toQuery(model.table, query))),
          );
          expect(found).toEqual(queries.map((query) => expected(model, query)));

          const { tx, snapshot } = engine.begin({ beginTime: 1_000 });
          const own = model.copy();
          for (const one of pending) own.write(tx, one);
          for (const query of queries) {
            expect(collect(tx, toQuery(model.table, query))).toEqual(expected(own, query));
          }
          snapshot.close();
        },
      ),
      { numRuns: RUNS },
    );
  },
  TIMEOUT_MS,
);

type Slice = { cursor: string | null; endCursor: string };

function readSlice(table: string, query: NamedQuery, slice: Slice): JSONObject[] {
  const page = engine.query((tx) => tx.page(toQuery(table, query), { ...slice, pageSize: 1 }));
  return page.page.map((text) => JSON.parse(text) as JSONObject);
}

/** Reads on from the last page; a page with a split cursor may become two, as clients do it. */
function nextSlices(
  table: string,
  query: NamedQuery,
  slices: Slice[],
  pageSize: number,
  split: boolean,
): boolean {
  const cursor = slices.at(-1)?.endCursor ?? null;
  const page: Page = engine.query((tx) =>
    tx.page(toQuery(table, query), { cursor, endCursor: null, pageSize, maximumRowsRead: 5 }),
  );
  if (split && page.splitCursor !== null) {
    slices.push(
      { cursor, endCursor: page.splitCursor },
      { cursor: page.splitCursor, endCursor: page.continueCursor },
    );
  } else slices.push({ cursor, endCursor: page.continueCursor });
  return page.isDone;
}

test(
  "pages whose ends are kept stay gapless and without repeats while rows come, go and move",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(write, { maxLength: 20, size: "max" }),
        pagedQuery,
        fc.array(
          fc.record({
            pageSize: fc.integer({ min: 1, max: 4 }),
            split: fc.boolean(),
            writes: fc.array(write, { maxLength: 6 }),
          }),
          {
            minLength: 1,
            maxLength: 8,
          },
        ),
        async (first, query, rounds) => {
          const model = await newTable();
          await commit(model, first);
          const slices: Slice[] = [];
          for (const { pageSize, split, writes } of rounds) {
            const isDone = nextSlices(model.table, query, slices, pageSize, split);
            await commit(model, writes);
            const shown = slices.flatMap((slice) => readSlice(model.table, query, slice));
            const all = expected(model, query);
            // What is loaded so far is the beginning of the whole, at every moment.
            expect(shown).toEqual(isDone ? all : all.slice(0, shown.length));
            if (isDone) break;
          }
          for (let more = 0; more < 200; more++) {
            if (nextSlices(model.table, query, slices, 3, false)) break;
          }
          expect(slices.flatMap((slice) => readSlice(model.table, query, slice))).toEqual(
            expected(model, query),
          );
        },
      ),
      { numRuns: RUNS },
    );
  },
  TIMEOUT_MS,
);
