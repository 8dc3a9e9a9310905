/** Pushes with components: mounted, unmounted, mounted again, deleted; what is refused; what codegen writes. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  action,
  convexProject,
  mutation,
  query,
  startBackend,
  type Backend,
  type ConvexProject,
} from "../helpers/embedded";

const DEFINITION = `
import { defineComponent } from "convex/server";
export default defineComponent("box");
`;
const BOX = `
import { queryGeneric as query, mutationGeneric as mutation, actionGeneric as action } from "convex/server";
import { v } from "convex/values";
export const put = mutation({ args: { text: v.string() }, returns: v.null(),
  handler: async (ctx, args) => { await ctx.db.insert("texts", args); return null; } });
export const list = query({ args: {}, returns: v.array(v.string()),
  handler: async (ctx) => (await ctx.db.query("texts").collect()).map(({ text }) => text) });
export const keep = action({ args: {}, returns: v.null(),
  handler: async (ctx) => { await ctx.storage.store(new Blob(["kept"])); return null; } });
`;
const BOX_SCHEMA = (type = "v.string()") => `
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
export default defineSchema({ texts: defineTable({ text: ${type} }) });
`;
const APP = `
import { queryGeneric as query, mutationGeneric as mutation, actionGeneric as action, componentsGeneric } from "convex/server";
const components = componentsGeneric();
export const put = mutation({ handler: (ctx, args) => ctx.runMutation(components.box.store.put, args) });
export const list = query({ handler: (ctx) => ctx.runQuery(components.box.store.list, {}) });
export const keep = action({ handler: (ctx) => ctx.runAction(components.box.store.keep, {}) });
export const nothing = query({ handler: (ctx) => ctx.runQuery(components.box.store.nothing, {}) });
`;
const config = (use: string, options = "") => `
import { defineApp } from "convex/server";
import { v } from "convex/values";
import box from "../box/convex.config.js";
const app = defineApp(${options});
${use}
export default app;
`;
const WITH_BOX = config("app.use(box);");
const WITHOUT_BOX = `import { defineApp } from "convex/server";\nexport default defineApp();\n`;

const SEVERAL_PUSHES_MS = 120_000;

let backend: Backend;
let project: ConvexProject;
let client: ConvexHttpClient;

function writeBox(files: Record<string, string>): void {
  mkdirSync(path.join(project.dir, "box"), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(project.dir, "box", name), text);
}

const deploy = (...args: string[]) =>
  backend.cli(project.dir, ["deploy", "--typecheck", "disable", "--codegen", "disable", ...args]);
/** Files on disk, at any depth. */
const storedFiles = () =>
  readdirSync(path.join(backend.dataDir, "files"), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
const list = () => client.query(query("app:list"), {});
const admin = (route: string, body: object) =>
  fetch(`${backend.url}${route}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Convex ${backend.adminKey}` },
    body: JSON.stringify(body),
  });
const components = async () => {
  const answer = await admin("/api/query", { path: "_system/frontend/components:list", args: {} });
  const { value } = (await answer.json()) as { value: { path: string; state: string }[] };
  return Object.fromEntries(value.map(({ path: component, state }) => [component, state]));
};

beforeAll(async () => {
  project = convexProject({ "app.ts": APP, "convex.config.ts": WITH_BOX });
  writeBox({ "convex.config.ts": DEFINITION, "store.ts": BOX, "schema.ts": BOX_SCHEMA() });
  backend = await startBackend();
  client = new ConvexHttpClient(backend.url, { logger: false });
});
afterAll(async () => {
  project.remove();
  await backend.stop();
});

test(
  "a component keeps its data while it is not mounted, until it is deleted",
  async () => {
    expect((await deploy()).output).toContain("Installed component box.");
    await client.mutation(mutation("app:put"), { text: "one" });
    await client.action(action("app:keep"), {});
    expect(storedFiles()).toHaveLength(1);
    expect(await list()).toEqual(["one"]);
    const run = (component: string) =>
      backend.cli(project.dir, ["run", "--component", component, "store:list"]);
    expect(JSON.parse((await run("box")).stdout)).toEqual(["one"]);
    const misspelled = await run("bux");
    expect(misspelled.code).toBe(1);
    expect(misspelled.output).toContain("bux");
    expect((await admin("/api/delete_component", { componentId: "box" })).status).toBe(400);

    project.write({ "convex.config.ts": WITHOUT_BOX });
    expect((await deploy()).output).toContain("Unmounted component box.");
    await expect(list()).rejects.toThrow('Child component "box" not found');
    expect(await components()).toEqual({ "": "active", box: "unmounted" });
    expect((await backend.cli(project.dir, ["data", "texts", "--component", "box"])).stdout).toContain("one");

    await backend.restart();
    project.write({ "convex.config.ts": WITH_BOX });
    expect((await deploy()).output).toContain("Remounted component box.");
    expect(await list()).toEqual(["one"]);

    project.write({ "convex.config.ts": WITHOUT_BOX });
    await deploy();
    const gone = await admin("/api/delete_component", { componentId: "box" });
    expect(gone.status).toBe(200);
    await vi.waitFor(() => expect(storedFiles()).toEqual([]), { timeout: 10_000 });
    expect(await components()).toEqual({ "": "active" });
    expect((await admin("/api/delete_component", { componentId: "box" })).status).toBe(404);

    project.write({ "convex.config.ts": WITH_BOX });
    expect((await deploy()).output).toContain("Installed component box.");
    expect(await list()).toEqual([]);
  },
  SEVERAL_PUSHES_MS,
);

test("what a push would do to schemas is told without doing it", async () => {
  const module = (name: string, source: string) => ({ path: name, source, environment: "isolate" });
  const definition = (exported: object) =>
    module("convex.config.js", `export default { export: () => (${JSON.stringify(exported)}) };`);
  const tables = [
    {
      tableName: "notes",
      indexes: [{ indexDescriptor: "by_text", fields: ["text"] }],
      documentType: { type: "any" },
    },
  ];
  const schema = module(
    "schema.js",
    `export default { export: () => ${JSON.stringify(JSON.stringify({ tables, schemaValidation: true }))} };`,
  );
  const before = await components();
  const answer = await admin("/api/deploy2/evaluate_schema", {
    adminKey: backend.adminKey,
    functions: "convex/",
    appDefinition: {
      definition: definition({ childComponents: [{ name: "fresh", path: "../fresh" }] }),
      dependencies: ["../fresh"],
      schema,
      changedModules: [],
      unchangedModuleHashes: [],
      udfServerVersion: "1.48.0",
    },
    componentDefinitions: [
      {
        definitionPath: "../fresh",
        definition: definition({ name: "fresh" }),
        dependencies: [],
        schema: null,
        functions: [],
        udfServerVersion: "1.48.0",
      },
    ],
    nodeDependencies: [],
  });
  expect(await answer.json()).toMatchObject({
    componentSchemaEvaluations: {
      "": {
        definitionPath: "",
        schemaValidation: true,
        tables: [{ name: "notes", numDocs: 0, sizeBytes: 0 }],
        indexes: [{ name: "notes.by_text", change: "added", needsBackfill: true, numDocs: 0 }],
      },
    },
    newComponentDefinitions: ["../fresh"],
  });
  expect(await components()).toEqual(before);
});

describe("with a component mounted", () => {
  test("what it does not export cannot be called", async () => {
    await expect(client.query(query("app:nothing"), {})).rejects.toThrow(
      'Child component "box" does not export ["store", "nothing"]',
    );
  });

  test("a schema of it that its documents break is refused by name, and changes nothing", async () => {
    await client.mutation(mutation("app:put"), { text: "kept" });
    writeBox({ "schema.ts": BOX_SCHEMA("v.number()") });
    const result = await deploy();
    expect(result.code).toBe(1);
    expect(result.output).toContain('table "texts" does not match the schema');
    writeBox({ "schema.ts": BOX_SCHEMA() });
    expect(await list()).toEqual(["kept"]);
  });

  test("the CLI types its functions", async () => {
    const generated = await backend.cli(project.dir, ["codegen", "--typecheck", "disable"]);
    expect(generated.code, generated.output).toBe(0);
    const api = readFileSync(path.join(project.dir, "convex/_generated/api.d.ts"), "utf8");
    expect(api).toMatch(/components: \{\s+box: import\("..\/..\/box\/_generated\/component.js"\)/);
    const own = readFileSync(path.join(project.dir, "box/_generated/component.ts"), "utf8");
    expect(own).toMatch(/put: FunctionReference<\s*"mutation",\s*"internal",\s*\{ text: string \},\s*null/);
  });

  test("a dry run changes nothing", async () => {
    project.write({ "convex.config.ts": WITHOUT_BOX });
    expect((await deploy("--dry-run")).code).toBe(0);
    project.write({ "convex.config.ts": WITH_BOX });
    expect(await components()).toEqual({ "": "active", box: "active" });
  });
});

describe("a push is refused, and the old code serves on, when", () => {
  test("a variable that the app needs is not set", async () => {
    project.write({ "convex.config.ts": config("app.use(box);", "{ env: { NEEDED: v.string() } }") });
    const result = await deploy();
    project.write({ "convex.config.ts": WITH_BOX });
    expect(result.code).toBe(1);
    expect(result.output).toContain("Environment variable NEEDED is declared as required");
    expect(await list()).toEqual(["kept"]);
  });

  test("a component has Node modules", async () => {
    const source = "export default {};";
    const module = (name: string, environment: string) => ({ path: name, source, environment });
    const push = {
      adminKey: backend.adminKey,
      functions: "convex/",
      appDefinition: {
        definition: null,
        dependencies: ["../box"],
        schema: null,
        changedModules: [],
        unchangedModuleHashes: [],
        udfServerVersion: "1.48.0",
      },
      componentDefinitions: [
        {
          definitionPath: "../box",
          definition: module("convex.config.js", "isolate"),
          dependencies: [],
          schema: null,
          functions: [module("work.js", "node")],
          udfServerVersion: "1.48.0",
        },
      ],
      nodeDependencies: [],
    };
    const refused = await admin("/api/deploy2/start_push", push);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toEqual({
      code: "NodeActionsNotSupported",
      message: 'Node actions are not supported in components. Remove `"use node;" from work.js',
    });
  });
});
