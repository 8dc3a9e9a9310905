import { expect, test } from "vitest";
import { clientFailure, clientLogLines, httpActionFailure } from "@/embedded/http/redaction";

const failure = {
  kind: "function" as const,
  message: "Uncaught Error: key 4711 is wrong\n    at handler (../convex/keys.ts:3:9)\n",
  data: { code: "k" },
};

test("a developer sees the text and the stack, a client of production only that something failed", () => {
  expect(clientFailure(failure, "id1", false)).toEqual({
    errorMessage: `[Request ID: id1] Server Error\n${failure.message}`,
    errorData: { code: "k" },
  });
  expect(clientFailure(failure, "id1", true)).toEqual({
    errorMessage: "[Request ID: id1] Server Error",
    errorData: { code: "k" },
  });
  const plain = { kind: "function" as const, message: "x" };
  expect(clientFailure(plain, "id1", true)).not.toHaveProperty("errorData");
});

test("texts have a limit", () => {
  const long = { kind: "function" as const, message: "x".repeat(1_000_000) };
  expect(clientFailure(long, "id1", false).errorMessage.length).toBeLessThan(70_000);
});

test("any run of newlines at the end becomes one, and newlines within cost nothing", () => {
  const told = (message: string) => clientFailure({ kind: "function", message }, "id1", false).errorMessage;
  expect(told("a\n\nb\n\n\n")).toBe("[Request ID: id1] Server Error\na\n\nb\n");
  const started = process.cpuUsage();
  told(`${"\n".repeat(65_000)}x`);
  // A regular expression takes 3,000 ms and more for this, the loop none.
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(1_000);
});

test("log lines are texts with their level, and stay here in production", () => {
  const lines = [{ level: "WARN" as const, messages: ["'a'", "{ b: 1 }"], timestamp: 0, isTruncated: false }];
  expect(clientLogLines(lines, false)).toEqual(["[WARN] 'a' { b: 1 }"]);
  expect(clientLogLines(lines, true)).toEqual([]);
});

test("a failed HTTP action keeps its data, and its trace for developers", () => {
  expect(httpActionFailure(failure, "id1", false)).toEqual({
    code: "[Request ID: id1] Server Error: Uncaught Error: key 4711 is wrong",
    trace: failure.message,
    data: { code: "k" },
  });
  expect(httpActionFailure(failure, "id1", true)).toEqual({
    code: "[Request ID: id1] Server Error",
    data: { code: "k" },
  });
});
