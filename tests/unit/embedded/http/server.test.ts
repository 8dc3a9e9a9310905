/** The two listeners, over real functions. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import WebSocket from "ws";
import { TokenVerifier } from "@/embedded/auth/token-verifier";
import { startHttp, type HttpListeners, type HttpOptions } from "@/embedded/http/server";
import { FileStore } from "@/embedded/storage/file-store";
import { LiveQueries } from "@/embedded/sync/live-queries";
import { startHarness, type Harness } from "../runtime/harness";

let harness: Harness;
let folder: string;
let files: FileStore;
let http: HttpListeners;
const sockets: Socket[] = [];

beforeAll(async () => {
  harness = await startHarness();
  folder = mkdtempSync(path.join(tmpdir(), "praxtalk-http-"));
  files = await FileStore.create(folder);
});
afterAll(async () => {
  await harness.stop();
  rmSync(folder, { recursive: true });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await http.stop(0);
});

async function serve(options: Partial<HttpOptions>): Promise<void> {
  const { functions, committer } = harness;
  http = await startHttp({
    host: "127.0.0.1",
    apiPort: 0,
    sitePort: 0,
    functions,
    liveQueries: new LiveQueries({ functions, committer, cacheBytes: 0 }),
    committer,
    files,
    maxFileBytes: null,
    adminKey: `here|${"k".repeat(32)}`,
    instanceName: "here",
    tokens: new TokenVerifier({ redact: false, now: Date.now }),
    redact: false,
    trustedProxies: [],
    proxySecret: null,
    maxConnections: undefined,
    deployRoutes: [],
    onAnswered: () => undefined,
    onError: (error) => {
      throw error;
    },
    ...options,
  });
}

const version = (port = http.apiPort) =>
  fetch(`http://127.0.0.1:${port}/version`, { headers: { Connection: "close" } });

test("a client is not left waiting when even the report of a failure fails", async () => {
  const reported: unknown[] = [];
  await serve({
    deployRoutes: [
      {
        method: "GET",
        path: "/boom",
        admin: "none",
        maxBody: 0,
        handle: () => Promise.reject(new Error("boom")),
      },
    ],
    onError: (error) => {
      reported.push(error);
      if (reported.length === 1) throw new Error("the log is gone");
    },
  });
  await expect(fetch(`http://127.0.0.1:${http.apiPort}/boom`)).rejects.toThrow("fetch failed");
  expect(reported.map(String)).toEqual(["Error: boom", "Error: the log is gone"]);
  expect((await version()).status).toBe(200);
});

describe("connections above the limit", () => {
  /** Open and silent, of either port. */
  async function hold(port: number): Promise<Socket> {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    sockets.push(socket);
    await once(socket, "connect");
    return socket;
  }
  const counted = async () => {
    const { api, site } = await http.connections();
    return api + site;
  };

  test("are told so, whatever they are for, and taken again when there is room", async () => {
    await serve({ maxConnections: 3 });
    const held = [await hold(http.apiPort), await hold(http.sitePort), await hold(http.apiPort)];
    await expect.poll(counted).toBe(3);
    for (const port of [http.apiPort, http.sitePort]) {
      const refused = await version(port);
      expect([refused.status, refused.headers.get("Retry-After")]).toEqual([503, "5"]);
      expect(await refused.json()).toEqual({
        code: "TooManyConnections",
        message: expect.stringContaining("PRAXTALK_MAX_CONNECTIONS") as string,
      });
    }
    const websocket = new WebSocket(`ws://127.0.0.1:${http.apiPort}/api/sync`);
    const [error] = (await once(websocket, "error")) as [Error];
    expect(error.message).toBe("Unexpected server response: 503");

    held[0]?.destroy();
    await expect.poll(async () => (await version()).status).toBe(200);
  });

  test("do not stay, though they neither ask nor read", async () => {
    await serve({ maxConnections: 1 });
    await hold(http.apiPort);
    await expect.poll(counted).toBe(1);
    const refused = await Promise.all(Array.from({ length: 20 }, () => hold(http.apiPort)));
    await Promise.all(refused.map((socket) => once(socket.resume(), "close")));
    await expect.poll(counted).toBe(1);
  });
});
