import { expect, test } from "vitest";
import { executionEntry } from "@/embedded/deploy/execution-entry";
import type { ExecutionRecord } from "@/embedded/runtime/types";

const record: ExecutionRecord = {
  kind: "Completion",
  udfType: "Mutation",
  identifier: "auth:login",
  component: "",
  logLines: [],
  timestamp: 0,
  cachedResult: false,
  caller: "HttpApi",
  parentExecutionId: null,
  requestId: "00c0ffee00c0ffee",
  executionId: "e",
  executionTimeMs: 1,
  userExecutionTimeMs: 1,
  error: null,
  httpStatus: null,
  returnBytes: null,
  databaseReadBytes: 0,
  databaseReadDocuments: 0,
  databaseWriteBytes: 0,
  databaseWriteDocuments: 0,
  occ: null,
  willRetry: false,
  identityType: "unknown",
  environment: "isolate",
};

test("the log stream shows why an argument was refused, but not its value: it may be a password", () => {
  const error =
    'ArgumentValidationError: Object contains extra field `x`.\n\nObject: {password: "s3cret"}\nValidator: v.object({})';
  const entry = executionEntry({ ...record, error });
  expect(entry["error"]).toBe(
    "ArgumentValidationError: Object contains extra field `x`.\n\nObject: (not logged)\nValidator: v.object({})",
  );
  expect(executionEntry({ ...record, error: "Uncaught Error: x\nValue: 5" })["error"]).toContain("Value: 5");
});
