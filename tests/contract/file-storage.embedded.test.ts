/** File storage as clients, functions and browsers meet it: upload URLs, file URLs, `ctx.storage`, `_storage`. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  action,
  convexProject,
  embeddedBuild,
  mutation,
  query,
  ready,
  runConvexCli,
  spawnEmbedded,
  startBackend,
  type Backend,
  type ConvexProject,
} from "../helpers/embedded";

const APP = `
import {
  queryGeneric as query, mutationGeneric as mutation, actionGeneric as action, makeFunctionReference,
} from "convex/server";
import { v } from "convex/values";
export const uploadUrl = mutation({ args: {}, handler: (ctx) => ctx.storage.generateUploadUrl() });
export const uploadUrlInAction = action({ args: {}, handler: (ctx) => ctx.storage.generateUploadUrl() });
export const url = query({ args: { id: v.string() }, handler: (ctx, { id }) => ctx.storage.getUrl(id) });
export const metadata = query({ args: { id: v.string() }, handler: (ctx, { id }) => ctx.storage.getMetadata(id) });
export const document = query({ args: { id: v.id("_storage") }, handler: (ctx, { id }) => ctx.db.system.get(id) });
export const documents = query({ args: {}, handler: (ctx) => ctx.db.system.query("_storage").collect() });
export const normalize = query({ args: { id: v.string() }, handler: async (ctx, { id }) => ctx.db.system.normalizeId("_storage", id) });
export const deleteInQuery = query({ args: { id: v.string() }, handler: async (ctx, { id }) => { await ctx.storage.delete(id); } });
export const remove = mutation({ args: { id: v.string() }, handler: async (ctx, { id }) => { await ctx.storage.delete(id); } });
export const removeAndFail = mutation({
  args: { id: v.string() },
  handler: async (ctx, { id }) => {
    await ctx.storage.delete(id);
    if ((await ctx.storage.getUrl(id)) !== null) throw new Error("its own delete is not seen");
    throw new Error("changed my mind");
  },
});
export const roundTrip = action({
  args: { text: v.string(), type: v.string(), sha256: v.optional(v.string()) },
  handler: async (ctx, { text, type, sha256 }) => {
    const id = await ctx.storage.store(new Blob([text], { type }), sha256 === undefined ? undefined : { sha256 });
    const blob = await ctx.storage.get(id);
    return {
      id, text: await blob.text(), type: blob.type, isBlob: blob instanceof Blob, url: await ctx.storage.getUrl(id),
      metadata: await ctx.storage.getMetadata(id), missing: await ctx.storage.get(id.replace(/^./, "0")).catch((e) => e instanceof Error),
    };
  },
});
export const storeInMutation = mutation({
  args: { text: v.string(), fail: v.boolean() },
  handler: async (ctx, { text, fail }) => {
    const id = await ctx.storage.store(new Blob([text], { type: "text/plain" }));
    const blob = await ctx.storage.get(id);
    if (fail) throw new Error(await blob.text());
    return { id, text: await blob.text(), type: blob.type, gone: await ctx.storage.get("00000000-0000-4000-8000-000000000000") };
  },
});
export const sizeInMutation = mutation({
  args: { id: v.id("_storage") },
  handler: async (ctx, { id }) => {
    try { return (await ctx.storage.get(id)).size; } catch (error) { return error.message; }
  },
});
export const storeThenDelete = action({
  args: {},
  handler: async (ctx) => {
    const id = await ctx.storage.store(new Blob(["short-lived"]));
    await ctx.storage.delete(id);
    return [await ctx.storage.get(id), await ctx.storage.getUrl(id), await ctx.storage.getMetadata(id)];
  },
});
`;
const NODE_APP = `
"use node";
import { actionGeneric as action } from "convex/server";
import { createHash } from "node:crypto";
export const roundTrip = action({
  args: {},
  handler: async (ctx) => {
    const bytes = new Uint8Array(300000).map((_, i) => i % 251);
    const id = await ctx.storage.store(new Blob([bytes], { type: "application/x-counting" }));
    const back = await ctx.storage.get(id);
    const hash = (b) => createHash("sha256").update(Buffer.from(b)).digest("hex");
    return { same: hash(bytes) === hash(await back.arrayBuffer()), type: back.type, metadata: await ctx.storage.getMetadata(id) };
  },
});
`;
const HTTP = `
import { httpRouter, httpActionGeneric as httpAction } from "convex/server";
const http = httpRouter();
http.route({ path: "/keep", method: "POST", handler: httpAction(async (ctx, request) => new Response(await ctx.storage.store(await request.blob()))) });
http.route({ path: "/give", method: "GET", handler: httpAction(async (ctx, request) =>
  new Response(await ctx.storage.get(new URL(request.url).searchParams.get("id")))) });
export default http;
`;
const WAIT = { timeout: 10_000 };

let backend: Backend;
let project: ConvexProject;
let http: ConvexHttpClient;

beforeAll(async () => {
  project = convexProject({ "app.ts": APP, "nodeapp.ts": NODE_APP, "http.ts": HTTP });
  backend = await startBackend({ env: { PRAXTALK_MAX_FILE_MB: "210" } });
  await backend.push(project.dir);
  http = new ConvexHttpClient(backend.url, { logger: false });
});
afterAll(async () => {
  project.remove();
  await backend.stop();
});

const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest();
const filesOnDisk = () => readdirSync(path.join(backend.dataDir, "files"));
const uploadUrl = () => http.mutation(mutation("app:uploadUrl"), {}) as Promise<string>;

async function upload(body: BodyInit, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(await uploadUrl(), { method: "POST", body, headers });
  expect(response.status, await response.clone().text()).toBe(200);
  return ((await response.json()) as { storageId: string }).storageId;
}

async function fileUrl(id: string): Promise<string> {
  const url = (await http.query(query("app:url"), { id })) as string | null;
  if (url === null) throw new Error(`No file ${id}`);
  return url;
}

async function refusal(response: Response): Promise<[number, string]> {
  return [response.status, ((await response.json()) as { code: string }).code];
}

describe("an upload", () => {
  test("is served under its URL, and described by getMetadata and _storage", async () => {
    const bytes = randomBytes(100_000);
    const id = await upload(bytes, {
      "Content-Type": "image/png",
      Digest: `sha-256=${sha256(bytes).toString("base64")}`,
    });
    const url = await fileUrl(id);
    expect(url).toMatch(new RegExp(`^${backend.url}/api/storage/[0-9a-f-]{36}$`));
    const response = await fetch(url);
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "image/png",
      "content-length": "100000",
      "cache-control": "private, max-age=2592000",
      "accept-ranges": "bytes",
      digest: `sha-256=${sha256(bytes).toString("base64")}`,
      "x-content-type-options": "nosniff",
      "content-disposition": "inline",
    });
    expect(await http.query(query("app:metadata"), { id })).toEqual({
      storageId: url.split("/").at(-1),
      sha256: sha256(bytes).toString("hex"),
      size: 100_000,
      contentType: "image/png",
    });
    const stored = {
      _id: id,
      _creationTime: expect.any(Number) as number,
      sha256: sha256(bytes).toString("base64"),
      size: 100_000,
      contentType: "image/png",
    };
    expect(await http.query(query("app:document"), { id })).toEqual(stored);
    expect(await http.query(query("app:documents"), {})).toContainEqual(stored);
    expect(await http.query(query("app:normalize"), { id })).toBe(id);
    expect(await http.query(query("app:url"), { id: url.split("/").at(-1) })).toBe(url);
  });

  test("without a content type has none", async () => {
    const id = await upload(new Uint8Array([1, 2, 3]));
    expect(await http.query(query("app:metadata"), { id })).toMatchObject({ contentType: null, size: 3 });
    const response = await fetch(await fileUrl(id));
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    expect(response.headers.get("content-disposition")).toBe("attachment");
  });

  test("of nothing is an empty file", async () => {
    const id = await upload(new Uint8Array(0));
    const response = await fetch(await fileUrl(id));
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect((await fetch(await fileUrl(id), { headers: { Range: "bytes=0-" } })).status).toBe(416);
  });

  test("comes from any page: CORS as on the other routes", async () => {
    const preflight = await fetch(await uploadUrl(), {
      method: "OPTIONS",
      headers: {
        Origin: "https://shop.test",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,digest",
      },
    });
    expect(preflight.headers.get("access-control-allow-origin")).toBe("https://shop.test");
    expect(preflight.headers.get("access-control-allow-headers")).toBe("content-type,digest");
  });

  test.each([
    [
      "with a wrong checksum",
      { Digest: `sha-256=${sha256("other").toString("base64")}` },
      400,
      "Sha256Mismatch",
    ],
    ["with a checksum that is none", { Digest: "sha-256=xyz" }, 400, "BadHeader"],
    ["with a content type that is none", { "Content-Type": "not a type" }, 400, "BadHeader"],
  ])("%s is refused and leaves nothing", async (_what, headers, status, code) => {
    const before = filesOnDisk();
    const response = await fetch(await uploadUrl(), { method: "POST", body: new Uint8Array([1]), headers });
    expect(await refusal(response)).toEqual([status, code]);
    expect(filesOnDisk()).toEqual(before);
  });

  test("needs a token of this deployment", async () => {
    const url = await uploadUrl();
    const post = async (to: string) => refusal(await fetch(to, { method: "POST", body: "x" }));
    expect(await post(`${backend.url}/api/storage/upload`)).toEqual([400, "BadQueryArgs"]);
    expect(await post(`${backend.url}/api/storage/upload?token=abc`)).toEqual([401, "StorageTokenInvalid"]);
    const forged = url.replace(/token=(.)/, (_, first: string) => `token=${first === "e" ? "f" : "e"}`);
    expect(await post(forged)).toEqual([401, "InvalidStorageToken"]);
    expect(await http.action(action("app:uploadUrlInAction"), {})).toMatch(/\/api\/storage\/upload\?token=/);
  });

  test("that breaks off leaves nothing", async () => {
    const before = filesOnDisk();
    const documents = (await http.query(query("app:documents"), {})) as unknown[];
    const url = new URL(await uploadUrl());
    await new Promise<void>((resolve) => {
      const sending = httpRequest(url, { method: "POST", headers: { "Content-Length": 1_000_000 } });
      sending.on("error", () => resolve());
      sending.write(randomBytes(200_000));
      void vi
        .waitFor(() => expect(filesOnDisk().length).toBeGreaterThan(before.length), WAIT)
        .then(() => sending.destroy(new Error("gone")));
    });
    await vi.waitFor(() => expect(filesOnDisk()).toEqual(before), WAIT);
    expect(await http.query(query("app:documents"), {})).toEqual(documents);
  });

  test("of 200 MB passes through without being held, both ways", async () => {
    const piece = randomBytes(1024 * 1024);
    const pieces = 200;
    const hash = createHash("sha256");
    let peak = 0;
    const watch = setInterval(() => (peak = Math.max(peak, residentMegabytes())), 20);
    const start = residentMegabytes();
    const body = new ReadableStream<Uint8Array>({
      pull: pulling(pieces, () => {
        hash.update(piece);
        return piece;
      }),
    });
    const response = await fetch(await uploadUrl(), { method: "POST", body, duplex: "half" } as RequestInit);
    const { storageId } = (await response.json()) as { storageId: string };
    const back = createHash("sha256");
    for await (const chunk of (await fetch(await fileUrl(storageId)))
      .body as unknown as AsyncIterable<Uint8Array>)
      back.update(chunk);
    clearInterval(watch);
    expect(back.digest("hex")).toBe(hash.digest("hex"));
    expect(peak - start).toBeLessThan(100);
    const files = filesOnDisk().length;
    await http.mutation(mutation("app:remove"), { id: storageId });
    await vi.waitFor(() => expect(filesOnDisk().length).toBe(files - 1), WAIT);
  });

  test("over the size that the deployment allows is refused", async () => {
    const before = filesOnDisk();
    const piece = new Uint8Array(1024 * 1024);
    const body = new ReadableStream<Uint8Array>({ pull: pulling(211, () => piece) });
    const response = await fetch(await uploadUrl(), { method: "POST", body, duplex: "half" } as RequestInit);
    expect(await refusal(response)).toEqual([413, "FileTooLarge"]);
    expect(filesOnDisk()).toEqual(before);
  });
});

describe("a file URL", () => {
  let url: string;
  beforeAll(async () => {
    url = await fileUrl(await upload("0123456789", { "Content-Type": "text/plain" }));
  });

  test.each([
    ["bytes=2-4", 206, "bytes 2-4/10", "234"],
    ["bytes=7-", 206, "bytes 7-9/10", "789"],
    ["bytes=-3", 206, "bytes 7-9/10", "789"],
    ["bytes=0-1000", 206, "bytes 0-9/10", "0123456789"],
    ["bytes=10-", 416, "bytes */10", ""],
    ["bytes=0-1,3-4", 416, null, ""],
    ["lines=1-2", 200, null, "0123456789"],
    ["bytes=5-2", 200, null, "0123456789"],
  ])("answers the range %s", async (range, status, contentRange, text) => {
    const response = await fetch(url, { headers: { Range: range } });
    expect(response.status).toBe(status);
    expect(response.headers.get("content-range")).toBe(contentRange);
    expect(await response.text()).toBe(text);
    expect(response.headers.has("digest")).toBe(status === 200);
  });

  test("answers HEAD without a body", async () => {
    const response = await fetch(url, { method: "HEAD" });
    expect(response.headers.get("content-length")).toBe("10");
    expect(await response.text()).toBe("");
  });

  test.each([
    "text/html",
    "image/svg+xml",
    "application/xhtml+xml",
    "text/javascript",
    "TEXT/HTML; charset=utf-8",
  ])("lets nothing of type %s run on this origin", async (type) => {
    const id = await upload("<script>document.title = 'mine'</script>", { "Content-Type": type });
    const { headers } = await fetch(await fileUrl(id));
    expect(headers.get("content-type")).toBe(type);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-disposition")).toBe("attachment");
    expect(headers.get("content-security-policy")).toMatch(/sandbox$/);
  });

  test("of no file", async () => {
    const missing = `${backend.url}/api/storage/00000000-0000-4000-8000-000000000000`;
    expect(await refusal(await fetch(missing))).toEqual([404, "FileNotFound"]);
    expect(await refusal(await fetch(`${missing}?component=none`))).toEqual([404, "FileNotFound"]);
    for (const path of ["..%2F..%2Fadmin.key", "abc"]) {
      expect(await refusal(await fetch(`${backend.url}/api/storage/${path}`))).toEqual([
        400,
        "InvalidStoragePath",
      ]);
    }
  });
});

describe("deleting", () => {
  test("removes the file after the commit, and not when the mutation fails", async () => {
    const id = await upload("kept until it is gone");
    const url = await fileUrl(id);
    await expect(http.mutation(mutation("app:removeAndFail"), { id })).rejects.toThrow("changed my mind");
    expect(await (await fetch(url)).text()).toBe("kept until it is gone");
    const before = filesOnDisk().length;
    await http.mutation(mutation("app:remove"), { id });
    expect(await http.query(query("app:url"), { id })).toBeNull();
    expect(await http.query(query("app:metadata"), { id })).toBeNull();
    expect((await fetch(url)).status).toBe(404);
    await vi.waitFor(() => expect(filesOnDisk().length).toBe(before - 1), WAIT);
    await expect(http.mutation(mutation("app:remove"), { id })).rejects.toThrow(`storage id ${id} not found`);
  });

  test("is for mutations and actions", async () => {
    const id = await upload("stays");
    await expect(http.query(query("app:deleteInQuery"), { id })).rejects.toThrow();
    expect(await http.action(action("app:storeThenDelete"), {})).toEqual([null, null, null]);
  });

  test("text that is no storage id is refused", async () => {
    await expect(http.query(query("app:url"), { id: "nonsense" })).rejects.toThrow(
      'Invalid storage ID: "nonsense"',
    );
  });
});

describe("ctx.storage in actions", () => {
  test("store and get, in the default runtime", async () => {
    const result = (await http.action(action("app:roundTrip"), { text: "hallo", type: "text/plain" })) as {
      id: string;
      url: string;
    };
    expect(result).toMatchObject({
      text: "hallo",
      type: "text/plain",
      isBlob: true,
      missing: true,
      metadata: { sha256: sha256("hallo").toString("hex"), size: 5, contentType: "text/plain" },
    });
    expect(await (await fetch(result.url)).text()).toBe("hallo");
  });

  test("store checks a checksum", async () => {
    const roundTrip = (sum: string) =>
      http.action(action("app:roundTrip"), { text: "x", type: "", sha256: sum }) as Promise<unknown>;
    await expect(roundTrip(sha256("x").toString("hex"))).resolves.toMatchObject({ text: "x" });
    await expect(roundTrip(sha256("x").toString("base64"))).resolves.toMatchObject({ text: "x" });
    await expect(roundTrip(sha256("y").toString("hex"))).rejects.toThrow("Sha256 mismatch");
    await expect(roundTrip("12")).rejects.toThrow("no SHA-256 checksum");
  });

  test("store and get, in Node", async () => {
    expect(await http.action(action("nodeapp:roundTrip"), {})).toMatchObject({
      same: true,
      type: "application/x-counting",
      metadata: { size: 300_000 },
    });
  });

  test("store and get, in HTTP actions", async () => {
    const bytes = randomBytes(500_000);
    const keep = await fetch(`${backend.siteUrl}/keep`, { method: "POST", body: bytes });
    const id = await keep.text();
    const given = await fetch(`${backend.siteUrl}/give?id=${id}`);
    expect(Buffer.from(await given.arrayBuffer()).equals(bytes)).toBe(true);
  });
});

describe("ctx.storage in mutations", () => {
  test("store and get, inside the transaction", async () => {
    const stored = (await http.mutation(mutation("app:storeInMutation"), { text: "kept", fail: false })) as {
      id: string;
    };
    expect(stored).toMatchObject({ text: "kept", type: "text/plain", gone: null });
    expect(await (await fetch(await fileUrl(stored.id))).text()).toBe("kept");
  });

  test("get refuses a file that is too large to read at once", async () => {
    const id = await upload(new Uint8Array(64 * 1024 * 1024 + 1));
    expect(await http.mutation(mutation("app:sizeInMutation"), { id })).toContain(
      "A mutation cannot read a file of more than 64 MiB: use an action.",
    );
    await http.mutation(mutation("app:remove"), { id });
  });

  test("what a failed mutation stored is removed", async () => {
    const documents = (await http.query(query("app:documents"), {})) as unknown[];
    const before = filesOnDisk();
    const failing = http.mutation(mutation("app:storeInMutation"), { text: "never was", fail: true });
    await expect(failing).rejects.toThrow("never was");
    await vi.waitFor(() => expect(filesOnDisk()).toEqual(before), WAIT);
    expect(await http.query(query("app:documents"), {})).toEqual(documents);
  });
});

describe("a disk that is full", () => {
  test("refuses the upload, leaves nothing of it, and goes on", async () => {
    const dataDir = mkdtempSync(path.join(tmpdir(), "praxtalk-full-"));
    const env = { CONVEX_PORT: "0", CONVEX_SITE_PORT: "0", PRAXTALK_DATA_DIR: dataDir };
    const running = spawnEmbedded(await embeddedBuild(), env, { maxFileKiB: 12 * 1024 });
    try {
      const { convex: url } = await ready(running);
      const adminKey = readFileSync(path.join(dataDir, "admin.key"), "utf8").trim();
      const pushed = await runConvexCli(project.dir, ["deploy", "--typecheck", "disable"], { url, adminKey });
      expect(pushed.code, pushed.output).toBe(0);
      const client = new ConvexHttpClient(url, { logger: false });
      const post = async (bytes: number) =>
        fetch((await client.mutation(mutation("app:uploadUrl"), {})) as string, {
          method: "POST",
          body: new Uint8Array(bytes),
        });
      expect(await refusal(await post(14_000_000))).toEqual([507, "DiskFull"]);
      expect(readdirSync(path.join(dataDir, "files"))).toEqual([]);
      expect((await post(10_000_000)).status).toBe(200);
    } finally {
      running.child.kill("SIGTERM");
      await running.exited;
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

describe("a restart", () => {
  test("keeps what was acknowledged and removes what a crash left without a row", async () => {
    const id = await upload("acknowledged");
    const name = "0123abcd-00000000-0000-4000-8000-000000000000";
    const folder = path.join(backend.dataDir, "files");
    writeFileSync(path.join(folder, name), "written, but never committed");
    writeFileSync(path.join(folder, `unfinished-${name}`), "half");
    await backend.kill9();
    await backend.restart();
    expect(await (await fetch(await fileUrl(id))).text()).toBe("acknowledged");
    await vi.waitFor(() => expect(filesOnDisk().filter((file) => file.includes(name))).toEqual([]), WAIT);
    const documents = (await http.query(query("app:documents"), {})) as unknown[];
    expect(filesOnDisk().length).toBe(documents.length);
  });
});

/** A `pull` that gives so many pieces, then ends the stream. */
function pulling(pieces: number, next: () => Uint8Array) {
  let given = 0;
  return (controller: ReadableStreamDefaultController<Uint8Array>) => {
    if (given++ < pieces) controller.enqueue(next());
    else controller.close();
  };
}

/** Memory of the process of its own; what the mapped database takes is not counted. */
function residentMegabytes(): number {
  const status = readFileSync(`/proc/${backend.pid}/status`, "utf8");
  return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}
