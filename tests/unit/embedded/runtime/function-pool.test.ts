import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FunctionPool } from "@/embedded/runtime/function-pool";
import type { WorkerSetup } from "@/embedded/runtime/worker-messages";

/** A worker that cannot start while a file is there, and dies of each run then. */
const WORKER = `
import { existsSync } from "node:fs";
import { parentPort } from "node:worker_threads";
const isBroken = () => existsSync(new URL("./broken", import.meta.url));
if (isBroken()) process.exit(1);
parentPort.on("message", (message) => {
  if (isBroken()) process.exit(1);
  if (message.type !== "runs") return;
  parentPort.postMessage({ type: "results", results: message.runs.map(({ id }) => ({ id })) });
});
parentPort.postMessage({ type: "ready" });
`;

let dir: string;
let pool: FunctionPool;
const broken = () => path.join(dir, "broken");
const run = () => pool.run({} as Parameters<FunctionPool["run"]>[0]);

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "praxtalk-pool-"));
  writeFileSync(path.join(dir, "worker.mjs"), WORKER);
  pool = new FunctionPool({
    workerFile: path.join(dir, "worker.mjs"),
    setup: { env: {} } as Omit<WorkerSetup, "clock">,
    size: 2,
  });
});
afterEach(async () => {
  await pool.retire(0);
  rmSync(dir, { recursive: true, force: true });
});

test("workers that cannot start fail the start, and none is left behind", async () => {
  writeFileSync(broken(), "");
  await expect(pool.start()).rejects.toThrow("exited");
  expect(await run()).toMatchObject({ type: "died" });
});

test("workers that die and cannot start again fail their runs, and serve again once they can", async () => {
  await pool.start();
  expect(await run()).toMatchObject({ type: "result" });
  writeFileSync(broken(), "");
  expect(await run()).toMatchObject({ type: "died" });
  expect(await run()).toMatchObject({ type: "died" });
  rmSync(broken());
  await expect.poll(async () => (await run()).type, { timeout: 10_000 }).toBe("result");
});
