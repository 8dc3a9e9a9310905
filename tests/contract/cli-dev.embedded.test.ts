/** `convex dev` while it watches: changes, errors and their repair, another developer's push, a restart of the backend. */
import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import { ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import {
  convexProject,
  query,
  REPOSITORY,
  startBackend,
  type Backend,
  type ConvexProject,
} from "../helpers/embedded";

const WAIT = { timeout: 30_000, interval: 100 };
const version = (text: string) => `
import { query } from "./_generated/server";
export const version = query({ args: {}, handler: async () => "${text}" });
`;
const TSCONFIG = JSON.stringify({
  compilerOptions: {
    target: "ESNext",
    module: "ESNext",
    moduleResolution: "Bundler",
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
  },
  include: ["./**/*"],
  exclude: ["./_generated"],
});

let backend: Backend;
let project: ConvexProject;
let dev: ChildProcess;
let output = "";

beforeAll(async () => {
  backend = await startBackend();
  project = convexProject({ "app.ts": version("one"), "tsconfig.json": TSCONFIG });
  dev = spawn(
    process.execPath,
    [path.join(REPOSITORY, "node_modules/convex/bin/main.js"), "dev", "--tail-logs", "disable"],
    {
      cwd: project.dir,
      env: {
        ...process.env,
        CONVEX_SELF_HOSTED_URL: backend.url,
        CONVEX_SELF_HOSTED_ADMIN_KEY: backend.adminKey,
        NO_COLOR: "1",
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const collect = (chunk: Buffer) => (output += chunk.toString());
  dev.stdout?.on("data", collect);
  dev.stderr?.on("data", collect);
  await untilReady(() => answers("one"));
});
afterAll(async () => {
  dev.kill("SIGKILL");
  project.remove();
  await backend.stop();
});

const answers = async (text: string) => {
  const http = new ConvexHttpClient(backend.url, { logger: false });
  expect(await http.query(query("app:version"), {}), output).toBe(text);
};
/** Also waits until it has said that it watches: a change before that may be taken for part of the last push. */
async function untilReady(condition: () => Promise<void>): Promise<void> {
  await vi.waitFor(async () => {
    expect(output).toContain("Convex functions ready!");
    await condition();
  }, WAIT);
  output = "";
}

test("pushes a changed function, with generated types for a new file", async () => {
  project.write({ "app.ts": version("two"), "more.ts": version("more") });
  await untilReady(() => answers("two"));
  expect(project.read("_generated/api.d.ts")).toContain("more: typeof more");
});

test("says what is wrong with the code, lets the old one serve, and pushes the repair", async () => {
  project.write({ "app.ts": `${version("broken")}\nconst wrong: number = "text"; export { wrong };` });
  await vi.waitFor(() => expect(output).toContain("is not assignable to type 'number'"), WAIT);
  await answers("two");
  project.write({ "app.ts": version("three") });
  await untilReady(() => answers("three"));
});

test("goes on after a restart of the backend, and after another developer's push", async () => {
  await backend.restart();
  const other = convexProject({
    "app.ts": version("theirs")
      .replace("./_generated/server", "convex/server")
      .replace("{ query }", "{ queryGeneric as query }"),
  });
  await backend.push(other.dir);
  other.remove();
  await answers("theirs");
  project.write({ "app.ts": version("mine") });
  await untilReady(() => answers("mine"));
});
