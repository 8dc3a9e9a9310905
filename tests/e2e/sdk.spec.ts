/** The SDK as its users get it: the packed tarball, in Node and in Chromium, against a running instance. */
import { execFile, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { ConvexClient } from "convex/browser";
import type { ConvexHttpClient } from "convex/browser";
import type { FunctionReference } from "convex/server";
import { build, transform } from "esbuild";
import { api } from "../../convex/_generated/api";
import { expectAccessible } from "../helpers/accessible";
import { OWNER_PASSWORD } from "../helpers/app";
import type { Provisioned } from "../helpers/app";
import { startCuttableProxy } from "../helpers/cuttable-proxy";
import { httpClient, startConversation, textsOf } from "../helpers/dashboard";
import { REPOSITORY } from "../helpers/embedded";
import { serveHostPage } from "../helpers/host-page";
import { installSdk } from "../helpers/sdk-project";
import type { SdkProject } from "../helpers/sdk-project";
import type { Scenario, useSdk } from "../helpers/sdk-scenario";
import { sharedApp } from "../helpers/shared-app";
import { expect, test } from "../helpers/test";

const run = promisify(execFile);
const BUDGET = 3 * 1024;

let sdk: SdkProject;
let project: string;
let cli: string;
let workspace: Provisioned;
let token: string;
let http: ConvexHttpClient;

test.beforeAll(async () => {
  sdk = await installSdk();
  project = sdk.dir;
  cli = path.join(sdk.packageDir, "dist/cli.js");
  workspace = await sharedApp().provision("Software");
  http = httpClient(sharedApp());
  token = (await mint()).token;
});
test.afterAll(() => sdk?.remove());

const mint = ({ sessionToken = workspace.sessionToken, lifetime = 3_600_000 } = {}) =>
  http.action(api.agentTokens.create, {
    sessionToken,
    name: "CRM",
    access: "reply",
    brands: "all",
    expiresAt: Date.now() + lifetime,
  });

/** A token of somebody else in the team. */
async function mintForColleague(): Promise<string> {
  const { inviteToken } = await http.action(api.invites.send, {
    sessionToken: workspace.sessionToken,
    email: "noor@software.test",
    role: "agent",
  });
  const joined = { token: inviteToken, name: "Noor", password: OWNER_PASSWORD };
  const { sessionToken } = await http.action(api.invites.accept, joined);
  return (await mint({ sessionToken })).token;
}

const env = (): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH ?? "",
  PRAXTALK_CONVEX_URL: sharedApp().convexUrl,
  PRAXTALK_TOKEN: token,
});
const praxtalk = (...args: string[]) =>
  run(process.execPath, [cli, ...args], { env: env(), timeout: 30_000 });

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

test("the stock client has all the functions that the documentation names", async () => {
  const { conversationId } = await startConversation(sharedApp(), workspace, { name: "Ola" });
  const client = new ConvexClient(sharedApp().convexUrl, { logger: false });
  const called = ["conversations:listInbox"];
  const as = <Kind extends "query" | "mutation">(name: string) => {
    called.push(name);
    return name as unknown as FunctionReference<Kind>;
  };
  const ask = (name: string, args: object = {}) =>
    client.query(as<"query">(name), { sessionToken: token, ...args }) as Promise<unknown>;
  const change = (name: string, args: object) =>
    client.mutation(as<"mutation">(name), { sessionToken: token, ...args }) as Promise<unknown>;
  const of = { conversationId };
  await change("typing:setOperatorTyping", { ...of, isTyping: true });
  await change("presence:heartbeat", { ...of, isHere: true });
  await change("messages:send", { ...of, body: "It does." });
  await change("leads:create", { name: "Ola" });
  expect(await ask("messages:listByConversation", of)).toMatchObject([
    { role: "visitor" },
    { body: "It does." },
  ]);
  expect(await ask("leads:list")).toMatchObject([{ name: "Ola" }]);
  expect(await ask("brands:listMine")).toMatchObject([{ _id: workspace.brandId }]);
  expect(await ask("presence:listViewers", of)).toEqual([]);
  await change("conversations:setStatus", { ...of, status: "resolved" });
  expect(await ask("conversations:getById", of)).toMatchObject({ status: "resolved" });
  await client.close();
  const documented = readFileSync(path.join(REPOSITORY, "docs/agent-sdk.md"), "utf8");
  const names = /Beside `conversations:listInbox`[^;]*/.exec(documented)![0].match(/\w+:\w+/g);
  expect(called.sort()).toEqual(names?.sort());
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
  const following = spawn(process.execPath, [cli, "events", "--follow"], { env: env() });
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

  const { token: mine, tokenId } = await mint();
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

  await http.mutation(api.agentTokens.revoke, { sessionToken: workspace.sessionToken, tokenId });
  await expect(page.getByRole("status")).toContainText("Mint another at /app/integrations.");
  server.close();
});

/** As a program of the project, in one file: it runs the scenario on the installed package. */
async function bundleScenario(tail: string, external: string[]): Promise<string> {
  const file = JSON.stringify(path.join(REPOSITORY, "tests/helpers/sdk-scenario.ts"));
  const contents = `import * as sdk from "@praxtalk/sdk"; import { useSdk } from ${file}; ${tail}`;
  const stdin = { contents, resolveDir: project };
  const { outputFiles } = await build({ stdin, bundle: true, write: false, format: "esm", external });
  return outputFiles[0]!.text;
}

test("does the same in Node and in Chromium", async ({ page }) => {
  const colleagueToken = await mintForColleague();
  const { convexUrl: url } = sharedApp();
  const scenario = async (): Promise<Scenario> => {
    const { conversationId } = await startConversation(sharedApp(), workspace, { message: "Hello" });
    return { url, token, colleagueToken, conversationId };
  };
  const expected: Awaited<ReturnType<typeof useSdk>> = {
    newest: true,
    presence: [[], [{ name: "Noor", isViewing: true, isTyping: true }], []],
    followed: "message.created",
    sameReply: true,
    messages: ["visitor: Hello", "operator: On it"],
    paged: ["On it", "Hello"],
    assigned: true,
    statuses: ["snoozed", "resolved"],
    lead: { name: "Maya", email: null, status: "won" },
    brands: 1,
    changes: [
      "conversation.created",
      "message.created",
      "message.created",
      "conversation.status_changed",
      "conversation.status_changed",
      "lead.created",
      "lead.status_changed",
    ],
    webhook: ["lead.created", null],
    missing: null,
    refused: "NOT_FOUND",
    connection: "open",
  };
  const inNode = "console.log(JSON.stringify(await useSdk(sdk, JSON.parse(process.argv[2]))));";
  const program = path.join(project, "program.mjs");
  writeFileSync(program, await bundleScenario(inNode, ["@praxtalk/sdk"]));
  const { stdout } = await run(process.execPath, [program, JSON.stringify(await scenario())]);
  expect(JSON.parse(stdout)).toEqual(expected);

  const host = await serveHostPage("");
  await page.goto(host.url);
  const inPage = "globalThis.runScenario = (scenario) => useSdk(sdk, scenario);";
  await page.addScriptTag({ type: "module", content: await bundleScenario(inPage, []) });
  const seen = await page.evaluate(
    (given) => (globalThis as unknown as { runScenario: (scenario: Scenario) => unknown }).runScenario(given),
    await scenario(),
  );
  expect(seen).toEqual(expected);
  await host.close();
});

test("a lost connection is told, caught up with, and sends nothing twice", async () => {
  const { PraxTalk } = await sdk.load();
  const visitor = await startConversation(sharedApp(), workspace, { message: "Hello" });
  const proxy = await startCuttableProxy(sharedApp().convexUrl);
  const praxtalk = new PraxTalk({ url: proxy.url, token, client: { logger: false } });
  const conversation = praxtalk.conversation(visitor.conversationId);
  const states: string[] = [];
  praxtalk.connection.subscribe((state) => states.push(state));
  let bodies: string[] = [];
  conversation.messages.subscribe((rows) => (bodies = rows.map(({ body }) => body)));
  await expect.poll(() => bodies).toEqual(["Hello"]);

  // It arrives; that it did is lost, with the connection.
  proxy.silence();
  const first = conversation.reply("First");
  await expect.poll(() => visitor.texts()).toEqual(["Hello", "First"]);
  proxy.cut();
  await expect.poll(() => states.at(-1)).toBe("lost");
  const second = conversation.reply("Second");
  await visitor.say("Still there?");
  expect(bodies).toEqual(["Hello"]);
  proxy.mend();
  expect((await first).body).toBe("First");
  expect((await second).body).toBe("Second");
  await expect.poll(() => bodies).toEqual(["Hello", "First", "Still there?", "Second"]);
  expect(states).toEqual(["connecting", "open", "lost", "open"]);
  expect(await textsOf(sharedApp(), workspace, visitor.conversationId)).toHaveLength(4);
  await praxtalk.close();
  await proxy.close();
});

test("every open subscription ends with its token: when it is revoked, and when its time is over", async () => {
  const { PraxTalk } = await sdk.load();
  const { conversationId, say } = await startConversation(sharedApp(), workspace);
  const follow = (of: string) => {
    const praxtalk = new PraxTalk({ url: sharedApp().convexUrl, token: of, client: { logger: false } });
    const conversation = praxtalk.conversation(conversationId);
    const [calls, ends] = [new Map<string, number>(), new Map<string, string>()];
    const on = (name: string) => () => void calls.set(name, (calls.get(name) ?? 0) + 1);
    const end = (name: string) => (error: { code: string }) => void ends.set(name, error.code);
    praxtalk.inbox.subscribe({}, on("inbox"), end("inbox"));
    conversation.subscribe(on("conversation"), end("conversation"));
    conversation.messages.subscribe(on("messages"), { onError: end("messages") });
    conversation.presence.subscribe(on("presence"), end("presence"));
    praxtalk.leads.subscribe({}, on("leads"), end("leads"));
    praxtalk.brands.subscribe(on("brands"), end("brands"));
    praxtalk.events.follow(on("events"), { onError: end("events") });
    return { calls, ends, close: () => praxtalk.close() };
  };
  const long = await mint();
  const revoked = follow(long.token);
  const short = follow((await mint({ lifetime: 3_000 })).token);
  await expect.poll(() => revoked.calls.size).toBe(6);
  await say("Anybody?");
  await expect.poll(() => revoked.calls.get("events")).toBe(1);

  const { sessionToken } = workspace;
  await http.mutation(api.agentTokens.revoke, { sessionToken, tokenId: long.tokenId });
  await expect.poll(() => [...revoked.ends.values()]).toEqual(Array<string>(7).fill("UNAUTHENTICATED"));
  const before = new Map(revoked.calls);
  await expect.poll(() => short.ends.size).toBe(7);
  for (const code of short.ends.values()) expect(code).toMatch(/^(UNAUTHENTICATED|SESSION_EXPIRED)$/);
  await say("Hello?");
  expect(revoked.calls).toEqual(before);
  await Promise.all([revoked.close(), short.close()]);
});
