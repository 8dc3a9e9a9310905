import { afterAll, beforeAll, expect, test } from "vitest";
import { failureText, request, startHarness, valueOf, type Harness } from "./harness";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

const get = (name: string): ReturnType<typeof request> => request("counters:get", { name });

test("queries of a batch see one snapshot while others write, and answer in their order", async () => {
  valueOf(await harness.functions.mutation(request("counters:increment", { name: "other" })));
  const stop = new AbortController();
  const writer = (async () => {
    while (!stop.signal.aborted) {
      valueOf(await harness.functions.mutation(request("counters:increment", { name: "hot" })));
    }
  })();
  for (let i = 0; i < 20; i++) {
    const { visibleTs } = harness.committer;
    const names = ["hot", "other", "hot", "none", "hot"];
    const outcomes = await harness.functions.queryBatch(names.map(get), { minTs: visibleTs });
    const values = outcomes.map(valueOf);
    expect(values.slice(1, 4)).toEqual([1, values[0], null]);
    expect(values[4]).toBe(values[0]);
    expect(new Set(outcomes.map(({ ts }) => ts)).size).toBe(1);
    expect(outcomes[0]!.ts).toBeGreaterThanOrEqual(visibleTs);
    expect(outcomes[1]!.readSet).not.toEqual(outcomes[0]!.readSet);
  }
  stop.abort();
  await writer;
});

test("a failing query of a batch fails alone, and so does one that runs too long", async () => {
  const batch = [get("other"), request("nowhere:none", {}), get("other")];
  const [first, missing, last] = await harness.functions.queryBatch(batch, {});
  expect(valueOf(first!)).toBe(valueOf(last!));
  expect(failureText(missing!)).toContain("Could not find");
  const looping = [get("other"), request("failures:loops", {})];
  const [fine, timedOut] = await harness.functions.queryBatch(looping, {});
  expect(valueOf(fine!)).toBe(1);
  expect(failureText(timedOut!)).toContain("timed out");
  expect(timedOut!.readsUnknown).toBe(true);
});

test("an empty batch is answered at once", async () => {
  expect(await harness.functions.queryBatch([], {})).toEqual([]);
});
