/** A disk that is full, and a data file that lost its end: nothing acknowledged is lost, nothing is served by half. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  convexProject,
  embeddedBuild,
  mutation,
  query,
  ready,
  runConvexCli,
  spawnEmbedded,
  startBackend,
  type ConvexProject,
} from "../helpers/embedded";

const WRITERS = 8;
const SMALL_DISK_MIB = 6;
const APP = `
import { queryGeneric as query, mutationGeneric as mutation } from "convex/server";
export const add = mutation(async (ctx, { key }) => {
  await ctx.db.insert("left", { key, filler: "x".repeat(5_000) });
  await ctx.db.insert("right", { key });
});
export const keys = query(async (ctx) => {
  const of = async (table, index) => (await ctx.db.query(table).withIndex(index).collect()).map((row) => row.key).sort();
  return [await of("left", "by_key"), await of("left", "by_creation_time"), await of("right", "by_key"), await of("right", "by_creation_time")];
});
`;
const SCHEMA = `
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
export default defineSchema({
  left: defineTable({ key: v.string(), filler: v.string() }).index("by_key", ["key"]),
  right: defineTable({ key: v.string() }).index("by_key", ["key"]),
});
`;

let project: ConvexProject;
let dir: string;
beforeAll(() => {
  project = convexProject({ "disk.ts": APP, "schema.ts": SCHEMA });
  dir = mkdtempSync(path.join(tmpdir(), "praxtalk-disk-"));
});
afterAll(() => {
  project.remove();
  rmSync(dir, { recursive: true, force: true });
});

/** What is stored, the same by all indexes of both tables. */
async function storedKeys(url: string): Promise<string[]> {
  const lists = (await new ConvexHttpClient(url, { logger: false }).query(
    query("disk:keys"),
    {},
  )) as string[][];
  for (const list of lists) expect(list).toEqual(lists[0]);
  return lists[0] ?? [];
}

/** Writes until the deployment answers no more; the keys that it acknowledged. */
async function writeUntilRefused(url: string): Promise<string[]> {
  const acknowledged: string[] = [];
  const http = new ConvexHttpClient(url, { logger: false });
  const writer = async (number: number): Promise<void> => {
    for (let n = 0; n < 100_000; n++) {
      const key = `${number}/${n}`;
      const isDone = await http.mutation(mutation("disk:add"), { key }).then(
        () => true,
        () => false,
      );
      if (!isDone) return;
      acknowledged.push(key);
    }
    throw new Error("The disk never became full.");
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, number) => writer(number)));
  return acknowledged;
}

/** A folder on a disk of its own, where this user may make one; else the size of files is what is limited. */
function smallDisk(): { folder: string; maxFileKiB?: number; enlarge: () => void; remove: () => void } {
  const folder = path.join(dir, "small");
  mkdirSync(folder);
  const mount = (options: string): boolean =>
    spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder]).status === 0;
  if (!mount(`size=${SMALL_DISK_MIB}m`)) {
    return { folder, maxFileKiB: SMALL_DISK_MIB * 1024, enlarge: () => undefined, remove: () => undefined };
  }
  return {
    folder,
    enlarge: () => expect(mount("remount,size=200m")).toBe(true),
    remove: () => void spawnSync("umount", ["-l", folder]),
  };
}

test("on a full disk the process ends with one sentence; with room again, all that was acknowledged is there", async () => {
  const { folder, maxFileKiB, enlarge, remove } = smallDisk();
  const env = {
    HOST: "127.0.0.1",
    CONVEX_PORT: "0",
    CONVEX_SITE_PORT: "0",
    PRAXTALK_DATA_DIR: path.join(folder, "data"),
  };
  try {
    const running = spawnEmbedded(await embeddedBuild(), env, { maxFileKiB });
    const { convex: url } = await ready(running);
    const adminKey = readFileSync(path.join(folder, "data", "admin.key"), "utf8").trim();
    const args = ["deploy", "--typecheck", "disable", "--codegen", "disable"];
    const pushed = await runConvexCli(project.dir, args, { url, adminKey });
    expect(pushed.code, pushed.output).toBe(0);
    const acknowledged = await writeUntilRefused(url);
    expect(acknowledged.length).toBeGreaterThan(WRITERS);
    expect(await running.exited).toBe(1);
    expect(running.output()).toMatch(/^The database in \S+ takes no more writes \(.+\)\. Stopping\.$/m);

    enlarge();
    const again = await startBackend({ dataDir: path.join(folder, "data") });
    const stored = new Set(await storedKeys(again.url));
    expect(acknowledged.filter((key) => !stored.has(key))).toEqual([]);
    await new ConvexHttpClient(again.url, { logger: false }).mutation(mutation("disk:add"), { key: "later" });
    expect(await storedKeys(again.url)).toHaveLength(stored.size + 1);
    expect(await again.stop()).toBe(0);
  } finally {
    remove();
  }
}, 120_000);

test("a data file that lost its end is refused with one sentence, and a backup in its place serves again", async () => {
  const dataDir = path.join(dir, "data");
  const backup = path.join(dir, "backup");
  const file = path.join(dataDir, "db", "data.mdb");
  const backend = await startBackend({ dataDir });
  await backend.push(project.dir);
  const http = new ConvexHttpClient(backend.url, { logger: false });
  const add = async (from: number): Promise<void> => {
    for (let n = from; n < from + 40; n++) await http.mutation(mutation("disk:add"), { key: `${100 + n}` });
  };
  await add(0);
  await backend.stop();
  cpSync(dataDir, backup, { recursive: true });
  await backend.restart();
  await add(40);
  await backend.kill9();

  const { size } = statSync(file);
  truncateSync(file, Math.floor(size / 2));
  const env = { HOST: "127.0.0.1", CONVEX_PORT: "0", CONVEX_SITE_PORT: "0", PRAXTALK_DATA_DIR: dataDir };
  const refused = spawnEmbedded(await embeddedBuild(), env);
  expect(await refused.exited).toBe(1);
  expect(refused.output()).toMatch(
    /^The database file \S+ is shorter than its header says \(\d+ of \d+ bytes\): restore the data folder from a backup\.\n$/,
  );
  expect(statSync(file).size).toBe(Math.floor(size / 2));

  rmSync(dataDir, { recursive: true });
  cpSync(backup, dataDir, { recursive: true });
  const restored = await startBackend({ dataDir });
  expect(await storedKeys(restored.url)).toEqual(Array.from({ length: 40 }, (_, n) => `${100 + n}`));
  await restored.stop();
}, 120_000);
