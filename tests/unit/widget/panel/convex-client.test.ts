import { expect, test } from "vitest";
import { OptimisticQueryResults } from "@/widget/panel/convex-client/query-results";
import { Base64 } from "@/widget/panel/convex-client/values";

const succeeded = (value: unknown) => ({ result: { success: true as const, value } });

test("only results that the server has sent anew are told of", () => {
  const results = new OptimisticQueryResults();
  const [thread, team] = [succeeded(["hello"]), succeeded(null)];
  expect(results.ingestQueryResultsFromServer(new Map([["thread", thread]]))).toEqual(["thread"]);
  const both = new Map([
    ["thread", thread],
    ["team", team],
  ]);
  expect(results.ingestQueryResultsFromServer(both)).toEqual(["team"]);
  expect(results.queryResult("thread")).toEqual(["hello"]);
  expect(results.queryResult("team")).toBe(null);
});

test("a query that failed, is unknown or has been let go of has no result", () => {
  const results = new OptimisticQueryResults();
  results.ingestQueryResultsFromServer(new Map([["thread", { result: { success: false as const } }]]));
  expect(results.queryResult("thread")).toBeUndefined();
  results.ingestQueryResultsFromServer(new Map([["team", succeeded(1)]]));
  expect(results.queryResult("thread")).toBeUndefined();
  results.ingestQueryResultsFromServer(new Map());
  expect(results.queryResult("team")).toBeUndefined();
});

test("a query that was refused throws what the server says", () => {
  const data = { code: "IDENTITY_EXPIRED", message: "Sign in again." };
  const results = new OptimisticQueryResults();
  results.ingestQueryResultsFromServer(
    new Map([["thread", { result: { success: false, errorData: data } }]]),
  );
  expect(() => results.queryResult("thread")).toThrow(expect.objectContaining({ data }));
});

test("timestamps keep every byte in base64", () => {
  const bytes = Uint8Array.from([0, 127, 128, 255, 10, 13, 61, 43]);
  const text = Buffer.from(bytes).toString("base64");
  expect(Base64.fromByteArray(bytes)).toBe(text);
  expect(Base64.toByteArray(text)).toEqual(bytes);
});
