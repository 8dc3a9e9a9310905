import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failureText, request, startHarness, valueOf, type Harness } from "./harness";

let harness: Harness;
const query = (path: string, args = {}, more = {}) => harness.functions.query(request(path, args, more));
const mutation = (path: string, args = {}, more = {}) =>
  harness.functions.mutation(request(path, args, more));

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness?.stop());

describe("a query and a mutation", () => {
  test("a mutation's write is there for the next query", async () => {
    expect(valueOf(await query("counters:get", { name: "a" }))).toBe(null);
    const written = await mutation("counters:increment", { name: "a" });
    expect(valueOf(written)).toBe(1);
    const read = await query("counters:get", { name: "a" });
    expect(valueOf(read)).toBe(1);
    expect(read.ts >= (written.ok ? written.ts : 0n)).toBe(true);
    expect(read.readSet.ranges.length).toBeGreaterThan(0);
  });

  test("a table that does not exist yet is made for the mutation", async () => {
    expect(valueOf(await mutation("counters:untouched"))).toBe(null);
  });
});
