/** A function that takes all memory is ended alone, whatever it takes it by. The test's own process is the deployment's. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failureText, request, startHarness, valueOf, type Harness } from "./harness";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

const ALL_BOMBS = ["array", "map", "object", "one", "text", "buffers", "promises"];
const BOMBS = process.env["PRAXTALK_LONG"] === "1" ? ALL_BOMBS : ["map", "one", "buffers"];
const RAN_OUT = "JavaScript execution ran out of memory (maximum memory usage: 64 MB)\n";

/** Another client, which goes on meanwhile; gives how many answers it had. */
function bystander(): { stop(): Promise<number> } {
  let isStopped = false;
  const run = async () => {
    for (let answers = 0; ; answers++) {
      if (isStopped) return answers;
      valueOf(await harness.functions.query(request("counters:get", { name: "bystander" })));
      valueOf(await harness.functions.action(request("actions:waits", { ms: 1, label: "calm" })));
    }
  };
  const running = run();
  return {
    stop: () => {
      isStopped = true;
      return running;
    },
  };
}

describe.each(BOMBS)("a run that takes memory by %s", (bomb) => {
  test("is ended, and nobody else is", async () => {
    const other = bystander();
    // A query that computes for so long may reach its time first.
    const ended = /ran out of memory \(maximum memory usage: 64 MB\)|timed out \(maximum duration: 1s\)/;
    expect(failureText(await harness.functions.query(request("bombs:inQuery", { bomb })))).toMatch(ended);
    expect(failureText(await harness.functions.mutation(request("bombs:inMutation", { bomb })))).toMatch(
      ended,
    );
    expect(failureText(await harness.functions.action(request("bombs:inAction", { bomb })))).toBe(RAN_OUT);
    expect(await other.stop()).toBeGreaterThan(0);
    expect(valueOf(await harness.functions.query(request("counters:get", { name: "bombed" })))).toBe(null);
  });
});

test("an action that takes memory bit by bit, pausing, is ended too", async () => {
  const other = bystander();
  expect(failureText(await harness.functions.action(request("bombs:slowly")))).toBe(RAN_OUT);
  expect(await other.stop()).toBeGreaterThan(0);
});

test("a Node action has 512 MB", async () => {
  const outcome = await harness.functions.action(request("nodebombs:inAction", { bomb: "buffers" }));
  expect(failureText(outcome)).toBe(
    "JavaScript execution ran out of memory (maximum memory usage: 512 MB)\n",
  );
});
