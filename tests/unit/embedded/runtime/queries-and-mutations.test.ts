import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JSONValue } from "../../../../embedded/storage/types";
import { failureText, request, startHarness, valueOf, type Harness } from "./harness";

let harness: Harness;
const query = (path: string, args: JSONValue = {}, more = {}) =>
  harness.functions.query(request(path, args, more));
const mutation = (path: string, args: JSONValue = {}, more = {}) =>
  harness.functions.mutation(request(path, args, more));
const counter = async (name: string) => valueOf(await query("counters:get", { name }));

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.stop());

describe("a query and a mutation", () => {
  test("a mutation's write is there for the next query", async () => {
    expect(await counter("a")).toBe(null);
    const written = await mutation("counters:increment", { name: "a" });
    expect(valueOf(written)).toBe(1);
    const read = await query("counters:get", { name: "a" }, { minTs: written.ok ? written.ts : 0n });
    expect(valueOf(read)).toBe(1);
    expect(written.ok && read.ts >= written.ts).toBe(true);
    expect(read.readSet.ranges.length).toBeGreaterThan(0);
    expect(read).toMatchObject({ identityRead: false, timeRead: false, journal: null, logLines: [] });
  });

  test("a table that does not exist yet is made for the mutation", async () => {
    expect(valueOf(await mutation("counters:untouched"))).toBe(null);
    expect(harness.committer.catalog.table("", "fresh_table")).not.toBe(null);
  });

  test("a table of a bad name is the developer's error", async () => {
    const failed = await mutation("counters:insertInto", { table: "not a name" });
    expect(failed).toMatchObject({ ok: false, failure: { kind: "function" } });
    expect(failureText(failed)).toMatch(/^Uncaught Error: .*not a name/);
  });

  test("a mutation that throws writes nothing", async () => {
    const failed = await mutation("counters:addAndFail", { name: "unwritten", how: "boom" });
    expect(failureText(failed)).toMatch(
      /^Uncaught TypeError: boom\n {4}at handler \(.*counters\.ts:\d+:\d+\)\n/,
    );
    expect(await counter("unwritten")).toBe(null);
  });

  test("ConvexError data reaches the caller as Convex JSON", async () => {
    const failed = await mutation("counters:addAndFail", { name: "x", how: "convex" });
    expect(failed).toMatchObject({
      failure: { kind: "function", data: { code: "NO", left: { $integer: "AwAAAAAAAAA=" } } },
    });
    expect(failureText(failed)).toMatch(/^Uncaught ConvexError: /);
  });

  test("a commit timestamp is filled into the document and the returned value", async () => {
    const written = await mutation("counters:commitTs");
    const { at } = valueOf(written) as { at: { $integer: string } };
    const ts = written.ok ? written.ts : 0n;
    expect(Buffer.from(at.$integer, "base64").readBigInt64LE()).toBe(ts);
    expect(valueOf(await query("counters:readStamped"))).toEqual([at]);
  });

  test("un-awaited writes are made", async () => {
    valueOf(await mutation("failures:dangling"));
    const notes = valueOf(await query("failures:withNotes"));
    expect(notes).toEqual(expect.arrayContaining(["dangling 1", "dangling 2"]));
  });

  test("pagination keeps its end in the journal and refuses a second page in one run", async () => {
    const first = await query("failures:pages", { cursor: null });
    expect(first.journal).not.toBe(null);
    expect(valueOf(first)).toMatchObject({ page: [{ body: "dangling 1" }, { body: "dangling 2" }] });
    const again = await query("failures:pages", { cursor: null }, { journal: first.journal });
    expect(valueOf(again)).toEqual(valueOf(first));
    const twice = await query("failures:pages", { cursor: null, twice: true });
    expect(failureText(twice)).toContain("ran multiple paginated queries");
  });
});

describe("nested calls", () => {
  test("a nested mutation that throws is undone alone, and its error can be caught", async () => {
    const value = valueOf(await mutation("nested:rollsBack")) as Record<string, JSONValue>;
    expect(value).toMatchObject({ inner: null, outer: 1, data: { code: "NO" } });
    expect(value.caught).toMatch(/^Uncaught TypeError: boom\n {4}at handler/);
  });

  test("an operation made during a call that fails is not undone with it", async () => {
    expect(valueOf(await mutation("nested:interleaved"))).toEqual(["failed", "string"]);
    expect(await counter("kept")).toBe(7);
    expect(await counter("lost")).toBe(null);
  });

  test("calls made at once run one after the other", async () => {
    expect(valueOf(await mutation("nested:inOrder"))).toEqual([1, 2, 2, 3]);
  });

  test("a stale snapshot does not see the mutation's own writes", async () => {
    expect(valueOf(await mutation("nested:staleSnapshot"))).toEqual({ fresh: 1, stale: null });
  });

  test("arguments of nested calls are validated", async () => {
    expect(failureText(await mutation("nested:wrongArgs"))).toContain("ArgumentValidationError: ");
  });

  test("a caller can narrow the limits of a call", async () => {
    expect(valueOf(await mutation("nested:limited", { writes: 2 }))).toBe(2);
    expect(failureText(await mutation("nested:limited", { writes: 3 }))).toContain(
      "Too many writes in a single function execution (limit: 2).",
    );
  });

  test("calls nest eight deep and no deeper", async () => {
    expect(valueOf(await query("nested:recurse", { depth: 7 }))).toBe(7);
    expect(failureText(await query("nested:recurse", { depth: 9 }))).toContain(
      "Cross component call depth limit exceeded. Do you have an infinite loop in your app?",
    );
  });

  test("nested functions draw other random numbers at the same time of day", async () => {
    const outcome = await query("nested:randoms");
    const [outer, inner] = valueOf(outcome) as number[];
    expect(outer).not.toBe(inner);
    expect(outcome.timeRead).toBe(true);
  });
});

describe("who may call what", () => {
  const notFound = (name: string) => `Could not find public function for '${name}'`;
  test.each([
    ["an unknown module", "nowhere:get"],
    ["an unknown export", "counters:nope"],
    ["a chunk of the bundle", "_deps/x:get"],
    ["a system function without an admin", "_system/cli/modules:apiSpec"],
  ])("%s is not found", async (_case, path) => {
    expect(failureText(await query(path))).toContain(notFound(path));
  });

  test("an internal function is found only by those who may call it", async () => {
    expect(failureText(await mutation("counters:hidden", { name: "h" }))).toContain(
      notFound("counters:hidden"),
    );
    expect(valueOf(await mutation("counters:hidden", { name: "h" }, { allowInternal: true }))).toEqual(
      expect.any(String),
    );
  });

  test("the type must fit", async () => {
    expect(failureText(await query("counters:increment", { name: "a" }))).toBe(
      "Trying to execute counters.js:increment as Query, but it is defined as Mutation.\n",
    );
  });

  test("an export that is no Convex function is refused", async () => {
    expect(failureText(await query("failures:notAFunction"))).toContain("is neither a query or mutation");
  });

  test("identity", async () => {
    const anonymous = await query("failures:whoAmI");
    expect([valueOf(anonymous), anonymous.identityRead]).toEqual([null, true]);
    const claims = { tokenIdentifier: "i|s", subject: "s", issuer: "i" };
    const user = { identity: { kind: "user", claims, expiresAt: null, token: "t" } };
    expect(valueOf(await query("failures:whoAmI", {}, user))).toEqual(claims);
    expect(valueOf(await query("failures:whoAmI", {}, { identity: { kind: "admin" } }))).toBe(null);
    expect(
      valueOf(await query("failures:whoAmI", {}, { identity: { kind: "admin", actingAs: claims } })),
    ).toEqual(claims);
  });
});

describe("arguments and results", () => {
  test("arguments are validated before the handler runs", async () => {
    const text = failureText(await query("counters:get", { name: 4 }));
    expect(text).toMatch(
      /^ArgumentValidationError: Value does not match validator\.\nPath: \.name\nValue: 4/,
    );
    expect(failureText(await query("counters:get", {}))).toContain(
      "Object is missing the required field `name`",
    );
  });

  test("results are validated after", async () => {
    expect(failureText(await query("failures:badReturn"))).toMatch(/^ReturnsValidationError: /);
  });

  test("a result over 16 MiB, or of no Convex type, is refused", async () => {
    expect(failureText(await query("failures:large"))).toBe(
      "Function failures:large return value is too large (actual: 18.00 MiB, limit: 16 MiB)\n",
    );
    expect(failureText(await query("failures:noValue"))).toContain("not a supported Convex type");
  });

  test.each([
    ["array", 8192, 8193, "Array length is too long (8193 > maximum length 8192)"],
    ["object", 1024, 1025, "Object has too many fields (1025 > maximum number 1024)"],
    ["nesting", 64, 65, "Value is too nested (nested 65 levels deep > maximum nesting 64)"],
  ])("%s: results of %i are returned, of %i refused", async (shape, most, more, text) => {
    expect(JSON.stringify(valueOf(await query("failures:shaped", { shape, n: most })))).toMatch(/^[[{]/);
    expect(failureText(await query("failures:shaped", { shape, n: more }))).toBe(
      `Function failures:shaped return value invalid: ${text}\n`,
    );
  });

  test("arguments that are no Convex values are refused", async () => {
    const refused = "Invalid arguments for failures:echo: ";
    expect(failureText(await query("failures:echo", { value: Array(8193).fill(0) as number[] }))).toBe(
      `${refused}Array length is too long (8193 > maximum length 8192)\n`,
    );
    expect(failureText(await query("failures:echo", { value: { $integer: "x" } }))).toContain(refused);
    const positional = { args: '{"value":1}' };
    expect(failureText(await query("failures:echo", {}, positional))).toBe(`${refused}expected an array\n`);
  });

  test("arguments over 16 MiB are refused", async () => {
    const text = failureText(await query("counters:get", { name: "x".repeat(17 << 20) }));
    expect(text).toContain("Arguments for counters:get are too large (actual: 17.00 MiB, limit: 16 MiB)");
  });
});

describe("conflicts and repetition", () => {
  test("increments in parallel lose nothing", async () => {
    const rounds = 20;
    // Several counters at once: each round of each has a loser that waits for its turn.
    const count = async (name: string) => {
      for (let round = 0; round < rounds; round++) {
        const pair = await Promise.all([1, 2].map(() => mutation("counters:increment", { name })));
        pair.forEach(valueOf);
      }
      return counter(name);
    };
    const names = Array.from({ length: 10 }, (_, i) => `contended ${i}`);
    expect(await Promise.all(names.map(count))).toEqual(names.map(() => 2 * rounds));
  }, 120_000);

  test("a mutation that loses every time is refused as a conflict", async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, () => mutation("counters:increment", { name: "crowded" })),
    );
    const failures = outcomes.filter((outcome) => !outcome.ok);
    expect(await counter("crowded")).toBe(outcomes.length - failures.length);
    for (const failed of failures) {
      expect(failed).toMatchObject({
        failure: { kind: "system", code: "OptimisticConcurrencyControlFailure", status: 503 },
      });
    }
  }, 60_000);

  test("a request of a session takes effect once and is answered from its record", async () => {
    const session = { sessionId: "s1", requestId: 7 };
    const first = await mutation("counters:increment", { name: "once" }, { session });
    const again = await mutation("counters:increment", { name: "once" }, { session });
    expect(again).toEqual(first);
    const both = await Promise.all(
      [1, 2].map(() =>
        mutation("counters:increment", { name: "once" }, { session: { ...session, requestId: 8 } }),
      ),
    );
    expect(both[0]).toEqual(both[1]);
    expect(await counter("once")).toBe(2);
  });

  test("a session's record holds results of any size", async () => {
    const session = { sessionId: "s1", requestId: 20 };
    const first = await mutation("counters:largeResult", { name: "large" }, { session });
    expect(valueOf(first)).toHaveLength(3 << 20);
    expect(await mutation("counters:largeResult", { name: "large" }, { session })).toEqual(first);
  });

  test("a failed request of a session is run again", async () => {
    const session = { sessionId: "s1", requestId: 9 };
    const args = { name: "retried", how: "boom" };
    expect((await mutation("counters:addAndFail", args, { session })).ok).toBe(false);
    expect(valueOf(await mutation("counters:increment", { name: "retried" }, { session }))).toBe(1);
  });

  test("executions are reported, conflicts as retries", async () => {
    const records: { identifier: string; willRetry: boolean; error: string | null }[] = [];
    const remove = harness.functions.onExecution((record) => records.push(record));
    await Promise.all([1, 2].map(() => mutation("counters:increment", { name: "reported" })));
    remove();
    const own = records.filter(({ identifier }) => identifier === "counters:increment");
    expect(own.filter(({ willRetry }) => !willRetry).map(({ error }) => error)).toEqual([null, null]);
  });
});
