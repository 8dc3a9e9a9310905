import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Committer } from "../../../../embedded/engine/committer";
import { internalFailure } from "../../../../embedded/runtime/failure";
import type { PoolResult } from "../../../../embedded/runtime/function-pool";
import { FunctionRunner } from "../../../../embedded/runtime/function-runner";
import { Store } from "../../../../embedded/storage/store";
import { request } from "./harness";

const dir = mkdtempSync(path.join(tmpdir(), "praxtalk-runner-"));
let store: Store;
let committer: Committer;

beforeEach(async () => {
  store = await Store.open(path.join(dir, "db"));
  committer = await Committer.open(store);
});
afterEach(async () => {
  await committer.close();
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

test("an error of the deployment itself reaches the operator in full, callers in a bland text", async () => {
  const reported: unknown[] = [];
  const runner = new FunctionRunner(
    committer,
    () => undefined,
    (error) => reported.push(error),
    () => undefined,
  );
  const died: PoolResult = { type: "died", failure: internalFailure(new Error("the disk is on fire")) };
  const pool = { run: () => Promise.resolve(died) };
  const bland = {
    ok: false,
    failure: {
      kind: "system",
      code: "InternalServerError",
      status: 500,
      message: "Your request couldn't be completed. Try again later.",
    },
  };
  expect(await runner.query(pool, request("counters:get"))).toMatchObject(bland);
  expect(await runner.mutation(() => pool, request("counters:increment"))).toMatchObject(bland);
  expect(reported.map(String)).toEqual(Array(2).fill(expect.stringContaining("the disk is on fire")));
});
