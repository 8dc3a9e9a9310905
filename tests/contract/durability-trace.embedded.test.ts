/**
 * That an acknowledgement follows the flush of what it acknowledges, by a trace of the process's system calls: kill -9 cannot
 * show it, since the system keeps what a killed process has written. PRAXTALK_LONG=1, on Linux, with strace.
 */
import { spawn } from "node:child_process";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import WebSocket from "ws";
import { convexProject, mutation, query, startBackend, type Backend } from "../helpers/embedded";

const TIMES = 20;
const APP = `
import { queryGeneric as query, mutationGeneric as mutation, internalActionGeneric as internalAction, makeFunctionReference } from "convex/server";
const tellLater = makeFunctionReference("trace:tell");
export const write = mutation(async (ctx, { key }) => {
  await ctx.db.insert("rows", { key });
  return key;
});
export const later = mutation(async (ctx, { key, url }) => {
  await ctx.scheduler.runAfter(0, tellLater, { key, url });
  return "scheduled";
});
export const unfinished = query(async (ctx) =>
  (await ctx.db.system.query("_scheduled_functions").collect()).filter(({ state }) => state.kind !== "success").length);
export const tell = internalAction(async (_ctx, { key, url }) => {
  await fetch(url + "/" + key);
});
`;
const HTTP = `
import { httpRouter, httpActionGeneric as httpAction, makeFunctionReference } from "convex/server";
const write = makeFunctionReference("trace:write");
const http = httpRouter();
http.route({ path: "/write", method: "POST", handler: httpAction(async (ctx, request) =>
  new Response(await ctx.runMutation(write, { key: await request.text() }))) });
export default http;
`;
const CALLS = "trace=fdatasync,pwrite64,write,writev,sendto,read,recvfrom";

/** A client's frames as they are: masked ones could not be told apart in the trace. */
class UnmaskedSocket extends WebSocket {
  constructor(url: string) {
    super(url, { generateMask: (mask) => mask.fill(0), perMessageDeflate: false });
  }
}

async function traced(pid: number, work: () => Promise<void>): Promise<string> {
  const dir = mkdtempSync(path.join(tmpdir(), "praxtalk-trace-"));
  const file = path.join(dir, "trace");
  try {
    const strace = spawn("strace", ["-f", "-s", "4000", "-e", CALLS, "-o", file, "-p", String(pid)]);
    const ended = new Promise((resolve) => strace.once("exit", resolve));
    await new Promise<void>((resolve, reject) => {
      strace.once("error", reject);
      strace.stderr.once("data", () => resolve());
    });
    await work();
    strace.kill("SIGINT");
    await ended;
    return readFileSync(file, "utf8");
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

type DataFiles = { all: Set<string>; synced: Set<string> };

/**
 * The process's descriptors of its database. `synced`: opened with O_DSYNC, so that a write to one returns when it is on disk;
 * LMDB writes the page that makes a commit valid so.
 */
function dataFiles(pid: number): DataFiles {
  const O_DSYNC = 0o10000;
  const isSynced = (fd: string) => {
    const flags = /^flags:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, "utf8"))?.[1] ?? "0";
    return (Number.parseInt(flags, 8) & O_DSYNC) !== 0;
  };
  const isData = (fd: string) => {
    const link = path.join(`/proc/${pid}/fd`, fd);
    return (
      lstatSync(link, { throwIfNoEntry: false }) !== undefined && readlinkSync(link).endsWith("data.mdb")
    );
  };
  const all = readdirSync(`/proc/${pid}/fd`).filter(isData);
  return { all: new Set(all), synced: new Set(all.filter(isSynced)) };
}

type Step = "in" | "flush" | "commit" | "out";

/**
 * What happened, in the order of the calls' ends: the key's arrival from outside, flushes, synced writes of the page that makes
 * a commit valid, and the key's way out again. Everything beside these is left out.
 */
function stepsOf(trace: string, key: string, { all, synced }: DataFiles): Step[] {
  const steps: Step[] = [];
  const unfinishedWrites = new Map<string, string>();
  for (const line of trace.split("\n")) {
    const thread = /^\d+/.exec(line)?.[0] ?? "";
    const file = /pwrite64\((\d+)/.exec(line)?.[1];
    if (file !== undefined && line.includes("<unfinished")) unfinishedWrites.set(thread, file);
    const written = line.includes("pwrite64 resumed") ? unfinishedWrites.get(thread) : file;
    if (/ (read|recvfrom)(\(|.*resumed)/.test(line) && line.includes(key)) steps.push("in");
    else if (/fdatasync.*= 0$/.test(line)) steps.push("flush");
    else if (written !== undefined && synced.has(written) && / = \d+$/.test(line)) steps.push("commit");
    else if (line.includes(key) && isSentTo(line, all)) steps.push("out");
  }
  const from = steps.indexOf("in");
  return steps.slice(from, steps.indexOf("out", from) + 1);
}

/** Whether the call writes to anything but these files. */
function isSentTo(line: string, except: Set<string>): boolean {
  const descriptor = / (?:write|writev|sendto)\((\d+)/.exec(line)?.[1];
  return descriptor !== undefined && !except.has(descriptor);
}

/** Needs Linux and strace. */
function traceCases(): void {
  let backend: Backend;
  let outside: Server;
  let received: string[];
  let outsideUrl: string;

  beforeAll(async () => {
    const project = convexProject({ "trace.ts": APP, "http.ts": HTTP });
    backend = await startBackend();
    await backend.push(project.dir);
    project.remove();
    received = [];
    outside = createServer((request, response) => {
      received.push(request.url ?? "");
      response.end();
    });
    await new Promise<void>((resolve) => outside.listen(0, "127.0.0.1", resolve));
    outsideUrl = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    outside.close();
    await backend.stop();
  });

  const writing: Record<
    string,
    () => Promise<{ write: (key: string) => Promise<unknown>; close: () => unknown }>
  > = {
    "a mutation over HTTP": () => {
      const http = new ConvexHttpClient(backend.url, { logger: false });
      return Promise.resolve({
        write: (key) => http.mutation(mutation("trace:write"), { key }),
        close: () => undefined,
      });
    },
    "a mutation over a websocket": () => {
      const client = new ConvexClient(backend.url, {
        webSocketConstructor: UnmaskedSocket as unknown as typeof globalThis.WebSocket,
        logger: false,
      });
      return Promise.resolve({
        write: (key) => client.mutation(mutation("trace:write"), { key }),
        close: () => client.close(),
      });
    },
    "an HTTP action's mutation": () =>
      Promise.resolve({
        write: (key) =>
          fetch(`${backend.siteUrl}/write`, { method: "POST", body: key }).then((r) => r.text()),
        close: () => undefined,
      }),
  };

  test.each(Object.keys(writing))(
    "the answer to %s is sent after what it wrote was flushed",
    async (name) => {
      const way = await writing[name]!();
      await way.write("first");
      const keys = Array.from({ length: TIMES }, (_, n) => `traced-${n}-end`);
      const trace = await traced(backend.pid, async () => {
        for (const key of keys) await way.write(key);
      });
      await way.close();
      const files = dataFiles(backend.pid);
      for (const key of keys) expect(stepsOf(trace, key, files)).toEqual(["in", "flush", "commit", "out"]);
    },
    120_000,
  );

  test("a scheduled action reaches out only after it is on disk that it began", async () => {
    const http = new ConvexHttpClient(backend.url, { logger: false });
    const keys = Array.from({ length: TIMES }, (_, n) => `scheduled-${n}-end`);
    const trace = await traced(backend.pid, async () => {
      for (const key of keys) {
        await http.mutation(mutation("trace:later"), { key, url: outsideUrl });
        await expect.poll(() => received, { interval: 5, timeout: 20_000 }).toContain(`/${key}`);
        // That it has ended is a commit too.
        const unfinished = () => http.query(query("trace:unfinished"), {});
        await expect.poll(unfinished, { interval: 5, timeout: 20_000 }).toBe(0);
      }
    });
    const files = dataFiles(backend.pid);
    // One commit that schedules it, one that says that it has begun.
    const expected = ["in", "flush", "commit", "flush", "commit"];
    for (const key of keys) expect(stepsOf(trace, key, files).slice(0, expected.length)).toEqual(expected);
  }, 120_000);
}

if (process.env["PRAXTALK_LONG"] === "1" && process.platform === "linux") {
  describe("by the trace of system calls", traceCases);
} else {
  test("what is traced answers as it is asked", async () => {
    const project = convexProject({ "trace.ts": APP, "http.ts": HTTP });
    const backend = await startBackend();
    await backend.push(project.dir);
    project.remove();
    const answer = await fetch(`${backend.siteUrl}/write`, { method: "POST", body: "key" });
    expect(await answer.text()).toBe("key");
    await backend.stop();
  });
}
