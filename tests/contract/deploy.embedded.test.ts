/** Pushing code by the official CLI: what goes live, what is refused, and that a refused push changes nothing. */
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import WebSocket from "ws";
import {
  convexProject,
  startBackend,
  type Backend,
  type ConvexProject,
  mutation,
  query,
} from "../helpers/embedded";

const SERVER = `
import { queryGeneric as query, mutationGeneric as mutation } from "convex/server";
import { v } from "convex/values";
`;
const NOTES = `${SERVER}
export const version = query({ args: {}, returns: v.string(), handler: async () => "one" });
export const add = mutation({
  args: { text: v.string(), stars: v.optional(v.any()) },
  handler: (ctx, args) => ctx.db.insert("notes", args),
});
export const list = query({ args: {}, handler: (ctx) => ctx.db.query("notes").collect() });
`;
const LOOSE_SCHEMA = `
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
export default defineSchema({ notes: defineTable({ text: v.string(), stars: v.optional(v.any()) }) });
`;

/** For conditions that come about by themselves. */
const WAIT = { timeout: 15_000 };

let backend: Backend;
let project: ConvexProject;
let http: ConvexHttpClient;

beforeAll(async () => {
  backend = await startBackend();
  project = convexProject({ "notes.ts": NOTES, "schema.ts": LOOSE_SCHEMA });
  http = new ConvexHttpClient(backend.url, { logger: false });
});
afterAll(async () => {
  project.remove();
  await backend.stop();
});
/** Whether exactly the app above is deployed: a refused push leaves it so. */
let isPristine = false;
const push = async () => {
  isPristine = false;
  await backend.push(project.dir);
};

/** Each test begins with the same app deployed, and whatever rows the earlier ones left. */
beforeEach(async () => {
  project.write({
    "notes.ts": NOTES,
    "schema.ts": LOOSE_SCHEMA,
    "http.ts": null,
    "auth.config.ts": null,
    "convex.config.ts": null,
    "extra.ts": null,
  });
  if (!isPristine) await push();
  isPristine = true;
});

const version = () => http.query(query("notes:version"), {});
const deploy = async (...flags: string[]) => {
  const args = ["deploy", "--typecheck", "disable", "--codegen", "disable", ...flags];
  const result = await backend.cli(project.dir, args);
  if (result.code === 0) isPristine = false;
  return result;
};

describe("a push", () => {
  test("makes functions callable, and again after a restart without another push", async () => {
    await http.mutation(mutation("notes:add"), { text: "kept" });
    expect(await version()).toBe("one");
    await backend.restart();
    expect(await version()).toBe("one");
    const rows = (await http.query(query("notes:list"), {})) as { text: string }[];
    expect(rows.map((row) => row.text)).toContain("kept");
  });

  test("of changed code reaches a client that is subscribed", async () => {
    const client = new ConvexClient(backend.url, { webSocketConstructor: WebSocket as never });
    const seen: string[] = [];
    client.onUpdate(query("notes:version"), {}, (value: string) => seen.push(value));
    await vi.waitFor(() => expect(seen).toEqual(["one"]), WAIT);
    project.write({ "notes.ts": NOTES.replace('"one"', '"two"') });
    await push();
    await vi.waitFor(() => expect(seen).toEqual(["one", "two"]), WAIT);
    await client.close();
  });

  test("removes what is no longer in the code", async () => {
    project.write({
      "extra.ts": `${SERVER} export const here = query({ args: {}, handler: async () => 1 });`,
    });
    await push();
    expect(await http.query(query("extra:here"), {})).toBe(1);
    project.write({ "extra.ts": null });
    await push();
    await expect(http.query(query("extra:here"), {})).rejects.toThrow(
      "Could not find public function for 'extra:here'",
    );
  });

  test("leaves unchanged modules out: the deployment tells the CLI their hashes", async () => {
    const response = await fetch(`${backend.url}/api/get_config_hashes`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ version: "1.48.0", adminKey: backend.adminKey }),
    });
    const config = (await response.json()) as { moduleHashes: { path: string; hash: string }[] };
    expect(config.moduleHashes.map((module) => module.path)).toContain("notes.js");
    expect(config.moduleHashes[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
    project.write({
      "extra.ts": `${SERVER} export const here = query({ args: {}, handler: async () => 2 });`,
    });
    await push();
    expect(await http.query(query("extra:here"), {})).toBe(2);
    expect(await version()).toBe("one");
  });

  test("with --dry-run changes nothing", async () => {
    const added = 'defineTable({ text: v.string() }).index("by_text", ["text"])';
    project.write({
      "notes.ts": NOTES.replace('"one"', '"dry"'),
      "schema.ts": LOOSE_SCHEMA.replace("({ notes", `({ other: ${added}, notes`),
    });
    const result = await deploy("--dry-run");
    expect(result.code, result.output).toBe(0);
    expect(result.output).toContain("other.by_text");
    expect(await version()).toBe("one");
    const response = await fetch(`${backend.url}/api/shapes2`, {
      headers: { Authorization: `Convex ${backend.adminKey}` },
    });
    expect(await response.json()).not.toHaveProperty("other");
  });

  test("needs the admin key", async () => {
    const body = JSON.stringify({ version: "1.48.0", adminKey: "praxtalk|nonsense" });
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(`${backend.url}/api/get_config_hashes`, { method: "POST", headers, body });
    expect(response.status).toBe(401);
  });
});

describe("a push is refused, and the old code serves on, when", () => {
  test("a module does not evaluate", async () => {
    project.write({ "extra.ts": `export const never = 1;\nthrow new Error("broken at import");` });
    const result = await deploy();
    expect(result.code).toBe(1);
    expect(result.output).toContain("broken at import");
    expect(result.output).toContain("extra.js");
    expect(await version()).toBe("one");
  });

  test("it does not typecheck", async () => {
    project.write({
      "tsconfig.json": JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          module: "ESNext",
          moduleResolution: "Bundler",
          target: "ESNext",
          skipLibCheck: true,
          isolatedModules: true,
        },
        include: ["./**/*"],
      }),
      "extra.ts": `${SERVER} export const wrong: string = query({ args: {}, handler: async () => 1 });`,
    });
    const result = await backend.cli(project.dir, ["deploy", "--typecheck", "enable"]);
    expect(result.code).toBe(1);
    expect(result.output).toContain("extra.ts");
    expect(await version()).toBe("one");
  });

  test("stored documents break the schema; the first one is named", async () => {
    const id = (await http.mutation(mutation("notes:add"), { text: "starred", stars: "many" })) as string;
    project.write({
      "schema.ts": LOOSE_SCHEMA.replace("v.any()", "v.number()"),
      "notes.ts": NOTES.replace('"one"', '"two"'),
    });
    const dryRun = await deploy("--dry-run");
    expect(dryRun.code).toBe(1);
    expect(dryRun.output).toContain("Schema validation failed");
    const result = await deploy();
    expect(result.code).toBe(1);
    expect(result.output).toContain("Schema validation failed");
    expect(result.output).toContain(`Document with ID "${id}" in table "notes" does not match the schema`);
    expect(await version()).toBe("one");
    await http.mutation(mutation("notes:add"), { text: "still loose", stars: "several" });
  });

  test.each([
    [
      "the index names a field that is not there",
      '.index("by_x", ["nothing"])',
      "references the field nothing",
    ],
    ["two indexes have equal fields", '.index("a", ["text"]).index("b", ["text"])', "index"],
    ["an index has a reserved name", '.index("by_id", ["text"])', "by_id"],
    ["a validator is staged", ".staged({ text: v.string() })", "not supported yet: staged validators"],
  ])("%s", async (_case, index, text) => {
    project.write({
      "schema.ts": LOOSE_SCHEMA.replace(
        "stars: v.optional(v.any()) })",
        `stars: v.optional(v.any()) })${index}`,
      ),
    });
    const result = await deploy();
    expect(result.code).toBe(1);
    expect(result.output).toContain(text);
    expect(await version()).toBe("one");
  });

  test("another push came between its steps", async () => {
    const start = () => postPush("start_push", emptyPush(backend.adminKey));
    const older = await start();
    await start();
    const adminKey = backend.adminKey;
    const waited = await postPush("wait_for_schema", { adminKey, schemaChange: older["schemaChange"] });
    expect(waited).toEqual({ type: "raceDetected" });
    await expect(postPush("finish_push", { adminKey, startPush: older, dryRun: false })).rejects.toThrow(
      "RaceDetected",
    );
    expect(await version()).toBe("one");
  });
});

describe("an index", () => {
  const BY_TEXT = LOOSE_SCHEMA.replace("v.any()) })", 'v.any()) }).index("by_text", ["text"])');
  const FIND = `${NOTES}
export const find = query({
  args: { text: v.string() },
  handler: async (ctx, { text }) => {
    const rows = await ctx.db.query("notes").withIndex("by_text", (q) => q.eq("text", text)).collect();
    return rows.length;
  },
});`;

  test("added to a table with rows finds them, and those written since", async () => {
    for (let i = 0; i < 5; i++) await http.mutation(mutation("notes:add"), { text: "before the index" });
    project.write({ "schema.ts": BY_TEXT, "notes.ts": FIND });
    const result = await deploy();
    expect(result.output).toContain("notes.by_text");
    expect(await http.query(query("notes:find"), { text: "before the index" })).toBe(5);
    await http.mutation(mutation("notes:add"), { text: "before the index" });
    expect(await http.query(query("notes:find"), { text: "before the index" })).toBe(6);
  });

  test("no longer in the schema is gone", async () => {
    project.write({ "schema.ts": BY_TEXT, "notes.ts": FIND });
    await push();
    project.write({ "schema.ts": LOOSE_SCHEMA });
    expect((await deploy()).output).toContain("Deleted table indexes");
    await expect(http.query(query("notes:find"), { text: "x" })).rejects.toThrow(
      "Index notes.by_text not found.",
    );
  });
});

describe("codegen", () => {
  test("and dev --once write typed files", async () => {
    const generated = await backend.cli(project.dir, ["codegen", "--typecheck", "disable"]);
    expect(generated.code, generated.output).toBe(0);
    expect(project.read("_generated/api.d.ts")).toContain("notes: typeof notes");
    expect(project.read("_generated/dataModel.d.ts")).toContain("DataModel");
    project.write({ "notes.ts": NOTES.replace('"one"', '"dev"') });
    isPristine = false;
    const dev = await backend.cli(project.dir, [
      "dev",
      "--once",
      "--typecheck",
      "disable",
      "--tail-logs",
      "disable",
    ]);
    expect(dev.code, dev.output).toBe(0);
    expect(await version()).toBe("dev");
  });
});

/** What the CLI sends for an app of one empty module. */
function emptyPush(adminKey: string): Record<string, unknown> {
  return {
    adminKey,
    dryRun: false,
    functions: "convex/",
    appDefinition: {
      definition: null,
      dependencies: [],
      schema: null,
      changedModules: [{ path: "empty.js", source: "export {};", environment: "isolate" }],
      unchangedModuleHashes: [],
      udfServerVersion: "1.48.0",
    },
    componentDefinitions: [],
    nodeDependencies: [],
  };
}

async function postPush(step: string, body: Record<string, unknown>): Promise<Record<string, unknown>> {
  const response = await fetch(`${backend.url}/api/deploy2/${step}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return answer;
}
