/** A copy of a deployment that is being written to, and a start from it. */
import { spawnSync } from "node:child_process";
import { ConvexHttpClient } from "convex/browser";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  action,
  convexProject,
  mutation,
  query,
  REPOSITORY,
  startBackend,
  type Backend,
  type ConvexProject,
} from "../helpers/embedded";

const APP = `
import { queryGeneric as query, mutationGeneric as mutation, actionGeneric as action, makeFunctionReference } from "convex/server";
import { v } from "convex/values";
/** Two rows that belong together. */
export const pair = mutation({ args: { n: v.number() }, handler: async (ctx, { n }) => {
  await ctx.db.insert("left", { n });
  await ctx.db.insert("right", { n });
} });
export const both = query({ args: {}, handler: async (ctx) => {
  const numbers = async (table) => (await ctx.db.query(table).collect()).map(({ n }) => n).sort((a, b) => a - b);
  return { left: await numbers("left"), right: await numbers("right") };
} });
export const keep = mutation({ args: { id: v.id("_storage") }, handler: (ctx, { id }) => ctx.db.insert("files", { id }) });
export const drop = mutation({ args: {}, handler: async (ctx) => {
  const row = await ctx.db.query("files").first();
  if (row === null) return;
  await ctx.db.delete(row._id);
  await ctx.storage.delete(row.id);
} });
export const store = action({ args: { text: v.string() }, handler: async (ctx, { text }) => {
  await ctx.runMutation(makeFunctionReference("app:keep"), { id: await ctx.storage.store(new Blob([text])) });
} });
export const texts = action({ args: {}, handler: async (ctx) => {
  const ids = await ctx.runQuery(makeFunctionReference("app:fileIds"), {});
  return Promise.all(ids.map(async (id) => (await ctx.storage.get(id))?.text() ?? null));
} });
export const fileIds = query({ args: {}, handler: async (ctx) => (await ctx.db.query("files").collect()).map(({ id }) => id) });
export const secret = query({ args: {}, handler: async () => process.env.SECRET ?? null });
`;

let backend: Backend;
let project: ConvexProject;
let folder: string;
const copy = (name: string) => path.join(folder, name);

/** A command of package.json, for a data folder. */
function npmRun(script: string, argument: string, dataDir: string) {
  return spawnSync(process.execPath, [path.join(REPOSITORY, `scripts/${script}.mjs`), argument], {
    cwd: REPOSITORY,
    env: { ...process.env, PRAXTALK_DATA_DIR: dataDir, INIT_CWD: folder },
    encoding: "utf8",
  });
}

function backUp(
  target: string,
  headers: Record<string, string> = { authorization: `Convex ${backend.adminKey}` },
) {
  return fetch(`${backend.url}/operation/backup`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ folder: target }),
  });
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "praxtalk-backup-"));
  backend = await startBackend();
  project = convexProject({ "app.ts": APP });
  await backend.push(project.dir);
  await backend.cli(project.dir, ["env", "set", "SECRET", "kept"]);
});
afterAll(async () => {
  project.remove();
  await backend.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a copy made under writes is of one moment, with every file; an instance starts from it", async () => {
  const client = new ConvexHttpClient(backend.url, { logger: false });
  let isDone = false;
  const acknowledged: number[] = [];
  const writing = (async () => {
    for (let n = 0; !isDone; n++) {
      await client.mutation(mutation("app:pair"), { n });
      acknowledged.push(n);
      await client.action(action("app:store"), { text: `file ${n}` });
      if (n % 2 === 1) await client.mutation(mutation("app:drop"), {});
    }
  })();
  await expect.poll(() => acknowledged.length, { timeout: 10_000 }).toBeGreaterThan(20);
  const before = acknowledged.length;
  expect((await backUp(copy("first"))).status).toBe(200);
  isDone = true;
  await writing;

  expect(existsSync(copy("first/imports"))).toBe(false);
  expect(statSync(copy("first")).mode & 0o777).toBe(0o700);
  expect(statSync(copy("first/admin.key")).mode & 0o777).toBe(0o600);
  const restored = await startBackend({ dataDir: copy("first") });
  try {
    expect(restored.adminKey).toBe(backend.adminKey);
    const reader = new ConvexHttpClient(restored.url, { logger: false });
    const { left, right } = (await reader.query(query("app:both"), {})) as Record<string, number[]>;
    expect(left).toEqual(right);
    expect(left!.length).toBeGreaterThanOrEqual(before);
    const texts = (await reader.action(action("app:texts"), {})) as (string | null)[];
    expect(texts.length).toBeGreaterThan(5);
    expect(texts.every((text) => text?.startsWith("file "))).toBe(true);
    expect(await reader.query(query("app:secret"), {})).toBe("kept");
    await reader.mutation(mutation("app:pair"), { n: -1 });
  } finally {
    await restored.stop();
  }
});

test("a folder that is there is not touched; nobody but the admin may ask", async () => {
  writeFileSync(copy("taken"), "mine");
  expect((await backUp(copy("taken"))).status).toBe(409);
  expect(readFileSync(copy("taken"), "utf8")).toBe("mine");
  expect((await backUp("relative")).status).toBe(400);
  expect((await backUp(copy("other"), {})).status).toBe(403);
  expect((await backUp(copy("no/such/parent\0"))).status).toBeGreaterThanOrEqual(400);
  expect(readdirSync(folder).sort()).toEqual(["first", "taken"]);
});

test("a folder inside the data folder is refused, by whatever path, and nothing is left there", async () => {
  const { dataDir } = backend;
  const before = readdirSync(dataDir).sort();
  symlinkSync(dataDir, copy("link"));
  for (const target of [
    dataDir + "/copy",
    dataDir + "/files/copy",
    dataDir + "/no/such/copy",
    copy("link/copy"),
  ]) {
    const answer = await backUp(target);
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { code: "BadBackupFolder", message: "The folder must lie outside the data folder." },
    ]);
  }
  rmSync(copy("link"));
  expect(readdirSync(dataDir).sort()).toEqual(before);
});

test("npm run backup copies a running instance and a stopped one; npm run restore lays it back", async () => {
  const { dataDir, url, adminKey } = backend;
  writeFileSync(
    path.join(dataDir, "cli.env"),
    `CONVEX_SELF_HOSTED_URL=${url}\nCONVEX_SELF_HOSTED_ADMIN_KEY=${adminKey}\n`,
  );
  const running = npmRun("backup", "running", dataDir);
  expect([running.status, running.stderr]).toEqual([0, expect.stringContaining("Copied")]);
  const again = npmRun("backup", "running", dataDir);
  expect([again.status, again.stderr]).toEqual([1, expect.stringContaining("already")]);
  expect(npmRun("restore", "running", dataDir).stderr).toContain("is not empty");
  expect(npmRun("restore", "nothing", copy("new")).stderr).toContain("is no backup");

  const restore = npmRun("restore", "running", copy("new"));
  expect([restore.status, restore.stderr]).toEqual([0, expect.stringContaining("Restored")]);
  const stopped = npmRun("backup", "stopped", copy("new"));
  expect([stopped.status, stopped.stderr]).toEqual([0, expect.stringContaining("Copied")]);
  expect(existsSync(copy("stopped/db/lock"))).toBe(false);

  const restored = await startBackend({ dataDir: copy("stopped") });
  const reader = new ConvexHttpClient(restored.url, { logger: false });
  const client = new ConvexHttpClient(url, { logger: false });
  expect(await reader.query(query("app:both"), {})).toEqual(await client.query(query("app:both"), {}));
  await restored.stop();
});
