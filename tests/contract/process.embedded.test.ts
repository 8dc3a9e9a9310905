/** The process itself: what it prints, how it stops, and what it refuses to start on. */
import { createServer } from "node:net";
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ConvexHttpClient } from "convex/browser";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  action,
  convexProject,
  embeddedBuild,
  mutation,
  query,
  ready,
  spawnEmbedded,
  startBackend,
  type Backend,
} from "../helpers/embedded";

const WAIT = { timeout: 15_000 };
const APP = `
import { queryGeneric as query, mutationGeneric as mutation, actionGeneric as action } from "convex/server";
import { ConvexError } from "convex/values";
export const fail = query({ args: {}, handler: async () => { console.log("a secret"); throw new Error("with a secret"); } });
export const refuse = query({ args: {}, handler: async () => { throw new ConvexError({ code: "no" }); } });
export const slow = action({ args: {}, handler: async () => { await new Promise((r) => setTimeout(r, 1000)); return "finished"; } });
export const add = mutation({ args: {}, handler: (ctx) => ctx.db.insert("rows", {}) });
export const size = query({ args: {}, handler: (ctx) => ctx.db.query("rows").count() });
`;

let buildDir: string;
let dataDir: string;
beforeAll(async () => {
  buildDir = await embeddedBuild();
});
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), "praxtalk-process-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** Starts a process that is expected to give up; what it said, and its exit code. */
async function refusalOf(env: Record<string, string>, options: { uid?: number } = {}) {
  const ports = { HOST: "127.0.0.1", CONVEX_PORT: "0", CONVEX_SITE_PORT: "0" };
  const running = spawnEmbedded(buildDir, { ...ports, PRAXTALK_DATA_DIR: dataDir, ...env }, options);
  const code = await running.exited;
  return { code, said: running.output() };
}

describe("it refuses to start, with one sentence and exit code 1, when", () => {
  test.each(["CONVEX_PORT", "CONVEX_SITE_PORT"])(
    "%s is taken; the data folder is not touched",
    async (name) => {
      const other = createServer();
      const port = await new Promise<number>((resolve) => {
        other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port));
      });
      try {
        const { code, said } = await refusalOf({ [name]: String(port) });
        expect(said).toBe(`Port ${port} on 127.0.0.1 is already in use.\n`);
        expect(code).toBe(1);
        expect(readdirSync(dataDir)).toEqual([]);
      } finally {
        other.close();
      }
    },
  );

  test("another instance runs on the data folder, which goes on running", async () => {
    const first = await startBackend({ dataDir });
    const { code, said } = await refusalOf({});
    expect(said).toBe(`Another instance is already running on the data folder ${dataDir}.\n`);
    expect(code).toBe(1);
    expect((await fetch(`${first.url}/version`)).status).toBe(200);
    await first.stop();
  });

  test("the data folder is a file", async () => {
    const file = path.join(dataDir, "file");
    writeFileSync(file, "kept");
    const { code, said } = await refusalOf({ PRAXTALK_DATA_DIR: file });
    expect(said).toBe(`The data folder ${file} cannot be made: there is a file in its place.\n`);
    expect(code).toBe(1);
    expect(readFileSync(file, "utf8")).toBe("kept");
  });

  test("the data folder is not writable", async () => {
    const nobody = 65_534;
    chmodSync(dataDir, 0o555);
    // Modes do not bind root.
    const { code, said } = await refusalOf({}, process.getuid?.() === 0 ? { uid: nobody } : {});
    expect(said).toBe(`The data folder ${dataDir} is not writable.\n`);
    expect(code).toBe(1);
  });

  test.each([
    [{ CONVEX_PORT: "eighty" }, 'CONVEX_PORT must be a port number from 0 to 65535, not "eighty".\n'],
    [{ CONVEX_SITE_PORT: "70000" }, 'CONVEX_SITE_PORT must be a port number from 0 to 65535, not "70000".\n'],
    [{ HOST: "203.0.113.7" }, "HOST 203.0.113.7 is not an address of this machine.\n"],
    [
      { PRAXTALK_CONVEX_URL: "chat.example.com" },
      'PRAXTALK_CONVEX_URL must be an address that begins with http:// or https://, not "chat.example.com".\n',
    ],
  ])("a setting makes no sense: %j", async (env, sentence) => {
    expect(await refusalOf(env)).toEqual({ code: 1, said: sentence });
  });
});

test("the first start makes an admin key for its owner alone; a second one keeps it", async () => {
  const first = await startBackend({ dataDir });
  expect(statSync(path.join(dataDir, "admin.key")).mode & 0o777).toBe(0o600);
  expect(await first.stop()).toBe(0);
  const second = await startBackend({ dataDir });
  expect(second.adminKey).toBe(first.adminKey);
  await second.stop();
});

test("it listens where it says, and tells clients its public addresses where those differ", async () => {
  const backend = await startBackend({
    dataDir,
    env: { PRAXTALK_CONVEX_URL: "https://api.example.com/", PRAXTALK_SITE_URL: "https://site.example.com" },
  });
  const response = await fetch(`${backend.url}/api/v1/get_canonical_urls`, {
    headers: { Authorization: `Convex ${backend.adminKey}` },
  });
  expect(await response.json()).toEqual({
    convexCloudUrl: "https://api.example.com",
    convexSiteUrl: "https://site.example.com",
  });
  expect(await backend.stop()).toBe(0);
});

test("a database that takes no more writes ends the process, with one sentence and exit code 1", async () => {
  // A limit on the size of files stands for a full disk.
  const running = spawnEmbedded(
    buildDir,
    { HOST: "127.0.0.1", CONVEX_PORT: "0", CONVEX_SITE_PORT: "0", PRAXTALK_DATA_DIR: dataDir },
    { maxFileKiB: 512 },
  );
  const { convex } = await ready(running);
  const adminKey = readFileSync(path.join(dataDir, "admin.key"), "utf8").trim();
  const setVariable = (name: string, value: string) =>
    fetch(`${convex}/api/update_environment_variables`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Convex ${adminKey}` },
      body: JSON.stringify({ changes: [{ name, value }] }),
    }).then(
      ({ ok }) => ok,
      () => false,
    );
  let written = 0;
  while (await setVariable(`FILLER_${written % 60}`, `${written}`.padEnd(8_000, "x"))) written++;
  expect(written).toBeGreaterThan(0);
  expect(await running.exited).toBe(1);
  expect(running.output()).toMatch(/^The database in \S+ takes no more writes \(.+\)\. Stopping\.$/m);
});

describe("with an app", () => {
  const project = convexProject({ "app.ts": APP });
  let backend: Backend;
  let http: ConvexHttpClient;
  afterAll(() => project.remove());

  async function start(env: Record<string, string> = {}): Promise<void> {
    backend = await startBackend({ dataDir, env });
    await backend.push(project.dir);
    http = new ConvexHttpClient(backend.url, { logger: false });
  }

  test.each(["SIGTERM", "SIGINT"] as const)(
    "%s lets a running action finish, then ends with code 0",
    async (signal) => {
      await start();
      const answer = http.action(action("app:slow"), {});
      await vi.waitFor(async () => expect(await http.query(query("app:size"), {})).toBe(0), WAIT);
      process.kill(backend.pid, signal);
      expect(await answer).toBe("finished");
      expect(await backend.stop()).toBe(0);
    },
  );

  test("what was acknowledged before a SIGTERM is there after it", async () => {
    await start();
    await Promise.all(Array.from({ length: 20 }, () => http.mutation(mutation("app:add"), {})));
    await backend.restart();
    expect(await http.query(query("app:size"), {})).toBe(20);
    await backend.stop();
  });

  test("error texts and console lines reach clients, unless they are redacted; ConvexError data always does", async () => {
    await start();
    await expect(http.query(query("app:fail"), {})).rejects.toThrow("with a secret");
    await backend.stop();
    await start({ PRAXTALK_REDACT_ERRORS: "1" });
    const response = await fetch(`${backend.url}/api/query`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ path: "app:fail", args: {} }),
    });
    const text = await response.text();
    expect(text).toMatch(/\[Request ID: [0-9a-f]+\] Server Error"/);
    expect(text).not.toContain("secret");
    await expect(http.query(query("app:refuse"), {})).rejects.toMatchObject({ data: { code: "no" } });
    await backend.stop();
  });
});
