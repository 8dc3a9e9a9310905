import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { planVectorSearch } from "@/embedded/engine/search/vector-plan";
import { searchVectors, type VectorResult } from "@/embedded/engine/search/vector-search";
import type { JSONObject, JSONValue } from "@/embedded/storage/types";
import { Engine } from "../engine";

const RUNS = process.env["PRAXTALK_LONG"] === undefined ? 15 : 300;
const BY_VECTOR = { vectorField: "meta.vector", dimensions: 3, filterFields: ["kind", "owner"] };
const TABLES = { t: { vector: { by_vector: BY_VECTOR }, indexes: { by_kind: ["kind"] } } };

let engine: Engine;

beforeEach(async () => {
  engine = await Engine.create();
  await engine.push(TABLES);
});

afterEach(() => engine.destroy());

const eq = (field: string, value: JSONValue): JSONValue => ({
  $eq: [{ $field: field }, { $literal: value }],
});

function nearest(query: JSONObject, component = ""): VectorResult[] {
  const snapshot = engine.store.snapshot();
  try {
    const plan = planVectorSearch(
      { indexName: "t.by_vector", ...query },
      engine.committer.catalog,
      component,
    );
    if (plan === null) return [];
    const search = searchVectors(plan, snapshot);
    for (;;) {
      const { value, done } = search.next();
      if (done === true) return value;
    }
  } finally {
    snapshot.close();
  }
}

const insert = (...documents: JSONObject[]): Promise<string[]> =>
  engine.mutate((tx) => documents.map((document) => tx.insert("t", document)));
const ids = (results: VectorResult[]): string[] => results.map(({ id }) => id);

describe("results", () => {
  test("are the nearest by angle, whatever the lengths, nearest first", async () => {
    const [east, north, west, northEast] = await insert(
      ...[
        [1, 0, 0],
        [0, 5, 0],
        [-2, 0, 0],
        [3, 3, 0],
      ].map((vector) => ({ meta: { vector } })),
    );
    const results = nearest({ vector: [0.1, 0, 0] });
    expect(ids(results)).toEqual([east, northEast, north, west]);
    expect(results.map(({ score }) => score)).toEqual([1, expect.closeTo(Math.SQRT1_2, 6) as number, 0, -1]);
    expect(ids(nearest({ vector: [0.1, 0, 0], limit: 2 }))).toEqual([east, northEast]);
    expect(nearest({ vector: [0.1, 0, 0], limit: 0 })).toEqual([]);
    expect(nearest({ vector: [0, 0, 0] }).map(({ score }) => score)).toEqual([0, 0, 0, 0]);
  });

  test("are ten unless a limit is given", async () => {
    await insert(...Array.from({ length: 300 }, (_, n) => ({ meta: { vector: [1, n, 0] } })));
    expect(nearest({ vector: [1, 0, 0] })).toHaveLength(10);
    expect(nearest({ vector: [1, 0, 0], limit: 256 })).toHaveLength(256);
  });

  test("leave out documents whose vector does not fit", async () => {
    const [good] = await insert(
      { meta: { vector: [1, 2, 3] } },
      { meta: { vector: [1, 2] } },
      { meta: { vector: [1, 2, "3"] } },
      { meta: { vector: [1, 2, { $integer: "AwAAAAAAAAA=" }] } },
      { meta: { vector: [1, 2, { $float: "AAAAAAAA8H8=" }] } },
      { meta: { vector: null } },
      {},
    );
    expect(ids(nearest({ vector: [1, 0, 0] }))).toEqual([good]);
  });

  test("of an unknown table are none; each component has its own", async () => {
    expect(nearest({ vector: [1], indexName: "nowhere.by_vector" })).toEqual([]);
    await insert({ meta: { vector: [1, 0, 0] } });
    expect(nearest({ vector: [1, 0, 0] }, "child")).toEqual([]);
  });
});

describe("refused", () => {
  const vector = [1, 0, 0];
  test.each<[string, JSONObject, string]>([
    ["wrong dimensions", { vector: [1, 0] }, "Expected a vector with dimensions 3, received 2."],
    [
      "too many dimensions",
      { vector: new Array<number>(4_097).fill(0) },
      "Expected a vector with dimensions 4096, received 4097.",
    ],
    [
      "more than 256 results",
      { vector, limit: 257 },
      "Vector queries can fetch at most 256 results, requested 257.",
    ],
    ["half a result", { vector, limit: 1.5 }, "its limit is no whole number: 1.5"],
    ["a vector of texts", { vector: ["1", "0", "0"] }, "its vector is no array of finite numbers"],
    ["a vector with a hole", { vector: [1, null, 0] }, "its vector is no array of finite numbers"],
    ["no vector", {}, "it has no vector"],
    [
      "a filter on another field",
      { vector, expressions: eq("n", 1) },
      'Vector query against t.by_vector contains a filter on "n" but that field isn\'t indexed for filtering in `filterFields`.',
    ],
    [
      "an and",
      { vector, expressions: { $and: [eq("kind", 1)] } },
      "Filters should be a combination of `q.eq` and `q.or`.",
    ],
    [
      "an eq without a field",
      { vector, expressions: { $eq: [{ $literal: 1 }, { $literal: 1 }] } },
      "`q.eq` must take a field path as its first argument",
    ],
    [
      "65 conditions",
      { vector, expressions: { $or: Array.from({ length: 65 }, (_, n) => eq("kind", n)) } },
      "Vector query against t.by_vector has too many conditions. Max: 64 Actual: 65",
    ],
    ["an index of another kind", { vector, indexName: "t.by_kind" }, "Index t.by_kind is not a vector index"],
    ["an unknown index", { vector, indexName: "t.nope" }, "Index t.nope not found."],
  ])("%s", (_what, query, message) => {
    expect(() => nearest(query)).toThrow(message);
  });
});

test("an index is built over existing documents while they change, kept over a restart, and gone with its push", async () => {
  await engine.push({ t: {} });
  const all = await engine.mutate((tx) =>
    Array.from({ length: 2_000 }, (_, n) => tx.insert("t", { kind: n % 5, meta: { vector: [1, n, 0] } })),
  );
  const pushed = engine.push(TABLES);
  await engine.mutate((tx) => {
    tx.patch(all[1_999]!, { meta: { vector: [-1, 0, 0] } });
    tx.patch(all[3]!, { kind: 9 });
    tx.remove(all[0]!);
  });
  await pushed;
  const check = (): void => {
    expect(ids(nearest({ vector: [1, 0, 0], limit: 2 }))).toEqual([all[1], all[2]]);
    expect(ids(nearest({ vector: [-1, 0, 0], limit: 1 }))).toEqual([all[1_999]]);
    expect(ids(nearest({ vector: [1, 0, 0], expressions: eq("kind", 9) }))).toEqual([all[3]]);
  };
  check();
  await engine.close();
  await engine.open();
  check();
  const { number } = engine.committer.catalog.table("", "t")!.vectorIndexes[0]!;
  await engine.push({ t: {} });
  while (engine.committer.catalog.row.dropped.length > 0) await engine.committer.drain();
  const snapshot = engine.store.snapshot();
  expect([...snapshot.keys(number, "", null, false)]).toEqual([]);
  snapshot.close();
});

test("after random changes a search finds what a look at every document finds", async () => {
  const number = fc.constantFrom(-1, -0.5, 0, 0.25, 1, 3);
  const vector = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(number, number, number) },
    fc.constantFrom<JSONValue[]>(null, [1, 2]),
  );
  const kind = fc.constantFrom<JSONValue[]>("a", "b", 1, null);
  const document = fc.record({ vector, kind, owner: kind });
  const change = fc.record({ at: fc.nat(), remove: fc.nat(4), document });
  const condition = fc.tuple(fc.constantFrom("kind", "owner"), kind);
  const query = fc.record({
    vector: fc.tuple(number, number, number),
    limit: fc.integer({ min: 1, max: 12 }),
    or: fc.option(fc.array(condition, { minLength: 1, maxLength: 3 })),
  });
  const stored = new Map<string, { vector: JSONValue; kind: JSONValue; owner: JSONValue }>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(document),
      fc.array(change),
      fc.array(query, { minLength: 1 }),
      async (added, changes, queries) => {
        await engine.mutate((tx) => {
          const fields = (d: (typeof added)[number]): JSONObject => ({
            kind: d.kind,
            owner: d.owner,
            meta: { vector: d.vector },
          });
          for (const one of added) stored.set(tx.insert("t", fields(one)), one);
          for (const { at, remove, document: next } of changes) {
            const id = [...stored.keys()][at % Math.max(stored.size, 1)];
            if (id === undefined) continue;
            if (remove === 0) {
              tx.remove(id);
              stored.delete(id);
            } else {
              tx.replace(id, fields(next));
              stored.set(id, next);
            }
          }
        });
        for (const { vector: wanted, limit, or } of queries) {
          const expressions = or === null ? null : { $or: or.map(([field, value]) => eq(field, value)) };
          const scores = [...stored.values()]
            .filter((d) => or === null || or.some(([field, value]) => d[field] === value))
            .flatMap((d) =>
              Array.isArray(d.vector) && d.vector.length === 3 ? [cosine(wanted, d.vector as number[])] : [],
            )
            .sort((a, b) => b - a)
            .slice(0, limit);
          const results = nearest({ vector: wanted, limit, expressions });
          expect(results).toHaveLength(scores.length);
          results.forEach(({ id, score }, i) => {
            expect(score).toBeCloseTo(scores[i]!, 5);
            expect(score).toBeCloseTo(cosine(wanted, stored.get(id)!.vector as number[]), 5);
          });
          expect(new Set(ids(results)).size).toBe(results.length);
        }
      },
    ),
    { numRuns: RUNS },
  );
});

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]): number =>
    x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  const lengths = Math.sqrt(dot(a, a) * dot(b, b));
  return lengths === 0 ? 0 : dot(a, b) / lengths;
}
