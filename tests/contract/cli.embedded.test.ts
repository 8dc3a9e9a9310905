/** The official CLI's commands besides pushing: run, env, data, function-spec, logs. */
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import WebSocket from "ws";
import {
  convexProject,
  REPOSITORY,
  startBackend,
  type Backend,
  type ConvexProject,
  action,
  mutation,
  query,
} from "../helpers/embedded";

const APP = `
import {
  queryGeneric as query, mutationGeneric as mutation, internalMutationGeneric as internalMutation,
  actionGeneric as action,
} from "convex/server";
import { v } from "convex/values";
export const add = internalMutation({
  args: { text: v.string(), count: v.optional(v.int64()) },
  returns: v.id("notes"),
  handler: (ctx, args) => ctx.db.insert("notes", args),
});
export const setting = query({ args: { name: v.string() }, handler: async (_ctx, { name }) => process.env[name] ?? null });
export const settingInAction = action({ args: { name: v.string() }, handler: async (_ctx, { name }) => process.env[name] ?? null });
export const fail = mutation({ args: {}, handler: async () => { console.warn("about to fail"); throw new Error("failed on purpose"); } });
export const hello = query({ args: {}, handler: async () => { console.log("said hello", { deep: [1] }); return "hello"; } });
export const whoami = query({ args: {}, handler: async (ctx) => (await ctx.auth.getUserIdentity())?.name ?? "nobody" });
`;
const HTTP = `
import { httpRouter, httpActionGeneric as httpAction } from "convex/server";
const http = httpRouter();
http.route({ path: "/ping", method: "GET", handler: httpAction(async () => new Response("pong")) });
export default http;
`;
const WAIT = { timeout: 15_000 };

let backend: Backend;
let project: ConvexProject;
let http: ConvexHttpClient;
const cli = (...args: string[]) => backend.cli(project.dir, args);

/** A command that goes on until it is stopped. */
function follow(...args: string[]): { output(): string; stop(): void } {
  const child = spawn(process.execPath, [path.join(REPOSITORY, "node_modules/convex/bin/main.js"), ...args], {
    cwd: project.dir,
    env: {
      ...process.env,
      CONVEX_SELF_HOSTED_URL: backend.url,
      CONVEX_SELF_HOSTED_ADMIN_KEY: backend.adminKey,
      NO_COLOR: "1",
    },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return { output: () => output, stop: () => void child.kill("SIGKILL") };
}

beforeAll(async () => {
  backend = await startBackend();
  project = convexProject({ "app.ts": APP, "http.ts": HTTP });
  await backend.push(project.dir);
  http = new ConvexHttpClient(backend.url, { logger: false });
});
afterAll(async () => {
  project.remove();
  await backend.stop();
});

describe("convex run", () => {
  test("runs internal functions and prints the value", async () => {
    const added = await cli("run", "app:add", '{"text":"by the CLI"}');
    expect(added.code, added.output).toBe(0);
    expect(JSON.parse(added.stdout)).toMatch(/^[0-9a-z]{31,37}$/);
  });

  test("lists the functions when there is none of that name", async () => {
    const missing = await cli("run", "app:nothing");
    expect(missing.code).toBe(1);
    expect(missing.output).toContain("Could not find");
    expect(missing.output).toContain("hello");
  });

  test("shows a function's failure", async () => {
    const failed = await cli("run", "app:fail");
    expect(failed.code).toBe(1);
    expect(failed.output).toContain("failed on purpose");
  });

  test("pushes first when asked to", async () => {
    project.write({ "fresh.ts": APP.replace("said hello", "said hello afresh") });
    const result = await cli(
      "run",
      "fresh:hello",
      "--push",
      "--typecheck",
      "disable",
      "--codegen",
      "disable",
    );
    expect(result.code, result.output).toBe(0);
    expect(result.stdout).toContain('"hello"');
    expect(result.stderr).toContain("said hello afresh");
  });

  test("runs a query that is written on the command line", async () => {
    const result = await cli(
      "run",
      "--inline-query",
      'const all = await ctx.db.query("notes").collect(); return all.length;',
    );
    expect(result.code, result.output).toBe(0);
    expect(Number(result.stdout)).toBeGreaterThan(0);
    const failed = await cli("run", "--inline-query", 'await ctx.db.insert("notes", { text: "no" })');
    expect(failed.code).toBe(1);
    expect(failed.output).toContain("insert is not a function");
  });

  test("shows each new result of a query that it watches", async () => {
    const watching = follow("run", "app:setting", '{"name":"WATCHED"}', "--watch");
    try {
      await vi.waitFor(() => expect(watching.output()).toContain("null"), WAIT);
      await cli("env", "set", "WATCHED", "seen");
      await vi.waitFor(() => expect(watching.output()).toContain('"seen"'), WAIT);
    } finally {
      watching.stop();
    }
  });

  test("acts as the identity it is given", async () => {
    const result = await cli("run", "app:whoami", "{}", "--identity", '{"name":"Ada"}');
    expect(JSON.parse(result.stdout)).toBe("Ada");
  });
});

describe("convex env", () => {
  test("set, get, list and remove are seen by functions at once, also by live queries", async () => {
    const client = new ConvexClient(backend.url, { webSocketConstructor: WebSocket as never });
    const seen: (string | null)[] = [];
    client.onUpdate(query("app:setting"), { name: "COLOR" }, (value: string | null) => seen.push(value));
    await vi.waitFor(() => expect(seen).toEqual([null]), WAIT);

    expect((await cli("env", "set", "COLOR", "teal")).code).toBe(0);
    await vi.waitFor(() => expect(seen).toEqual([null, "teal"]), WAIT);
    expect(await http.action(action("app:settingInAction"), { name: "COLOR" })).toBe("teal");
    expect((await cli("env", "get", "COLOR")).stdout.trim()).toBe("teal");
    expect((await cli("env", "list", "--include-values")).stdout).toContain("COLOR=teal");

    expect((await cli("env", "remove", "COLOR")).code).toBe(0);
    await vi.waitFor(() => expect(seen).toEqual([null, "teal", null]), WAIT);
    expect((await cli("env", "get", "COLOR")).output).toContain('"COLOR" not found');
    await client.close();
  });

  test("sets all variables of a file", async () => {
    const file = path.join(project.dir, "variables.env");
    writeFileSync(file, 'FIRST=1\n# not this one\nSECOND="two words"\n');
    const result = await cli("env", "set", "--from-file", file);
    expect(result.code, result.output).toBe(0);
    expect(await http.query(query("app:setting"), { name: "FIRST" })).toBe("1");
    expect(await http.query(query("app:setting"), { name: "SECOND" })).toBe("two words");
  });

  test("survives a restart", async () => {
    await cli("env", "set", "KEPT", "yes");
    await backend.restart();
    expect(await http.query(query("app:setting"), { name: "KEPT" })).toBe("yes");
  });

  test("the built-in variables are there and cannot be set", async () => {
    expect(await http.query(query("app:setting"), { name: "CONVEX_SITE_URL" })).toBe(backend.siteUrl);
    expect((await cli("env", "get", "CONVEX_CLOUD_URL")).stdout.trim()).toBe(backend.url);
    const refused = await cli("env", "set", "CONVEX_SITE_URL", "http://elsewhere.test");
    expect(refused.code).toBe(1);
    expect(refused.output).toContain("EnvVarNameForbidden");
  });

  test.each([
    ["a name with a dash", { name: "A-B", value: "x" }, "EnvironmentVariableNameInvalid"],
    ["a name too long", { name: "A".repeat(257), value: "x" }, "EnvironmentVariableNameTooLong"],
    [
      "a value too large",
      { name: "BIG", value: "x".repeat(8 * 1024 + 1) },
      "EnvironmentVariableValueTooLong",
    ],
  ])("refuses %s and changes nothing", async (_case, change, code) => {
    const changes = [{ name: "BESIDE", value: "unset" }, change];
    const response = await fetch(`${backend.url}/api/update_environment_variables`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Convex ${backend.adminKey}` },
      body: JSON.stringify({ changes }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code });
    expect(await http.query(query("app:setting"), { name: "BESIDE" })).toBeNull();
  });
});

describe("convex data", () => {
  test("lists tables and shows the newest documents first", async () => {
    await cli("run", "app:add", '{"text":"older"}');
    await cli("run", "app:add", '{"text":"newer"}');
    expect((await cli("data")).stdout.split("\n")).toContain("notes");
    const shown = await cli("data", "notes", "--limit", "2", "--format", "jsonLines");
    expect(shown.code, shown.output).toBe(0);
    const texts = shown.stdout.split("\n").flatMap((line) => /"text": "(\w+)"/.exec(line)?.[1] ?? []);
    expect(texts).toEqual(["newer", "older"]);
  });

  test("shows the oldest first when asked to, and no more than asked for", async () => {
    const shown = await cli("data", "notes", "--order", "asc", "--limit", "1", "--format", "jsonArray");
    expect(JSON.parse(shown.stdout)).toMatchObject([{ text: "by the CLI" }]);
  });

  test("says so when a table is empty or not there", async () => {
    expect((await cli("data", "nothing")).output).toContain("no documents");
  });
});

test("convex function-spec names functions with validators, and HTTP routes", async () => {
  const result = await cli("function-spec");
  expect(result.code, result.output).toBe(0);
  const spec = JSON.parse(result.stdout) as { url: string; functions: Record<string, unknown>[] };
  expect(spec.url).toBe(backend.url);
  expect(spec.functions).toContainEqual({
    identifier: "app.js:add",
    functionType: "Mutation",
    visibility: { kind: "internal" },
    args: {
      type: "object",
      value: {
        text: { fieldType: { type: "string" }, optional: false },
        count: { fieldType: { type: "bigint" }, optional: true },
      },
    },
    returns: { type: "id", tableName: "notes" },
  });
  expect(spec.functions).toContainEqual({ functionType: "HttpAction", method: "GET", path: "/ping" });
});

test("convex network-test reaches everything that clients need", async () => {
  const result = await cli("network-test");
  expect(result.code, result.output).toBe(0);
  expect(result.output).toContain("WebSocket connection established");
  expect(result.output).toContain("echo 4 MiB");
  expect(result.output).toContain("Network test passed");
});

test("convex deploy runs a build with the deployment's address, before it pushes", async () => {
  const build = "node -e \"require('fs').writeFileSync('built', process.env.VITE_CONVEX_URL)\"";
  const flags = ["--cmd", build, "--cmd-url-env-var-name", "VITE_CONVEX_URL", "--yes"];
  const result = await cli("deploy", "--typecheck", "disable", "--codegen", "disable", ...flags);
  expect(result.code, result.output).toBe(0);
  expect(readFileSync(path.join(project.dir, "built"), "utf8")).toBe(backend.url);
});

describe("logs", () => {
  test("convex logs follows executions, console lines and failures", async () => {
    const logs = follow("logs", "--history", "10", "--success");
    try {
      await vi.waitFor(() => expect(logs.output()).toContain("Watching logs"), WAIT);
      await vi.waitFor(async () => {
        await http.query(query("app:hello"), {});
        await http.mutation(mutation("app:fail"), {}).catch(() => undefined);
        const output = logs.output();
        expect(output).toContain("'said hello' {");
        expect(output).toContain("Q(app:hello)");
        expect(output).toContain("about to fail");
        expect(output).toContain("failed on purpose");
      }, WAIT);
    } finally {
      logs.stop();
    }
  });

  test("convex logs --jsonl gives what was, and what comes, one object a line", async () => {
    await http.mutation(mutation("app:fail"), {}).catch(() => undefined);
    const logs = follow("logs", "--history", "5", "--success", "--jsonl");
    const logged = (identifier: string) =>
      logs
        .output()
        .split("\n")
        .filter((line) => line.startsWith("{") && line.endsWith("}"))
        .map((line) => JSON.parse(line) as { identifier: string; kind: string; error: string | null })
        .find((entry) => entry.identifier === identifier && entry.kind === "Completion");
    try {
      await vi.waitFor(() => expect(logged("app:fail")?.error).toContain("failed on purpose"), WAIT);
      await http.action(action("app:settingInAction"), { name: "KEPT" });
      await vi.waitFor(() => expect(logged("app:settingInAction")).toMatchObject({ error: null }), WAIT);
    } finally {
      logs.stop();
    }
  });

  test("the terminal shows one line per execution, console lines and the failure below it", async () => {
    await http.mutation(mutation("app:fail"), {}).catch(() => undefined);
    await vi.waitFor(() => {
      const lines = backend.output().split("\n");
      const at = lines.findLastIndex((line) => / mutation app:fail \d+ ms \[[0-9a-f]+\]$/.test(line));
      expect(at).toBeGreaterThan(-1);
      expect(lines[at + 1]).toBe("    [WARN] 'about to fail'");
      expect(lines[at + 2]).toContain("    failed: Uncaught Error: failed on purpose");
    }, WAIT);
  });
});
