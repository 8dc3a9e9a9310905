/**
 * Random transactions of several clients at once, through worker threads, commits and retries: what they saw must be what
 * they would have seen one after the other, in the order of their timestamps; and that order must be one that no client
 * can tell from real time: what was answered before another one began comes before it.
 */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JSONValue, Ts } from "../../../../embedded/storage/types";
import { failureText, request, startHarness, valueOf, type Harness } from "./harness";

const isLong = process.env["PRAXTALK_LONG"] === "1";
const RUNS = isLong ? 300 : 12;
const CLIENTS = 8;

type Step =
  | { type: "read" | "remove"; key: number }
  | { type: "write"; key: number; value: number }
  | { type: "add"; from: number; to: number }
  | { type: "range"; lo: number; hi: number; limit: number; order: "asc" | "desc" }
  | { type: "count" };
type Script = { kind: "change" | "look"; steps: Step[] };

/** `began` and `ended` are places in one common order of events. */
type Played = Script & { ts: Ts; seen: JSONValue; began: number; ended: number };

const key = fc.nat(7);
const reading: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constant("read" as const), key }),
  fc.record({
    type: fc.constant("range" as const),
    lo: key,
    hi: key,
    limit: fc.constantFrom(1, 2, 10),
    order: fc.constantFrom<"asc" | "desc">("asc", "desc"),
  }),
  fc.record({ type: fc.constant("count" as const) }),
);
const writing: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constant("write" as const), key, value: fc.nat(99) }),
  fc.record({ type: fc.constant("add" as const), from: key, to: key }),
  fc.record({ type: fc.constant("remove" as const), key }),
);
const script: fc.Arbitrary<Script> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("change" as const),
      steps: fc.array(fc.oneof(writing, reading), { minLength: 1, maxLength: 5 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("look" as const),
      steps: fc.array(reading, { minLength: 1, maxLength: 5 }),
    }),
  },
);
const clients = fc.array(fc.array(script, { minLength: 1, maxLength: 12 }), {
  minLength: 2,
  maxLength: CLIENTS,
});

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ poolSize: 3 });
});
afterAll(() => harness.stop());

/** One transaction; null if it was given up after conflicts, which is no fault: nothing of it may show then. */
async function playOne({ kind, steps }: Script, clock: { now: number }): Promise<Played | null> {
  const began = clock.now++;
  const asked = request(`registers:${kind}`, { steps: steps as unknown as JSONValue });
  const outcome =
    kind === "change" ? await harness.functions.mutation(asked) : await harness.functions.query(asked);
  const ended = clock.now++;
  if (!outcome.ok) {
    expect(failureText(outcome)).toContain("changed while this mutation was being run");
    return null;
  }
  return { kind, steps, ts: outcome.ts, seen: valueOf(outcome), began, ended };
}

async function clear(): Promise<void> {
  await harness.committer.execute((tx) => {
    const query = tx.openQuery({
      source: { type: "FullTableScan", tableName: "registers", order: "asc" },
      operators: [],
    });
    for (let text = tx.next(query); text !== null; text = tx.next(query)) {
      tx.remove((JSON.parse(text) as { _id: string })._id);
    }
  });
}

/** The registers as a map; one step after the other. */
function playOnModel(registers: Map<number, number>, step: Step): JSONValue {
  switch (step.type) {
    case "read":
      return registers.get(step.key) ?? null;
    case "write":
      registers.set(step.key, step.value);
      return null;
    case "add": {
      const sum = (registers.get(step.from) ?? 0) + (registers.get(step.to) ?? 0);
      registers.set(step.to, sum);
      return sum;
    }
    case "remove":
      return registers.delete(step.key);
    case "range": {
      const rows = [...registers].filter(([at]) => at >= step.lo && at < step.hi).sort(([a], [b]) => a - b);
      return (step.order === "asc" ? rows : rows.reverse()).slice(0, step.limit);
    }
    case "count":
      return registers.size;
  }
}

/** Plays a transaction on the registers; whether it saw what it says. */
function agrees(registers: Map<number, number>, { steps, seen }: Played): boolean {
  return isDeepStrictEqual(
    steps.map((step) => playOnModel(registers, step)),
    seen,
  );
}

/** A commit has a timestamp of its own. The others that bear it changed nothing, and saw the state that it left. */
function playTogether(registers: Map<number, number>, played: readonly Played[]): Map<number, number> | null {
  for (const first of played) {
    const after = new Map(registers);
    if (!agrees(after, first)) continue;
    const state = [...after].sort();
    const others = played.filter((one) => one !== first);
    const fits = others.every((one) => agrees(after, one) && isDeepStrictEqual([...after].sort(), state));
    if (fits) return after;
  }
  return null;
}

function replay(all: readonly Played[]): void {
  const byTs = new Map<Ts, Played[]>();
  for (const played of all) byTs.set(played.ts, [...(byTs.get(played.ts) ?? []), played]);
  let registers = new Map<number, number>();
  for (const ts of [...byTs.keys()].sort((a, b) => (a < b ? -1 : 1))) {
    const together = byTs.get(ts) ?? [];
    const after = playTogether(registers, together);
    if (after === null) throw new Error(explain(registers, together));
    registers = after;
  }
}

function explain(registers: Map<number, number>, together: readonly Played[]): string {
  const shown = together.map(({ kind, steps, seen }) => ({ kind, steps, seen }));
  return `From ${JSON.stringify([...registers])} no order gives ${JSON.stringify(shown)}`;
}

function expectRealTime(all: readonly Played[]): void {
  for (const earlier of all) {
    for (const later of all) {
      if (earlier.ended < later.began) expect(later.ts >= earlier.ts).toBe(true);
    }
  }
}

test("transactions of clients at work together are those of one order, which is real time's", async () => {
  let played = 0;
  await fc.assert(
    fc.asyncProperty(clients, async (scripts) => {
      await clear();
      const clock = { now: 0 };
      const done = await Promise.all(
        scripts.map(async (own) => {
          const results: (Played | null)[] = [];
          for (const one of own) results.push(await playOne(one, clock));
          return results;
        }),
      );
      const all = done.flat().filter((one) => one !== null);
      played += all.length;
      replay(all);
      expectRealTime(all);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  expect(played).toBeGreaterThan(RUNS * 5);
}, 300_000);
