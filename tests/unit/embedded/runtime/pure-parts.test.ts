import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkConvexValue } from "../../../../embedded/engine/document";
import { inspect } from "../../../../embedded/runtime/inspect";
import { LogBuffer } from "../../../../embedded/runtime/log-buffer";
import { displayPath, parsePath } from "../../../../embedded/runtime/path";
import { SeededRandom } from "../../../../embedded/runtime/random";
import { usageWarnings } from "../../../../embedded/runtime/usage-warnings";
import { isSurelyWithinLimits } from "../../../../embedded/runtime/value-limits";
import type { JSONValue } from "../../../../embedded/storage/types";

describe("paths of functions", () => {
  test.each([
    ["messages:list", "messages.js:list", "messages:list"],
    ["messages.js:list", "messages.js:list", "messages:list"],
    ["a/b_c:default", "a/b_c.js:default", "a/b_c"],
    ["crons", "crons.js:default", "crons"],
    ["_system/cli/modules:apiSpec", "_system/cli/modules.js:apiSpec", "_system/cli/modules:apiSpec"],
  ])("%s", (text, canonical, shown) => {
    const parsed = parsePath(text);
    expect(parsed).toMatchObject({ canonical });
    expect(displayPath(canonical)).toBe(shown);
  });

  test.each([
    "",
    ":x",
    "a:b-c",
    "a:",
    "/a:b",
    "a.ts:b",
    "../a:b",
    "a//b:c",
    "a b:c",
    `${"x".repeat(65)}:y`,
    "a/..:b",
  ])("%j is refused", (text) => {
    expect(parsePath(text)).toMatchObject({
      error: expect.stringContaining("is not a valid path to a Convex function.") as string,
    });
  });
});

describe("inspected values", () => {
  test.each<[unknown, string]>([
    ["it's\n", "'it\\'s\\n'"],
    [-0, "-0"],
    [Symbol("s"), "Symbol(s)"],
    [() => 1, "[Function (anonymous)]"],
    [[1, [2, { a: 1 }]], "[\n  1,\n  [\n    2,\n    {\n      a: 1\n    }\n  ]\n]"],
    [new Set([1]), "Set (1) {\n  1\n}"],
    [Object.create(null), "[null prototype] {}"],
    [new Uint8Array([1, 2]), "Uint8Array [ 1, 2 ]"],
    [{ "odd key": /x/g }, "{\n  'odd key': /x/g\n}"],
    [Object.assign(new TypeError("t"), { code: 7 }), "{ [TypeError: t], code: 7 }"],
    [{ a: { b: { c: { d: { e: { f: 1 } } } } } }, "[Object]"],
  ])("%#", (value, text) => {
    expect(inspect(value)).toContain(text);
  });

  test("a value that holds itself, and one whose getter throws", () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    expect(inspect(circular)).toBe("{\n  self: [Circular]\n}");
    const logs = new LogBuffer();
    const throwing = Object.defineProperty({}, "x", {
      enumerable: true,
      get: () => {
        throw new Error("no");
      },
    });
    logs.log("LOG", [throwing], 0);
    expect(logs.lines[0]?.messages).toEqual(["[value that cannot be shown: Error: no]"]);
  });
});

describe("limits of values", () => {
  const json: fc.Arbitrary<JSONValue> = fc.letrec<{ value: JSONValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<JSONValue>(null, true, 1, "plain", 'with "quotes", [brackets] and \\'),
      fc.array(tie("value"), { maxLength: 5 }),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), tie("value"), { maxKeys: 5 }),
    ),
  })).value;
  const widened = fc.tuple(json, fc.constantFrom(0, 1_000, 1_030, 8_200), fc.constantFrom(0, 60, 70));

  test("a text said to be within the limits is", () => {
    fc.assert(
      fc.property(widened, ([value, width, depth]) => {
        let shaped: JSONValue = width === 0 ? value : [...Array<JSONValue>(width).fill(0), value];
        for (let i = 0; i < depth; i++) shaped = [shaped];
        if (isSurelyWithinLimits(JSON.stringify(shaped))) checkConvexValue(shaped);
      }),
      { numRuns: 200 },
    );
  });

  test("ordinary results need no closer look", () => {
    const rows = Array.from({ length: 200 }, (_, i) => ({
      _id: `id${i}`,
      body: 'a "quoted" \\ text, [with] {all}',
    }));
    expect(isSurelyWithinLimits(JSON.stringify(rows))).toBe(true);
    expect(isSurelyWithinLimits(JSON.stringify(Array(8_193).fill(0)))).toBe(false);
  });
});

test("seeded random numbers: equal for equal seeds, spread over [0, 1)", () => {
  const draw = (seed: string) => {
    const random = new SeededRandom(seed);
    return Array.from({ length: 2_000 }, () => random.next());
  };
  expect(draw("a")).toEqual(draw("a"));
  const numbers = [...draw("a"), ...draw("b")];
  expect(new Set(numbers).size).toBe(4_000);
  for (let tenth = 0; tenth < 10; tenth++) {
    const share = numbers.filter((n) => Math.floor(n * 10) === tenth).length;
    expect(share).toBeGreaterThan(300);
    expect(share).toBeLessThan(500);
  }
});

test("warnings begin at four fifths of a limit", () => {
  const half = { used: 5, remaining: 5 };
  const metrics = {
    bytesRead: half,
    bytesWritten: { used: 80, remaining: 20 },
    databaseQueries: half,
    documentsRead: { used: 79, remaining: 21 },
    documentsWritten: half,
    functionsScheduled: half,
    scheduledFunctionArgsBytes: half,
  };
  expect(usageWarnings(metrics)).toEqual([
    "Many bytes written in a single function execution (actual: 80 bytes, limit: 100 bytes).",
  ]);
});
