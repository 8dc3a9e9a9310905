import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JSONValue } from "../../../../embedded/storage/types";
import { failureText, request, startHarness, valueOf, type Harness } from "./harness";

let harness: Harness;
const query = (path: string, args: JSONValue = {}) => harness.functions.query(request(path, args));
const attempt = (what: string) => harness.functions.mutation(request("globals:attempt", { what }));

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

describe("determinism", () => {
  test("time stands still during a run, and reading it is noted", async () => {
    const outcome = await query("globals:times");
    const { first, again, isDate, at } = valueOf(outcome) as Record<string, JSONValue>;
    expect(again).toEqual(first);
    expect([isDate, at]).toEqual([true, 0]);
    expect(outcome.timeRead).toBe(true);
    expect(Math.abs((first as number[])[0]! - Date.now())).toBeLessThan(60_000);
  });

  test("asking for the snapshot's timestamp is reading the time: the result serves others no longer", async () => {
    const outcome = await query("globals:snapshot");
    expect(outcome).toMatchObject({ ok: true, timeRead: true });
    expect(valueOf(outcome)).toEqual({ $integer: expect.any(String) as string });
  });

  test("modules are evaluated with one time and one sequence of random numbers in all workers", async () => {
    const seen = await Promise.all(Array.from({ length: 16 }, () => query("globals:atImport")));
    expect(new Set(seen.map((outcome) => JSON.stringify(valueOf(outcome)))).size).toBe(1);
  });

  test("runs draw different random numbers", async () => {
    const drawn = await Promise.all(Array.from({ length: 16 }, () => query("globals:random")));
    const numbers = drawn.map((outcome) => valueOf(outcome) as number);
    expect(new Set(numbers).size).toBe(16);
    expect(numbers.every((n) => n >= 0 && n < 1)).toBe(true);
  });
});

describe("globals", () => {
  test("environment variables can be read but not listed, and change for running workers", async () => {
    expect(valueOf(await query("globals:environment"))).toEqual(["hello", null, "http://site.test", [], []]);
    harness.functions.setEnv({ GREETING: "changed" });
    expect(valueOf(await query("globals:environment"))).toEqual([
      "changed",
      null,
      "http://site.test",
      [],
      [],
    ]);
    harness.functions.setEnv(harness.env);
  });

  test("nothing of Node is there", async () => {
    expect(valueOf(await query("globals:absent"))).toEqual([]);
  });

  test("the web platform is there, and its objects are of the function's own realm", async () => {
    const value = valueOf(await query("globals:web")) as Record<string, JSONValue>;
    expect(value).toMatchObject({
      bytes: 32,
      urlError: [true, true],
      host: "1",
      json: [true, true],
      weak: { a: 1 },
      self: true,
    });
    expect((value.mac as { $bytes: string }).$bytes).toHaveLength(44);
  });

  test.each([
    ["fetch", "fetch()"],
    ["setTimeout", "setTimeout"],
    ["randomUUID", "cryptographic randomness"],
    ["getRandomValues", "cryptographic randomness"],
    ["generateKey", "cryptographic randomness"],
    ["formData", "formData()"],
  ])("%s is refused", async (what, thing) => {
    expect(failureText(await attempt(what))).toContain(
      `Uncaught Error: Can't use ${thing} in queries and mutations. Please consider using an action. See https://docs.convex.dev/functions/actions for more details.`,
    );
  });

  test("dynamic imports are refused", async () => {
    expect(failureText(await attempt("dynamicImport"))).toContain(
      `Can't dynamically import "./counters.js" in a query or mutation`,
    );
  });
});

describe("console", () => {
  test("arguments are shown as inspected values", async () => {
    const { logLines } = await query("globals:logs");
    expect(logLines.slice(0, 5).map(({ level, messages }) => [level, ...messages])).toEqual([
      ["LOG", "'text'", "1", "{\n  a: [ 1, 'two' ],\n  nested: {\n    deep: true\n  }\n}"],
      ["ERROR", "[Error: bad]"],
      ["WARN", "[]", "{}", "null", "undefined", "3n", "Map (1) {\n  'k' => 1\n}"],
      ["INFO", "t: 0ms"],
      ["WARN", "Timer 't' does not exist"],
    ]);
    const long = logLines[5]!;
    expect(long).toMatchObject({ level: "DEBUG", isTruncated: true });
    expect(Buffer.byteLength(long.messages.join(" "))).toBe(32_768);
    expect(long.messages[0]).toMatch(/ \(truncated due to length\)$/);
  });

  test("no more than 256 lines are kept", async () => {
    const { logLines } = await query("globals:manyLogs");
    expect(logLines).toHaveLength(256);
    expect(logLines.at(-1)).toMatchObject({
      level: "ERROR",
      messages: ["Log overflow (maximum 256). Remaining log lines omitted."],
    });
  });
});

describe("failures", () => {
  test("stacks are in terms of the sources", async () => {
    expect(failureText(await query("failures:throws"))).toMatch(
      /^Uncaught RangeError: too deep\n {4}at deeper \(.*app\/failures\.ts:5:9\)\n {4}at .*app\/failures\.ts:7:\d+\n$/,
    );
    expect(failureText(await query("failures:throwsText"))).toBe("Uncaught only text\n");
  });

  test("a promise that never settles", async () => {
    expect(failureText(await query("failures:neverSettles"))).toBe("Returned promise will never resolve\n");
  });

  test("an unhandled rejection fails the function", async () => {
    expect(failureText(await query("failures:unhandled"))).toMatch(/^Uncaught Error: nobody saw this\n/);
  });

  test.each(["loops", "loopsInMicrotasks"])(
    "%s without end is stopped, everyone else goes on",
    async (name) => {
      const bystanders = Array.from({ length: 30 }, () => query("globals:random"));
      const looping = query(`failures:${name}`);
      const later = Array.from({ length: 30 }, () => query("globals:random"));
      expect(failureText(await looping)).toBe("Function execution timed out (maximum duration: 1s)\n");
      for (const outcome of await Promise.all([...bystanders, ...later])) valueOf(outcome);
    },
  );

  test("a run that was not let run for longer than its limit is no run over its limit", async () => {
    expect(valueOf(await query("failures:standsStill"))).toBe("timed-out");
  });

  test("a run that comes near a limit is warned", async () => {
    const { logLines } = await query("failures:nearLimit");
    expect(logLines).toMatchObject([
      {
        level: "WARN",
        messages: [
          expect.stringMatching(
            /^Many reads in a single function execution \(actual: 3300, limit: 4096\)\. /,
          ),
        ],
      },
    ]);
  });
});

describe("memory", () => {
  let patient: Harness;
  beforeAll(async () => {
    patient = await startHarness({ limits: { userMs: 20_000 } });
  });
  afterAll(() => patient.stop());

  test.each(["eatsMemory", "eatsBuffers"])("%s is stopped, everyone else goes on", async (name) => {
    const eating = patient.functions.query(request(`failures:${name}`));
    const others = Array.from({ length: 30 }, () => patient.functions.query(request("globals:random")));
    expect(failureText(await eating)).toBe(
      "JavaScript execution ran out of memory (maximum memory usage: 64 MB)\n",
    );
    for (const outcome of await Promise.all(others)) valueOf(outcome);
  });
});
