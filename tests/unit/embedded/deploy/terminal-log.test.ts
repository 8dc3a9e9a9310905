import { expect, test } from "vitest";
import { executionText } from "../../../../embedded/deploy/terminal-log";
import type { ExecutionRecord } from "../../../../embedded/runtime/types";

const record: ExecutionRecord = {
  kind: "Completion",
  udfType: "Mutation",
  identifier: "messages:send",
  component: "",
  logLines: [],
  timestamp: new Date(2026, 10, 22, 9, 5, 7, 3).getTime(),
  cachedResult: false,
  caller: "SyncWorker",
  parentExecutionId: null,
  requestId: "00c0ffee00c0ffee",
  executionId: "e",
  executionTimeMs: 3.2,
  userExecutionTimeMs: 1,
  error: null,
  httpStatus: null,
  returnBytes: 4,
  databaseReadBytes: 0,
  databaseWriteBytes: 0,
  databaseReadDocuments: 0,
  databaseWriteDocuments: 0,
  occ: null,
  willRetry: false,
  identityType: "user",
  environment: "isolate",
};
const line = (messages: string[], level: "LOG" | "WARN" = "LOG") => ({
  level,
  messages,
  timestamp: 0,
  isTruncated: false,
});

test("one line per execution", () => {
  expect(executionText(record)).toBe("09:05:07.003 mutation messages:send 4 ms [00c0ffee00c0ffee]");
  const http = { ...record, udfType: "HttpAction" as const, identifier: "GET /ping", httpStatus: 200 };
  expect(executionText(http)).toBe("09:05:07.003 http GET /ping 200 4 ms [00c0ffee00c0ffee]");
});

test("console lines and the failure are indented below", () => {
  const failed = {
    ...record,
    logLines: [line(["two", "words"]), { ...line(["long\nlines"], "WARN"), isTruncated: true }],
    error: "Uncaught Error: no\n    at send (../convex/messages.ts:3:1)\n",
  };
  expect(executionText(failed).split("\n").slice(1)).toEqual([
    "    [LOG] two words",
    "    [WARN] long",
    "    lines (truncated due to length)",
    "    failed: Uncaught Error: no",
    "        at send (../convex/messages.ts:3:1)",
  ]);
});

test("a refused argument or result shows why, but not the values: they may be passwords and tokens", () => {
  for (const kind of ["ArgumentValidationError", "ReturnsValidationError"]) {
    const extra = `${kind}: Object contains extra field \`x\`.\n\nObject: {password: "s3cret"}\nValidator: v.object({})`;
    const wrong = `Uncaught Error: ${kind}: Value does not match validator.\nPath: .a\nValue: "s3cret"\nValidator: v.id("a")`;
    for (const error of [extra, wrong]) {
      const text = executionText({ ...record, error });
      expect(text).not.toContain("s3cret");
      expect(text).toContain("Validator: v.");
      expect(text).toMatch(/(Object|Value): \(not logged\)/);
    }
  }
  expect(executionText({ ...record, error: "Uncaught Error: x\nValue: 5" })).toContain("Value: 5");
});

test("an attempt that runs again says so and shows no failure", () => {
  const text = executionText({ ...record, willRetry: true, error: "conflict" });
  expect(text).toBe("09:05:07.003 mutation messages:send 4 ms [00c0ffee00c0ffee] (conflict, running again)");
});

test("control characters cannot drive the terminal", () => {
  const text = executionText({ ...record, logLines: [line(["\u001b[2J\u0007red\u009b31m\rover"])] });
  expect(text.split("\n")[1]).toBe("    [LOG] \\x1b[2J\\x07red\\x9b31m\\x0dover");
});
