/** `convex export` and `convex import`, by the official CLI: the same data comes out as went in, and what is wrong changes nothing. */
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import WebSocket from "ws";
import * as yauzl from "yauzl";
import { ZipFile } from "yazl";
import { encodeId } from "../../embedded/storage/ids";
import {
  action,
  convexProject,
  mutation,
  query,
  startBackend,
  type Backend,
  type ConvexProject,
} from "../helpers/embedded";

const APP = `
import { queryGeneric as query, mutationGeneric as mutation, actionGeneric as action } from "convex/server";
import { v } from "convex/values";
export const seed = mutation({
  args: {},
  handler: async (ctx) => {
    const user = await ctx.db.insert("users", { name: "Ada", email: "ada@example.test" });
    await ctx.db.insert("users", { name: "Zoë \\u{1F600} \\"quoted\\" \\\\ \\n line" });
    for (let n = 0; n < 20; n++) await ctx.db.insert("posts", { author: user, n, at: ctx.db.vars.commitTs });
    await ctx.db.insert("odd", {
      int: 123n, big: -(2n ** 63n), zero: 0, minusZero: -0, nan: NaN, inf: Infinity, minusInf: -Infinity, float: 1.5,
      tiny: 5e-324, huge: 1.7976931348623157e308, round: 1e21, none: null, yes: true, list: [1, 2n, [new Uint8Array([1, 2, 255]).buffer]],
      nested: { a: { b: { "c d": 3n } } }, text: "{\\"$integer\\":1} 12 -0", empty: {}, bytes: new ArrayBuffer(0),
    });
  },
});
export const store = action({
  args: { text: v.string(), type: v.string() },
  handler: (ctx, { text, type }) => ctx.storage.store(new Blob([text], { type })),
});
export const all = query({ args: { table: v.string() }, handler: (ctx, { table }) => ctx.db.query(table).collect() });
export const count = query({ args: { table: v.string() }, handler: async (ctx, { table }) => (await ctx.db.query(table).collect()).length });
export const files = query({ args: {}, handler: (ctx) => ctx.db.system.query("_storage").collect() });
export const url = query({ args: { id: v.id("_storage") }, handler: (ctx, { id }) => ctx.storage.getUrl(id) });
export const byEmail = query({
  args: { email: v.string() },
  handler: (ctx, { email }) => ctx.db.query("users").withIndex("by_email", (q) => q.eq("email", email)).collect(),
});
export const search = query({
  args: { words: v.string() },
  handler: (ctx, { words }) => ctx.db.query("odd").withSearchIndex("by_text", (q) => q.search("text", words)).collect(),
});
export const addUser = mutation({ args: { name: v.string() }, handler: (ctx, { name }) => ctx.db.insert("users", { name }) });
export const tick = mutation({
  args: { n: v.number() },
  handler: async (ctx, { n }) => { await ctx.db.insert("left", { n }); await ctx.db.insert("right", { n }); },
});
`;
const SCHEMA = `
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
export default defineSchema({
  users: defineTable({ name: v.string(), email: v.optional(v.string()), age: v.optional(v.number()) }).index("by_email", ["email"]),
  posts: defineTable({ author: v.id("users"), n: v.number(), at: v.commitTs() }),
  odd: defineTable(v.any()).searchIndex("by_text", { searchField: "text" }),
});
`;
const WAIT = { timeout: 15_000 };
/** Of the ids of stored files. */
const FILE_TABLE_NUMBER = 531;

let folder: string;
let project: ConvexProject;
let source: Backend;
let target: Backend;
let from: ConvexHttpClient;
let to: ConvexHttpClient;
let exported: string;

const file = (name: string, text: string | Buffer) => {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};
const importInto = (backend: Backend, ...args: string[]) => backend.cli(project.dir, ["import", ...args]);
/** What the CLI does, over HTTP: it takes seconds to start. */
async function exportBytes(backend: Backend, includeStorage: boolean): Promise<Buffer> {
  const path = `/api/export/request/zip?includeStorage=${includeStorage}`;
  await post(path, "", "application/json", backend);
  const { start_ts } = await vi.waitFor(async () => {
    const latest = await systemQuery<{ state: string; start_ts: string }>(
      "_system/cli/exports:getLatest",
      {},
      backend,
    );
    if (latest.state !== "completed") throw new Error(`still ${latest.state}`);
    return latest;
  }, WAIT);
  const headers = { Authorization: `Convex ${backend.adminKey}` };
  const response = await fetch(`${backend.url}/api/export/zip/${start_ts}`, { headers });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

type ImportOptions = {
  format: "csv" | "jsonLines" | "jsonArray" | "zip";
  mode?: "append" | "replace" | "replaceAll" | "requireEmpty";
  tableName?: string;
  componentPath?: string;
};
type ImportState = {
  state: string;
  error_message?: string;
  num_rows_written?: unknown;
  message_to_confirm?: string;
};
const PARTS = 3;

async function post(
  path: string,
  body: BodyInit,
  type = "application/json",
  backend = target,
): Promise<unknown> {
  const headers = { "Content-Type": type, Authorization: `Convex ${backend.adminKey}` };
  const response = await fetch(`${backend.url}${path}`, { method: "POST", body, headers });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text === "" ? null : (JSON.parse(text) as unknown);
}

async function systemQuery<T>(path: string, args: object, backend = target): Promise<T> {
  const { value } = (await post(
    "/api/query",
    JSON.stringify({ path, args }),
    "application/json",
    backend,
  )) as { value: T };
  return value;
}

async function upload(bytes: Buffer, options: ImportOptions): Promise<string> {
  const { uploadToken } = (await post("/api/import/start_upload", "")) as { uploadToken: string };
  const size = Math.ceil(bytes.length / PARTS);
  const partTokens: unknown[] = [];
  for (let part = 1; part <= PARTS; part++) {
    const url = `/api/import/upload_part?uploadToken=${uploadToken}&partNumber=${part}`;
    const piece = new Uint8Array(bytes.subarray((part - 1) * size, part * size));
    partTokens.push(await post(url, piece, "application/octet-stream"));
  }
  const body = JSON.stringify({ import: options, uploadToken, partTokens });
  return ((await post("/api/import/finish_upload", body)) as { importId: string }).importId;
}

const stateOf = async (importId: string) =>
  (await systemQuery<{ state: ImportState }>("_system/cli/queryImport", { importId })).state;

async function until(importId: string, isWanted: (state: string) => boolean): Promise<ImportState> {
  return vi.waitFor(
    async () => {
      const state = await stateOf(importId);
      if (!isWanted(state.state)) throw new Error(`still ${state.state}`);
      return state;
    },
    { timeout: 60_000, interval: 5 },
  );
}

async function importBytes(bytes: Buffer | string, options: ImportOptions): Promise<ImportState> {
  const importId = await upload(Buffer.from(bytes as string), options);
  const planned = await until(importId, (state) => state !== "uploaded");
  if (planned.state === "failed") return planned;
  await post("/api/perform_import", JSON.stringify({ importId }));
  return until(importId, (state) => state === "completed" || state === "failed");
}

const all = (client: ConvexHttpClient, table: string) =>
  client.query(query("app:all"), { table }) as Promise<Record<string, unknown>[]>;
const names = async () => (await all(to, "users")).map(({ name }) => name);

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "praxtalk-snapshots-"));
  project = convexProject({ "app.ts": APP, "schema.ts": SCHEMA });
  [source, target] = await Promise.all([startBackend(), startBackend()]);
  from = new ConvexHttpClient(source.url, { logger: false });
  to = new ConvexHttpClient(target.url, { logger: false });
  await source.push(project.dir);
  await from.mutation(mutation("app:seed"), {});
  for (const [text, type] of [
    ["a picture", "image/png"],
    ["<b>page</b>", "text/html"],
    ["", ""],
  ]) {
    await from.action(action("app:store"), { text, type });
  }
  exported = path.join(folder, "export.zip");
  const result = await source.cli(project.dir, ["export", "--path", exported, "--include-file-storage"]);
  expect(result.code, result.output).toBe(0);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  project.remove();
  await Promise.all([source.stop(), target.stop()]);
});

describe("an export", () => {
  test("has the layout and the JSON that others read", async () => {
    const entries = await unzip(readFileSync(exported));
    const ids = (await from.query(query("app:files"), {})) as { _id: string; contentType?: string }[];
    expect(Object.keys(entries).sort()).toEqual(
      [
        "README.md",
        "_tables/documents.jsonl",
        ...["users", "posts", "odd"].flatMap((table) => [
          `${table}/documents.jsonl`,
          `${table}/generated_schema.jsonl`,
        ]),
        "_storage/documents.jsonl",
        ...ids.map(
          ({ _id, contentType }) =>
            `_storage/${_id}${contentType === "image/png" ? ".png" : contentType === "text/html" ? ".html" : ""}`,
        ),
      ].sort(),
    );
    expect(lines(entries["_tables/documents.jsonl"])).toEqual([
      '{"name":"users","id":10001}',
      '{"name":"posts","id":10002}',
      '{"name":"odd","id":10003}',
    ]);
    expect(entries["odd/generated_schema.jsonl"]?.toString()).toBe('"uniform"\n');
    const [odd = ""] = lines(entries["odd/documents.jsonl"]);
    for (const part of [
      '"int":123,',
      '"big":-9223372036854775808,',
      '"zero":0.0',
      '"minusZero":-0.0',
      '"float":1.5',
      '"tiny":5e-324',
      '"round":1e21',
      '"nan":{"$float":"AAAAAAAA+H8="}',
      '"list":[1.0,2,[{"$bytes":"AQL/"}]]',
      '"c d":3',
    ])
      expect(odd).toContain(part);
  });

  test("is there to be fetched again, for an admin", async () => {
    const response = await fetch(`${source.url}/api/export/zip/0`);
    expect(response.status).toBe(403);
    const missing = await fetch(`${source.url}/api/export/zip/0`, {
      headers: { Authorization: `Convex ${source.adminKey}` },
    });
    expect(missing.status).toBe(404);
  });

  test("shows one moment while others write", async () => {
    const state = { isDone: false, ticks: 0 };
    const writing = (async () => {
      for (; !state.isDone; state.ticks++) await from.mutation(mutation("app:tick"), { n: state.ticks });
    })();
    await vi.waitFor(() => expect(state.ticks).toBeGreaterThan(20), WAIT);
    const bytes = await exportBytes(source, false);
    const ticks = state.ticks;
    await vi.waitFor(() => expect(state.ticks).toBeGreaterThan(ticks), WAIT);
    state.isDone = true;
    await writing;
    const entries = await unzip(bytes);
    const numbers = (table: string) =>
      lines(entries[`${table}/documents.jsonl`])
        .map((line) => (JSON.parse(line) as { n: number }).n)
        .sort((a, b) => a - b);
    expect(numbers("left")).toEqual(numbers("right"));
    expect(numbers("left").length).toBeGreaterThan(0);
    expect(Object.keys(entries).some((name) => name.startsWith("_storage"))).toBe(false);
  });
});

describe("an import of an export", () => {
  test("into an empty deployment gives the same state, which exports to the same bytes", async () => {
    const result = await importInto(target, exported);
    expect(result.code, result.output).toBe(0);
    expect(result.output).toContain("Added 23 documents");
    const again = await exportBytes(target, true);
    const [before, after] = [await unzip(readFileSync(exported)), await unzip(again)];
    expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
    for (const [name, bytes] of Object.entries(before))
      expect([name, after[name]?.equals(bytes)]).toEqual([name, true]);
  });

  test("is what functions, indexes and file URLs then find", async () => {
    await target.push(project.dir);
    for (const table of ["posts", "users", "odd"])
      expect(await all(to, table)).toEqual(await all(from, table));
    expect(await to.query(query("app:byEmail"), { email: "ada@example.test" })).toHaveLength(1);
    expect(await to.query(query("app:search"), { words: "integ" })).toHaveLength(1);
    for (const { _id: id } of (await to.query(query("app:files"), {})) as { _id: string }[]) {
      const texts = await Promise.all(
        [from, to].map(async (client) =>
          (await fetch((await client.query(query("app:url"), { id })) as string)).text(),
        ),
      );
      expect(texts[1]).toBe(texts[0]);
    }
    const shown = await target.cli(project.dir, ["data", "odd"]);
    expect(shown.output).toContain("-9223372036854775808n");
  });

  test("refuses tables that have documents, unless told to replace them", async () => {
    const refused = await importInto(target, exported);
    expect(refused.code).toBe(1);
    expect(refused.output).toMatch(
      /Table \w+ already exists\. Please choose a new table name or use replace\/append modes\./,
    );
    await to.mutation(mutation("app:addUser"), { name: "Only here" });
    const watcher = new ConvexClient(target.url, { webSocketConstructor: WebSocket as never });
    const seen: number[] = [];
    watcher.onUpdate(query("app:count"), { table: "users" }, (count: number) => seen.push(count));
    await vi.waitFor(() => expect(seen).toEqual([3]), WAIT);
    const replaced = await importInto(target, exported, "--replace", "-y");
    expect(replaced.code, replaced.output).toBe(0);
    expect(replaced.output).toMatch(/users +\| 2 +\| 3 of 3/);
    await vi.waitFor(() => expect(seen).toEqual([3, 2]), WAIT);
    await watcher.close();
    expect(await all(to, "users")).toEqual(await all(from, "users"));
    expect(await to.query(query("app:search"), { words: "integ" })).toHaveLength(1);
    expect(await to.query(query("app:byEmail"), { email: "ada@example.test" })).toHaveLength(1);
    await vi.waitFor(() => expect(readdirSync(path.join(target.dataDir, "files"))).toHaveLength(3), WAIT);
  });

  test("with replaceAll empties tables of the schema and removes the others", async () => {
    const zip = await makeZip({ "extra/documents.jsonl": '{"x":1}\n' });
    expect(await importBytes(zip, { format: "zip", mode: "replaceAll" })).toMatchObject({
      state: "completed",
    });
    expect(await all(to, "users")).toEqual([]);
    const shown = await target.cli(project.dir, ["data"]);
    expect(shown.stdout.trim().split("\n").sort()).toEqual(["extra", "odd", "posts", "users"]);
  });
});

describe("an import into one table", () => {
  test.each<[ImportOptions["format"], string, string[]]>([
    ["jsonLines", '{"name":"Line"}\n{"name":"Two","age":-0}\n', ["Line", "Two"]],
    ["jsonArray", '[{"name":"Array, [1]"}, {"name":"\\"}"}]', ["Array, [1]", '"}']],
    ["csv", '\ufeffname,email,age\nCsv,,7\n"a, ""b""",x@y.test,1e2\n', ["Csv", 'a, "b"']],
  ])("of %s", async (format, text, expected) => {
    const result = await importBytes(text, { format, tableName: "users", mode: "replace" });
    expect(result).toMatchObject({ state: "completed" });
    expect(await names()).toEqual(expected);
    if (format !== "csv") return;
    const [first, second] = await all(to, "users");
    expect(Object.keys(first ?? {}).sort()).toEqual(["_creationTime", "_id", "age", "name"]);
    expect(first).toMatchObject({ name: "Csv", age: 7 });
    expect(second).toMatchObject({ email: "x@y.test", age: 100 });
  });

  test("appends, keeping what is there, by the CLI", async () => {
    const before = await names();
    const result = await importInto(
      target,
      file("more.jsonl", '{"name":"More"}\n'),
      "--table",
      "users",
      "--append",
    );
    expect(result.code, result.output).toBe(0);
    expect(await names()).toEqual([...before, "More"]);
  });

  test("of CSV takes nan and inf for text", async () => {
    const csv: ImportOptions = { format: "csv", tableName: "odd", mode: "replace" };
    expect(await importBytes("a,b,c\nnan,inf,1\n", csv)).toMatchObject({ state: "completed" });
    expect(await all(to, "odd")).toMatchObject([{ a: "nan", b: "inf", c: 1 }]);
  });

  test("into a component keeps to it, and lists one that has no code yet", async () => {
    const inside = "_components/billing/_components/ledger";
    const first = await makeZip({ [`${inside}/entries/documents.jsonl`]: '{"sum":1}\n' });
    expect(await importBytes(first, { format: "zip", mode: "append" })).toMatchObject({ state: "completed" });
    const list = () => systemQuery<{ path: string; state: string }[]>("_system/frontend/components:list", {});
    expect((await list()).map(({ path, state }) => [path, state])).toEqual([
      ["", "active"],
      ["billing", "unmounted"],
      ["billing/ledger", "unmounted"],
    ]);

    const entry: ImportOptions = { format: "jsonLines", tableName: "entries", mode: "replace" };
    const named = { ...entry, componentPath: "billing/ledger" };
    expect(await importBytes('{"sum":1}\n', named)).toMatchObject({ state: "completed" });
    await expect(importBytes("{}\n", { ...entry, componentPath: "billing/ledgre" })).rejects.toThrow(
      'no component \\"billing/ledgre\\". There are \\"billing\\", \\"billing/ledger\\".',
    );
    expect((await list()).map(({ path }) => path)).toEqual(["", "billing", "billing/ledger"]);

    const zip = await exportBytes(target, false);
    const entries = await unzip(zip);
    expect(lines(entries[`${inside}/_tables/documents.jsonl`])).toEqual(['{"name":"entries","id":10001}']);
    expect(lines(entries[`${inside}/entries/documents.jsonl`])[0]).toContain('"sum":1.0');
    expect(entries["entries/documents.jsonl"]).toBeUndefined();
    const back = await importBytes(zip, { format: "zip", mode: "replace" });
    expect(back).toMatchObject({ state: "completed" });
  });
});

describe("an import that is wrong changes nothing", () => {
  const big = "x".repeat(1024 * 1024);
  const user = (fields: string) => `{"name":"ok"}\n{${fields}}\n`;
  const jsonl = (mode: ImportOptions["mode"] = "append", tableName = "users"): ImportOptions => ({
    format: "jsonLines",
    tableName,
    mode,
  });
  const other = (format: "csv" | "jsonArray"): ImportOptions => ({
    format,
    tableName: "users",
    mode: "append",
  });
  const zip: ImportOptions = { format: "zip", mode: "replace" };
  const users = '{"name":"abcdefgh"}\n';

  test.each<[string, ImportOptions, string | (() => Promise<Buffer>), string]>([
    ["JSON that ends early", jsonl(), user('"name":'), "Row 2 wasn't valid JSON"],
    ["a blank line", jsonl(), '{"name":"x"}\n\n{"name":"y"}\n', "Row 2 wasn't valid JSON"],
    ["a row that is no object", jsonl(), "[1]\n", "Row 1 wasn't an object"],
    ["a row against the schema", jsonl(), user('"name":1'), "does not match the schema"],
    ["a row against the schema, replacing", jsonl("replace"), user('"name":1'), "does not match the schema"],
    ["a table that has documents", jsonl("requireEmpty"), user('"name":"x"'), "Table users already exists"],
    [
      "a document over 1 MiB",
      jsonl("replace"),
      user(`"name":"${big}"`),
      'Row 2 of "users" wasn\'t a valid Convex value: Value is too large',
    ],
    ["a bad field name", jsonl(), user('"name":"x","$a":1'), 'Row 2 of "users"'],
    ["an id of no table", jsonl(), '{"_id":"abc","name":"x"}\n', 'Document _id "abc" is no ID'],
    ["one id twice", jsonl("replace"), "twice", "duplicate _id"],
    ["an id that is there already", jsonl("append"), "twice", "of another row"],
    ["a table of the deployment", jsonl("append", "_exports"), "{}\n", 'Invalid table name "_exports"'],
    [
      "text that is no UTF-8",
      jsonl(),
      () => Promise.resolve(Buffer.from([0x22, 0xff, 0x22])),
      "Row 1 wasn't valid UTF-8",
    ],
    ["no array", other("jsonArray"), '{"name":"x"}', "Not a JSON array"],
    ["an array without end", other("jsonArray"), '[{"name":"x"}', "Not valid JSON"],
    [
      "a CSV row that is short",
      other("csv"),
      "name,age\nx\n",
      "CSV row 1 doesn't have all of the fields in the header",
    ],
    ["a CSV of another type", other("csv"), "name,age\nx,old\n", "does not match the schema"],
    ["a CSV without a header", other("csv"), "", "CSV file doesn't have headers"],
    ["a file that is no ZIP", zip, "nothing of the kind", "invalid zip file"],
    [
      "a ZIP that is cut off",
      zip,
      () => Promise.resolve(readFileSync(exported).subarray(0, 900)),
      "invalid zip file",
    ],
    [
      "a damaged entry",
      zip,
      async () => renamed(await makeZip({ "users/documents.jsonl": users }, false), "abcdefgh", "abcdXfgh"),
      "checksum",
    ],
    [
      "a path that leads out",
      zip,
      async () => renamed(await makeZip({ "xx/users/documents.jsonl": users }), "xx/", "../"),
      "invalid relative path",
    ],
    [
      "a bomb",
      zip,
      () => makeZip({ "users/documents.jsonl": "0".repeat(40_000_000) }),
      "Row 1 is longer than",
    ],
    [
      "a stored file without the list of files",
      zip,
      () =>
        makeZip({
          "users/documents.jsonl": "",
          [`_storage/${encodeId(FILE_TABLE_NUMBER, randomBytes(16))}.txt`]: "x",
        }),
      "no _storage/documents.jsonl beside it",
    ],
    [
      "a stored file whose id has another number",
      zip,
      () =>
        makeZip({ "_storage/documents.jsonl": "", [`_storage/${encodeId(10_001, randomBytes(16))}`]: "x" }),
      `_storage entry has invalid ID`,
    ],
    [
      "an export of before 2025, with a schema of its own",
      zip,
      () =>
        makeZip({ "users/documents.jsonl": users, "users/generated_schema.jsonl": '{"name":"string"}\n' }),
      "older kind of export",
    ],
    [
      "a number that another table has",
      zip,
      () => makeZip({ "_tables/documents.jsonl": '{"name":"other","id":10001}\n' }),
      "conflict with existing table",
    ],
    [
      "a number that is reserved",
      zip,
      () => makeZip({ "_tables/documents.jsonl": '{"name":"other","id":514}\n' }),
      "reserved",
    ],
  ])("%s", async (_what, options, content, message) => {
    const before = await all(to, "users");
    const first = JSON.stringify({ _id: before[0]?.["_id"], name: "x" });
    const bytes =
      typeof content === "function"
        ? await content()
        : content === "twice"
          ? `${first}\n${first}\n`
          : content;
    const result = await importBytes(bytes, options);
    expect(result.state).toBe("failed");
    expect(result.error_message).toContain(message);
    expect(result.error_message).toMatch(/^Hit an error while importing:\n/);
    expect(await all(to, "users")).toEqual(before);
    const { page } = await systemQuery<{ page: { name: string }[] }>("_system/cli/tables", {
      paginationOpts: { numItems: 100, cursor: null },
    });
    expect(page.map(({ name }) => name)).not.toContain("other");
  });

  test("is told by the CLI as well", async () => {
    const result = await importInto(
      target,
      file("wrong.jsonl", user('"name":')),
      "--table",
      "users",
      "--append",
    );
    expect(result.code).toBe(1);
    expect(result.output).toContain("Row 2 wasn't valid JSON");
  });

  test("what is asked for in the wrong way is refused", async () => {
    await expect(post("/api/import/upload_part?uploadToken=x&partNumber=1", "x")).rejects.toThrow(
      "ImportUploadNotFound",
    );
    await expect(post("/api/import/upload_part?uploadToken=x&partNumber=0", "x")).rejects.toThrow(
      "BadQueryArgs",
    );
    await expect(post("/api/perform_import", '{"importId":"x"}')).rejects.toThrow("ImportNotWaiting");
    await expect(post("/api/export/request/zip?includeStorage=false&component=billing", "")).rejects.toThrow(
      "An export is of the whole deployment",
    );
    await expect(upload(Buffer.from("{}"), { format: "jsonLines" })).rejects.toThrow(
      "JSONL import requires table name",
    );
    await expect(upload(Buffer.from(""), { format: "zip", tableName: "users" })).rejects.toThrow(
      "ZIP import cannot have table name",
    );
    const importId = await upload(Buffer.from('{"name":"x"}'), jsonl());
    await until(importId, (state) => state === "waiting_for_confirmation");
    await post("/api/cancel_import", JSON.stringify({ importId }));
    expect(await stateOf(importId)).toMatchObject({
      state: "failed",
      error_message: expect.stringContaining("canceled") as string,
    });
    await expect(post("/api/perform_import", JSON.stringify({ importId }))).rejects.toThrow(
      "ImportNotWaiting",
    );
  });
});

describe("an import that adds files", () => {
  const append: ImportOptions = { format: "zip", mode: "append" };
  const newId = () => encodeId(FILE_TABLE_NUMBER, randomBytes(16));
  const description = (rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const textOf = async (id: string) => {
    const response = await fetch((await to.query(query("app:url"), { id })) as string);
    return [response.status, await response.text()];
  };
  const ids = async () =>
    ((await to.query(query("app:files"), {})) as { _id: string }[]).map(({ _id }) => _id);

  test("keeps those that it has added when a later one is refused", async () => {
    const [first, second] = [newId(), newId()];
    const sha256 = Buffer.alloc(32).toString("base64");
    const zip = await makeZip({
      "_storage/documents.jsonl": description([{ _id: first }, { _id: second, sha256 }]),
      [`_storage/${first}`]: "first",
      [`_storage/${second}`]: "second",
    });
    const result = await importBytes(zip, append);
    expect(result).toMatchObject({ state: "failed" });
    expect(result.error_message).toContain("Sha256 mismatch");
    expect(await ids()).toContain(first);
    expect(await textOf(first)).toEqual([200, "first"]);
  });

  test("adds nothing when one of them is there already, or comes twice", async () => {
    const [added, twice] = [newId(), newId()];
    const there = (await to.action(action("app:store"), { text: "there", type: "" })) as string;
    const before = await ids();
    const users = await names();
    for (const [again, entries] of [
      [there, { [`_storage/${there}`]: "other" }],
      [twice, { [`_storage/${twice}.png`]: "one", [`_storage/${twice}.html`]: "two" }],
    ] as const) {
      const zip = await makeZip({
        "users/documents.jsonl": '{"name":"Nobody"}\n',
        "_storage/documents.jsonl": "",
        [`_storage/${added}`]: "added",
        ...entries,
      });
      const result = await importBytes(zip, append);
      expect(result).toMatchObject({ state: "failed" });
      expect(result.error_message).toContain(`_storage file ${again} exists already`);
    }
    expect(await ids()).toEqual(before);
    expect(await names()).toEqual(users);
    expect(await textOf(there)).toEqual([200, "there"]);
  });

  test.each(["text/plain\n", "text/plain\r\nX-Mine: 1", "text/\u{1F600}"])(
    "refuses the content type %j, which no answer could carry",
    async (contentType) => {
      const id = newId();
      const internalId = randomUUID();
      const zip = await makeZip({
        "_storage/documents.jsonl": description([{ _id: id, contentType, internalId }]),
        [`_storage/${id}`]: "text",
      });
      const result = await importBytes(zip, append);
      const response = await fetch(`${target.url}/api/storage/${internalId}`).catch(String);
      expect((await fetch(`${target.url}/version`)).status).toBe(200);
      expect(result).toMatchObject({ state: "failed" });
      expect(result.error_message).toContain("Row 1 wasn't a valid Convex value: contentType");
      expect(response).toMatchObject({ status: 404 });
    },
  );
});

describe("large and interrupted imports", () => {
  const count = process.env["PRAXTALK_LONG"] === "1" ? 100_000 : 20_000;
  const rows = Buffer.from(
    Array.from({ length: count }, (_, n) => `{"age":${n},"name":"row ${n}"}\n`).join(""),
  );

  test(`${count} documents, while others are served`, async () => {
    const state = { isDone: false, answers: 0 };
    const reading = (async () => {
      for (; !state.isDone; state.answers++) await to.query(query("app:count"), { table: "users" });
    })();
    const result = await importBytes(rows, { format: "jsonLines", tableName: "many" });
    state.isDone = true;
    await reading;
    expect(result).toMatchObject({ state: "completed", num_rows_written: String(count) });
    expect(state.answers).toBeGreaterThan(20);
    expect(await systemQuery("_system/cli/tableSize", { tableName: "many" })).toBe(count);
  }, 60_000);

  test("a crash in the middle leaves the table as it was, and the import failed", async () => {
    const before = await names();
    const importId = await upload(rows, { format: "jsonLines", tableName: "users", mode: "replace" });
    await until(importId, (state) => state === "waiting_for_confirmation");
    await post("/api/perform_import", JSON.stringify({ importId }));
    await until(importId, (state) => state === "in_progress");
    await target.kill9();
    await target.restart();
    expect(await stateOf(importId)).toMatchObject({
      state: "failed",
      error_message: expect.stringContaining("restart") as string,
    });
    expect(await names()).toEqual(before);
    expect(readdirSync(path.join(target.dataDir, "imports"))).toEqual([]);
    const again = await importBytes('{"name":"After"}\n', {
      format: "jsonLines",
      tableName: "users",
      mode: "replace",
    });
    expect(again).toMatchObject({ state: "completed" });
    expect(await names()).toEqual(["After"]);
  }, 60_000);
});

async function unzip(bytes: Buffer): Promise<Record<string, Buffer>> {
  const open = promisify<Buffer, yauzl.Options, yauzl.ZipFile>(yauzl.fromBuffer);
  const zip = await open(bytes, { lazyEntries: true });
  const entries: Record<string, Buffer> = {};
  await new Promise<void>((resolve, reject) => {
    zip.on("entry", (entry: yauzl.Entry) => {
      zip.openReadStream(entry, (error, stream) => {
        if (error !== null) return reject(error);
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          entries[entry.fileName] = Buffer.concat(chunks);
          zip.readEntry();
        });
      });
    });
    zip.on("end", resolve).on("error", reject);
    zip.readEntry();
  });
  return entries;
}

async function makeZip(entries: Record<string, string>, compress = true): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, text] of Object.entries(entries)) zip.addBuffer(Buffer.from(text), name, { compress });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function lines(bytes: Buffer | undefined): string[] {
  return (bytes ?? Buffer.alloc(0))
    .toString()
    .split("\n")
    .filter((line) => line !== "");
}

function renamed(zip: Buffer, before: string, after: string): Buffer {
  return Buffer.from(zip.toString("latin1").replaceAll(before, after), "latin1");
}
