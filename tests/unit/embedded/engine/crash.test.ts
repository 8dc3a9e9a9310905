import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { documentKeys } from "@/embedded/engine/pending-writes";
import { Committer } from "@/embedded/engine/committer";
import { Store } from "@/embedded/storage/store";
import { documentText } from "@/embedded/storage/stored-document";
import type { JSONObject } from "@/embedded/storage/types";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
let work: string;
let script: string;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "praxtalk-crash-writer-"));
  symlinkSync(join(root, "node_modules"), join(work, "node_modules"));
  script = join(work, "writer.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("crash-writer.ts", import.meta.url))],
    outfile: script,
    bundle: true,
    packages: "external",
    alias: { "@": root },
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
});

afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Lets the writer acknowledge some pairs, then kills it; the pairs acknowledged. */
async function runAndKill(dir: string, firstPair: number, acknowledgements: number): Promise<number[]> {
  const child = spawn(process.execPath, [script, dir, String(firstPair)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const pairs: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    pairs.push(Number(line));
    if (pairs.length === acknowledgements) child.kill("SIGKILL");
  }
  await exited;
  return pairs;
}

/** Every index of the table holds exactly the entries that its documents give. */
function checkIndexes(store: Store, committer: Committer): JSONObject[] {
  const table = committer.catalog.table("", "pairs")!;
  const snapshot = store.snapshot();
  const documents: JSONObject[] = [];
  const expected = new Map<number, string[]>([...table.indexes].map(({ number }) => [number, []]));
  for (const id of snapshot.keys(table.byId, "", null, false)) {
    const document = JSON.parse(documentText(snapshot.get(table.byId, id)!)) as JSONObject;
    documents.push(document);
    for (const { index, key } of documentKeys(table, id, document)) expected.get(index)?.push(key);
  }
  for (const [index, keys] of expected) {
    expect([...snapshot.keys(index, "", null, false)]).toEqual(keys.sort());
  }
  expect(snapshot.count(table.byId)).toBe(documents.length);
  snapshot.close();
  return documents;
}

test("after each kill every acknowledged pair is there, none half, and indexes agree", async () => {
  const dir = mkdtempSync(join(tmpdir(), "praxtalk-crash-"));
  const acknowledged = new Set<number>();
  try {
    for (let round = 0; round < 4; round++) {
      const count = randomInt(20, 400);
      for (const pair of await runAndKill(dir, round * 1_000_000, count)) acknowledged.add(pair);
      const store = await Store.open(dir);
      const committer = await Committer.open(store);
      const sides = new Map<number, string[]>();
      for (const { n, side } of checkIndexes(store, committer)) {
        sides.set(n as number, [...(sides.get(n as number) ?? []), side as string].sort());
      }
      for (const [, found] of sides) expect(found).toEqual(["left", "right"]);
      expect([...acknowledged].filter((pair) => !sides.has(pair))).toEqual([]);
      await committer.close();
      await store.close();
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(80);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}, 60_000);
