import fc from "fast-check";
import { compareValues, convexToJson, jsonToConvex, type Value } from "convex/values";
import { expect, test } from "vitest";
import type { Transaction } from "@/embedded/engine/transaction";
import type { JSONObject, JSONValue } from "@/embedded/storage/types";
import { collect, Engine, fullScan, getDocument, indexScan, limited, type OpenTransaction } from "./engine";

/** The index is on `k`; a document without it has a missing field there. */
const KEYS: (Value | undefined)[] = [undefined, null, 1n, -1.5, 0, 2, true, "a", "b"];

type Operation =
  | { type: "insert"; k: number; v: number }
  | { type: "patch"; document: number; k: number; v: number }
  | { type: "remove"; document: number }
  | { type: "get"; document: number }
  | {
      type: "range";
      bound: "Eq" | "Gt" | "Gte" | "Lt" | "Lte";
      k: number;
      order: "asc" | "desc";
      limit: number;
    }
  | { type: "scan"; order: "asc" | "desc"; limit: number }
  | { type: "count" };

/** An actor begins with its first operation, and anew with the first one after a commit. */
type Step = { actor: number } & ({ type: "do"; operation: Operation } | { type: "commit" });

const key = fc.nat(KEYS.length - 1);
const document = fc.nat(30);
const order = fc.constantFrom<"asc" | "desc">("asc", "desc");
const limit = fc.constantFrom(0, 1, 2, 5, 100);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ type: fc.constant("insert" as const), k: key, v: fc.nat(9) }),
  fc.record({ type: fc.constant("patch" as const), document, k: key, v: fc.nat(9) }),
  fc.record({ type: fc.constant("remove" as const), document }),
  fc.record({ type: fc.constant("get" as const), document }),
  fc.record({
    type: fc.constant("range" as const),
    bound: fc.constantFrom<"Eq" | "Gt" | "Gte" | "Lt" | "Lte">("Eq", "Gt", "Gte", "Lt", "Lte"),
    k: key,
    order,
    limit,
  }),
  fc.record({ type: fc.constant("scan" as const), order, limit }),
  fc.record({ type: fc.constant("count" as const) }),
);
const step: fc.Arbitrary<Step> = fc
  .tuple(
    fc.nat(2),
    fc.oneof(
      { weight: 8, arbitrary: operation.map((value) => ({ type: "do" as const, operation: value })) },
      { weight: 1, arbitrary: fc.constant({ type: "commit" as const }) },
    ),
  )
  .map(([actor, what]) => ({ actor, ...what }));

const manySteps = fc.array(step, { minLength: 20, maxLength: 150, size: "max" });

/** What one operation returned: ids and values only, so that both sides can be compared. */
type Observed = JSONValue;

/** What a transaction did, with ids resolved, to be played again elsewhere. */
type Played = { operation: Operation; target: string | null; observed: Observed };

function fields(k: number, v: number): JSONObject {
  const value = KEYS[k];
  return value === undefined ? { v } : { k: convexToJson(value), v };
}

function patchOf(k: number, v: number): JSONObject {
  const value = KEYS[k];
  return { k: value === undefined ? { $undefined: null } : convexToJson(value), v };
}

function rangeValue(k: number): JSONValue {
  const value = KEYS[k];
  return value === undefined ? { $undefined: null } : convexToJson(value);
}

/** Plays one operation on the engine. */
function play(
  tx: Transaction,
  { operation, target }: Omit<Played, "observed">,
): { observed: Observed; id: string | null } {
  switch (operation.type) {
    case "insert": {
      const id = tx.insert("t", fields(operation.k, operation.v));
      return { observed: getDocument(tx, id), id };
    }
    case "patch":
      if (target === null || getDocument(tx, target) === null) return { observed: null, id: null };
      return {
        observed: JSON.parse(tx.patch(target, patchOf(operation.k, operation.v))) as JSONValue,
        id: null,
      };
    case "remove":
      if (target === null || getDocument(tx, target) === null) return { observed: null, id: null };
      return { observed: JSON.parse(tx.remove(target)) as JSONValue, id: null };
    case "get":
      return { observed: target === null ? null : getDocument(tx, target), id: null };
    case "range":
      return {
        observed: collect(
          tx,
          limited(
            indexScan("t.by_k", [[operation.bound, "k", rangeValue(operation.k)]], operation.order),
            operation.limit,
          ),
        ),
        id: null,
      };
    case "scan":
      return { observed: collect(tx, limited(fullScan("t", operation.order), operation.limit)), id: null };
    case "count":
      return { observed: tx.count("t"), id: null };
  }
}

/** The database as a plain map, to compare with: no index, no snapshot, no concurrency. */
class Model {
  readonly documents = new Map<string, JSONObject>();

  play({ operation, target, observed }: Played): Observed {
    switch (operation.type) {
      case "insert": {
        const document = observed as JSONObject;
        this.documents.set(document["_id"] as string, document);
        return document;
      }
      case "patch": {
        const current = this.documents.get(target ?? "");
        if (current === undefined) return null;
        const { k: _k, ...rest } = current;
        const next = { ...rest, ...fields(operation.k, operation.v) };
        this.documents.set(target ?? "", next);
        return next;
      }
      case "remove": {
        const current = this.documents.get(target ?? "") ?? null;
        this.documents.delete(target ?? "");
        return current;
      }
      case "get":
        return this.documents.get(target ?? "") ?? null;
      case "range":
        return this.#sorted(["k"], operation.order)
          .filter((found) => inRange(operation.bound, compareValues(valueOf(found, "k"), KEYS[operation.k])))
          .slice(0, operation.limit);
      case "scan":
        return this.#sorted([], operation.order).slice(0, operation.limit);
      case "count":
        return this.documents.size;
    }
  }

  #sorted(paths: string[], direction: "asc" | "desc"): JSONObject[] {
    const by = [...paths, "_creationTime", "_id"];
    const sorted = [...this.documents.values()].sort((a, b) => {
      for (const path of by) {
        const result = compareValues(valueOf(a, path), valueOf(b, path));
        if (result !== 0) return result;
      }
      return 0;
    });
    return direction === "asc" ? sorted : sorted.reverse();
  }
}

function valueOf(found: JSONObject, field: string): Value | undefined {
  const value = found[field];
  return value === undefined ? undefined : jsonToConvex(value);
}

function inRange(bound: string, compared: number): boolean {
  if (bound === "Eq") return compared === 0;
  if (bound === "Gt") return compared > 0;
  if (bound === "Gte") return compared >= 0;
  return bound === "Lt" ? compared < 0 : compared <= 0;
}

type Actor = OpenTransaction & { played: Played[] };

/** Interleaves the actors' transactions; returns the committed ones in the order of their timestamps. */
async function run(
  engine: Engine,
  first: readonly number[],
  steps: readonly Step[],
): Promise<{ committed: Played[][]; refused: number }> {
  const actors = new Map<number, Actor>();
  const committed: { ts: bigint; played: Played[] }[] = [];
  const ids: string[] = [];
  let refused = 0;
  // Creation times differ little, so that several documents share one.
  const begin = (): Actor => ({ ...engine.begin({ beginTime: 1_000 + (committed.length % 2) }), played: [] });
  const finish = async (actor: Actor): Promise<void> => {
    const result = await engine.committer.commit(actor.tx.outcome());
    actor.snapshot.close();
    if (!result.ok) refused++;
    // A transaction that wrote nothing stands at its snapshot, before what has been committed since.
    else committed.push({ ts: result.ts, played: actor.played });
  };
  const seeding = first.map((k) => ({
    actor: 0,
    type: "do" as const,
    operation: { type: "insert" as const, k, v: 0 },
  }));
  const seeded: Step[] = [...seeding, { actor: 0, type: "commit" }];
  for (const { actor: number, ...what } of [...seeded, ...steps]) {
    if (what.type === "do") {
      const actor = actors.get(number) ?? begin();
      actors.set(number, actor);
      const { operation: doing } = what;
      const target = "document" in doing ? (ids[doing.document % Math.max(ids.length, 1)] ?? null) : null;
      const { observed, id } = play(actor.tx, { operation: doing, target });
      if (id !== null) ids.push(id);
      actor.played.push({ operation: doing, target, observed });
    } else {
      const actor = actors.get(number);
      actors.delete(number);
      if (actor !== undefined) await finish(actor);
    }
  }
  for (const actor of actors.values()) await finish(actor);
  const writers = new Set(committed.filter(({ played }) => played.some(isWrite)));
  // Readers of the same timestamp come after its writer.
  committed.sort((a, b) =>
    a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : Number(writers.has(b)) - Number(writers.has(a)),
  );
  return { committed: committed.map(({ played }) => played), refused };
}

function isWrite({ operation: { type }, observed }: Played): boolean {
  return type === "insert" || ((type === "patch" || type === "remove") && observed !== null);
}

test("committed transactions saw and did what they would have one after the other", async () => {
  let refusals = 0;
  let commits = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(key, { maxLength: 12, size: "max" }), manySteps, async (first, steps) => {
      const engine = await Engine.create();
      try {
        await engine.push({ t: { indexes: { by_k: ["k"] } } });
        const { committed, refused } = await run(engine, first, steps);
        refusals += refused;
        commits += committed.length;
        const model = new Model();
        for (const played of committed) {
          for (const one of played) expect(one.observed).toEqual(model.play(one));
        }
        const stored = engine.query((tx) => [
          collect(tx, fullScan("t")),
          collect(tx, indexScan("t.by_k")),
          tx.count("t"),
        ]);
        const expected = new Model();
        for (const [id, value] of model.documents) expected.documents.set(id, value);
        expect(stored).toEqual([
          expected.play({
            operation: { type: "scan", order: "asc", limit: 1e9 },
            target: null,
            observed: null,
          }),
          expected.play({
            operation: { type: "range", bound: "Gte", k: 0, order: "asc", limit: 1e9 },
            target: null,
            observed: null,
          }),
          model.documents.size,
        ]);
      } finally {
        await engine.destroy();
      }
    }),
    { numRuns: 60 },
  );
  // Neither may everything be refused nor nothing ever be in conflict.
  expect(refusals).toBeGreaterThan(0);
  expect(commits).toBeGreaterThan(refusals);
});
