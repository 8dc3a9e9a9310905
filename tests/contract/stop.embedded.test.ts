/** SIGTERM in the middle of work: what was acknowledged is there, what was refused is not, nothing is there twice. */
import { Agent, request } from "node:http";
import { ConvexHttpClient } from "convex/browser";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import WebSocket from "ws";
import { convexProject, query, startBackend, type Backend, type ConvexProject } from "../helpers/embedded";

const APP = `
import { queryGeneric as query, mutationGeneric as mutation } from "convex/server";
import { v } from "convex/values";
export const write = mutation({ args: { n: v.number() }, handler: async (ctx, { n }) => {
  await ctx.db.insert("rows", { n });
  for (let i = 0; i < 1e7; i++);
} });
export const all = query({ args: {}, handler: async (ctx) => (await ctx.db.query("rows").collect()).map(({ n }) => n) });
`;

let backend: Backend;
let project: ConvexProject;
const dataDir = mkdtempSync(path.join(tmpdir(), "praxtalk-stop-"));
const agent = new Agent({ keepAlive: true, maxSockets: 16 });

beforeAll(async () => {
  backend = await startBackend({ dataDir });
  project = convexProject({ "app.ts": APP });
  await backend.push(project.dir);
});
afterAll(async () => {
  agent.destroy();
  project.remove();
  await backend.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** True when the write was acknowledged; a refusal or an ended connection is false. */
function write(n: number): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = request(
      `${backend.url}/api/mutation`,
      { agent, method: "POST", headers: { "content-type": "application/json" } },
      (answer) => {
        let text = "";
        answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
        answer.on("close", () => resolve(text.includes('"success"')));
      },
    );
    outgoing.on("error", () => resolve(false));
    outgoing.end(JSON.stringify({ path: "app:write", args: { n }, format: "json" }));
  });
}

test("each mutation under way is acknowledged and there, or refused and not there; sockets close with 1001", async () => {
  const socket = new WebSocket(`${backend.url.replace("http", "ws")}/api/1.48.0/sync`);
  const closed = new Promise<[number, string]>((resolve) => {
    socket.on("close", (code, reason) => resolve([code, reason.toString()]));
  });
  const outcomes = new Map<number, boolean>();
  let isStopped = false;
  let next = 0;
  const writers = Array.from({ length: 12 }, async () => {
    while (!isStopped) {
      const n = next++;
      outcomes.set(n, await write(n));
    }
  });
  const acknowledged = () => [...outcomes].filter(([, isDone]) => isDone).map(([n]) => n);
  await expect.poll(() => acknowledged().length, { timeout: 15_000 }).toBeGreaterThan(10);
  const before = acknowledged().length;

  const restarting = backend.restart();
  expect(await closed).toEqual([1001, "Restarting"]);
  isStopped = true;
  await Promise.all(writers);
  await restarting;

  const reader = new ConvexHttpClient(backend.url, { logger: false });
  const rows = ((await reader.query(query("app:all"), {})) as number[]).sort((a, b) => a - b);
  // What had begun when the signal came was finished.
  expect(acknowledged().length).toBeGreaterThan(before);
  expect(rows).toEqual(acknowledged().sort((a, b) => a - b));
});
