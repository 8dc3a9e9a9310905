/** The SDK as its users get it: the packed tarball, in Node and in Chromium, against a running instance. */
import { execFile, spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { ConvexHttpClient } from "convex/browser";
import { build, transform } from "esbuild";
import { api } from "../../convex/_generated/api";
import { buildSdk } from "../../scripts/build-sdk.mjs";
import { expectAccessible } from "../helpers/accessible";
import type { Provisioned } from "../helpers/app";
import { startConversation } from "../helpers/dashboard";
import { REPOSITORY } from "../helpers/embedded";
import { sharedApp } from "../helpers/shared-app";
import { expect, test } from "../helpers/test";

const run = promisify(execFile);
const BUDGET = 3 * 1024;

/** A project of somebody else: the tarball and convex in its node_modules, nothing of the repository. */
let project: string;
let workspace: Provisioned;
let token: string;
let http: ConvexHttpClient;

test.beforeAll(async () => {
  project = mkdtempSync(path.join(tmpdir(), "praxtalk-sdk-"));
  const sdk = path.join(project, "sdk");
  mkdirSync(sdk);
  await buildSdk(path.join(sdk, "dist"));
  cpSync(path.join(REPOSITORY, "sdk/package.json"), path.join(sdk, "package.json"));
  await run("npm", ["pack", "--silent", "--pack-destination", project], { cwd: sdk });
  const tarball = readdirSync(project).find((file) => file.endsWith(".tgz"))!;
  const installed = path.join(project, "node_modules/@praxtalk/sdk");
  mkdirSync(installed, { recursive: true });
  await run("tar", ["-xzf", path.join(project, tarball), "-C", installed, "--strip-components=1"]);
  for (const name of ["convex", "typescript", "@types"]) {
    symlinkSync(path.join(REPOSITORY, "node_modules", name), path.join(project, "node_modules", name));
  }
  writeFileSync(path.join(project, "package.json"), JSON.stringify({ type: "module" }));

  workspace = await sharedApp().provision("Software");
  http = new ConvexHttpClient(sharedApp().convexUrl, { logger: false });
  token = await mint({ access: "reply" });
});
test.afterAll(() => rmSync(project, { recursive: true, force: true }));

async function mint({ access }: { access: "read" | "reply" }): Promise<string> {
  const made = await http.action(api.agentTokens.create, {
    sessionToken: workspace.sessionToken,
    name: "CRM",
    access,
    brands: "all",
    expiresAt: Date.now() + 3_600_000,
  });
  return made.token;
}

const env = () => ({
  PATH: process.env.PATH ?? "",
  PRAXTALK_CONVEX_URL: sharedApp().convexUrl,
  PRAXTALK_TOKEN: token,
});
const praxtalk = (...args: string[]) =>
  run(process.execPath, [path.join(project, "node_modules/@praxtalk/sdk/dist/cli.js"), ...args], {
    env: env(),
    timeout: 30_000,
  });

test("is under 3 KB beside convex", async () => {
  const entry = { contents: 'export * from "@praxtalk/sdk"', resolveDir: project };
  const { outputFiles } = await build({
    stdin: entry,
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    external: ["convex/*"],
  });
  const bytes = gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
  test.info().annotations.push({ type: "bytes", description: `${bytes}` });
  expect(bytes).toBeLessThanOrEqual(BUDGET);
});

test("the stock client follows the inbox with the snippet of the documentation", async () => {
  const text = readFileSync(path.join(REPOSITORY, "docs/agent-sdk.md"), "utf8");
  const snippet = /```ts stock\n([\s\S]*?)```/.exec(text)![1]!.replace("<operator token>", token);
  const file = path.join(project, "stock.mjs");
  const renderInbox = `const seen = new Set();
function renderInbox(rows) { console.log(rows.map((row) => row.visitor?.name).join()); }\n`;
  // Imports come first in a module; the snippet begins with its own.
  const { code } = await transform(snippet, { loader: "ts" });
  writeFileSync(file, code + renderInbox);
  const child = spawn(process.execPath, [file], { cwd: project, env: env() });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  await startConversation(sharedApp(), workspace, { name: "Noor", message: "Anybody there?" });
  expect((await lines.next()).value).toContain("Noor");
  child.kill();
});

test("types hold under the strictest resolution, Node's own", async () => {
  writeFileSync(
    path.join(project, "typed.ts"),
    `import { PraxTalk, webhooks, type Conversation } from "@praxtalk/sdk";
const praxtalk = new PraxTalk({ url: "http://127.0.0.1:3210", token: "pta_" });
praxtalk.inbox.subscribe({ status: "open", brand: "b" }, (rows: Conversation[]) => rows[0]?.visitor.name);
praxtalk.conversation("c").presence.subscribe((presence) => presence?.operators[0]?.isTyping && presence.visitor.isTyping);
// @ts-expect-error there is no such status
praxtalk.inbox.subscribe({ status: "done" }, () => {});
const event = await webhooks.verify("whsec_", "t=1,v1=", "{}");
if (event?.type === "message.created") event.data.body.toUpperCase();
`,
  );
  const flags = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2023", "--types", "node"];
  const args = [...flags, "--module", "nodenext", "--moduleResolution", "nodenext", "typed.ts"];
  await run(process.execPath, [path.join(project, "node_modules/typescript/bin/tsc"), ...args], {
    cwd: project,
  });
});

test("the command line lists, answers once, notes, closes and follows", async () => {
  const { conversationId } = await startConversation(sharedApp(), workspace, {
    name: "Ines",
    message: "Is it blue?",
  });
  expect((await praxtalk("inbox")).stdout).toMatch(new RegExp(`${conversationId} .*Ines .*Is it blue\\?`));
  const following = spawn(
    process.execPath,
    [path.join(project, "node_modules/@praxtalk/sdk/dist/cli.js"), "events", "--follow"],
    { env: env() },
  );
  const lines = createInterface({ input: following.stdout })[Symbol.asyncIterator]();
  await praxtalk("reply", conversationId, "It is", "blue.");
  await praxtalk("note", conversationId, "Colour again");
  await praxtalk("status", conversationId, "resolved");
  const messages = (await praxtalk("messages", conversationId)).stdout;
  expect(messages).toContain("It is blue.");
  expect(messages).not.toContain("Colour again");
  // What was there before the following began is not followed: the first line is of this test's own change or later.
  const { event, cursor } = JSON.parse((await lines.next()).value as string) as {
    event: { type: string; id: string };
    cursor: string;
  };
  following.kill("SIGINT");
  expect(event.type).toMatch(/^(message\.created|conversation\.status_changed)$/);
  const rest = (await praxtalk("events", "--after", cursor)).stdout.trim().split("\n");
  const types = rest.filter(Boolean).map((line) => (JSON.parse(line) as { event: { id: string } }).event.id);
  expect(types).not.toContain(event.id);

  const wrong = await praxtalk("reply", conversationId).catch(
    (error: { code: number; stderr: string }) => error,
  );
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("The text is missing.") });
  const foreign = await praxtalk("reply", "nothing", "x").catch(
    (error: { code: number; stderr: string }) => error,
  );
  expect(foreign).toMatchObject({ code: 1, stderr: expect.stringContaining("(NOT_FOUND)") });
});

test("the example shows a live inbox in a page, answers from it, and says when its token was revoked", async ({
  page,
}) => {
  const source = path.join(REPOSITORY, "examples/crm");
  expect(readFileSync(path.join(source, "main.ts"), "utf8").trim().split("\n").length).toBeLessThanOrEqual(
    50,
  );
  const { outputFiles } = await build({
    stdin: {
      contents: readFileSync(path.join(source, "main.ts"), "utf8"),
      resolveDir: project,
      loader: "ts",
    },
    bundle: true,
    write: false,
    format: "esm",
  });
  const files: Record<string, [type: string, body: string]> = {
    "/": ["text/html", readFileSync(path.join(source, "index.html"), "utf8")],
    "/dist/main.js": ["text/javascript", outputFiles[0]!.text],
  };
  const server = createServer((request, response) => {
    const [type, body] = files[request.url ?? ""] ?? ["text/plain", ""];
    response.writeHead(200, { "Content-Type": type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const mine = await mint({ access: "reply" });
  const { port } = server.address() as AddressInfo;
  const { convexUrl } = sharedApp();
  await page.goto(`http://127.0.0.1:${port}/#url=${encodeURIComponent(convexUrl)}&token=${mine}`);
  const { conversationId } = await startConversation(sharedApp(), workspace, {
    name: "Zoe",
    message: "Do you ship?",
  });
  const row = page.getByRole("listitem").filter({ hasText: "Zoe" });
  await expect(row).toContainText("Do you ship?");
  await expectAccessible(page);
  await page.getByLabel("Reply to Zoe").fill("We do.");
  await page.getByLabel("Reply to Zoe").press("Enter");
  await expect(row).toContainText("We do.");
  await expect(row).not.toContainText("waits");
  const messages = await http.query(api.messages.listByConversation, {
    sessionToken: workspace.sessionToken,
    conversationId,
  });
  expect(messages.map(({ body }) => body)).toEqual(["Do you ship?", "We do."]);

  const tokens = await http.query(api.agentTokens.list, { sessionToken: workspace.sessionToken });
  const { _id: tokenId } = tokens.find(({ prefix }) => mine.startsWith(prefix))!;
  await http.mutation(api.agentTokens.revoke, { sessionToken: workspace.sessionToken, tokenId });
  await expect(page.getByRole("status")).toContainText("Mint another at /app/integrations.");
  server.close();
});
