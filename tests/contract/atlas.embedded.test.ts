/** Atlas on a real deployment: sources of every kind, answers by search alone and by a model of either protocol, and models that misbehave. */
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import type { FunctionReturnType } from "convex/server";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { runAsAdmin, setEnvironment } from "../helpers/admin";
import { startBackend } from "../helpers/embedded";
import type { Backend as Process } from "../helpers/embedded";
import { ModelServer } from "../helpers/model-server";
import { productProject } from "../helpers/product";
import { ENVIRONMENT, PASSWORD, newVisitorKey } from "./backend/backend";

const SLOW = { timeout: 60_000, interval: 100 };
const QUESTION = "How many days do I have for returns?";
const ARTICLE =
  "# Returns\n\nYou have 30 days for returns. Returns are free.\n\n# Shipping\n\nWe ship to Ghana in five days.";

let backend: Process;
let project: ReturnType<typeof productProject>;
let http: ConvexHttpClient;
let live: ConvexClient;
const server = new ModelServer();
let baseUrl: string;
let owner: { sessionToken: string };
let brand: { brandId: Id<"brands">; widgetId: string };

beforeAll(async () => {
  baseUrl = await server.start();
  project = productProject({});
  backend = await startBackend();
  await setEnvironment(backend, { ...ENVIRONMENT, PRAXTALK_MODEL_ALLOW_CIDRS: "127.0.0.1/32" });
  await backend.push(project.dir);
  http = new ConvexHttpClient(backend.url, { logger: false });
  live = new ConvexClient(backend.url, { logger: false });
  const made = (await runAsAdmin(backend, "setup:provision", {
    workspace: "Kettle Row",
    name: "Ada",
    email: "ada@kettle.test",
    password: PASSWORD,
  })) as { sessionToken: string; brandId: Id<"brands">; widgetId: string };
  owner = { sessionToken: made.sessionToken };
  brand = { brandId: made.brandId, widgetId: made.widgetId };
  await http.mutation(api.atlas.updateBrandSettings, { ...owner, brandId: brand.brandId, mode: "answer" });
  await indexed(
    await http.mutation(api.knowledge.create, {
      ...owner,
      brandId: brand.brandId,
      kind: "article",
      title: "Help",
      text: ARTICLE,
      url: "https://kettle.test/help",
    }),
  );
});
afterAll(async () => {
  await live?.close();
  await backend?.stop();
  await server.stop();
  project?.remove();
});

const sources = () => http.query(api.knowledge.list, { ...owner, brandId: brand.brandId });

async function indexed({ sourceId }: { sourceId: Id<"knowledgeSources"> }) {
  await vi.waitFor(async () => {
    const source = (await sources()).find(({ _id }) => _id === sourceId);
    expect(source?.status).not.toBe("indexing");
  }, SLOW);
  return (await sources()).find(({ _id }) => _id === sourceId)!;
}

type Run = NonNullable<FunctionReturnType<typeof api.atlas.latestRun>>;

/** Asks in a new conversation and waits for the run to end. */
async function ask(message: string): Promise<{ run: Run; texts: string[] }> {
  const visitorKey = newVisitorKey();
  const key = { widgetId: brand.widgetId, visitorKey };
  const { conversationId } = await http.mutation(api.visitors.identifyAndStartConversation, {
    ...key,
    name: "Maya",
    message,
  });
  const run = await vi.waitFor(async () => {
    const latest = await http.query(api.atlas.latestRun, { ...owner, conversationId });
    if (latest === null || latest.status === "running") throw new Error("It runs.");
    return latest;
  }, SLOW);
  const rows = await http.query(api.visitors.listMessagesForVisitor, { ...key, conversationId });
  return { run, texts: rows.map(({ body }) => body) };
}

const setModel = (fields = {}) =>
  http.action(api.atlas.setModel, { ...owner, protocol: "openai", baseUrl, model: "m", ...fields });

async function upload(
  fileName: string,
  bytes: string | Buffer<ArrayBuffer>,
): Promise<{ sourceId: Id<"knowledgeSources"> }> {
  const url = await http.mutation(api.knowledge.generateUploadUrl, owner);
  const response = await fetch(url, { method: "POST", body: bytes });
  const { storageId } = (await response.json()) as { storageId: Id<"_storage"> };
  return await http.mutation(api.knowledge.addFile, {
    ...owner,
    brandId: brand.brandId,
    storageId,
    fileName,
  });
}

const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 144]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj
4 0 obj<</Length 60>>stream
BT /F1 18 Tf 10 100 Td (The warranty covers whistles) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>`;

describe("without a model", () => {
  it("a strong match is answered with the passage, word for word, and its source", async () => {
    const { run, texts } = await ask(QUESTION);
    expect(run).toMatchObject({ status: "answered", model: null });
    expect(texts).toEqual([
      QUESTION,
      "“You have 30 days for returns. Returns are free.”\n\nHelp: https://kettle.test/help",
    ]);
  });

  it("however fast the visitor writes, all of it gets one answer", async () => {
    const key = { widgetId: brand.widgetId, visitorKey: newVisitorKey() };
    const first = { ...key, name: "Maya", message: "Tell me" };
    const { conversationId } = await http.mutation(api.visitors.identifyAndStartConversation, first);
    await Promise.all(
      ["how many days", "do I have", "for returns?"].map((body) =>
        http.mutation(api.visitors.sendVisitorMessage, { ...key, conversationId, body }, { skipQueue: true }),
      ),
    );
    await vi.waitFor(async () => {
      const latest = await http.query(api.atlas.latestRun, { ...owner, conversationId });
      expect(latest?.status).toBe("answered");
    }, SLOW);
    const rows = await http.query(api.visitors.listMessagesForVisitor, { ...key, conversationId });
    expect(rows.map(({ role }) => role)).toEqual([...Array<string>(4).fill("visitor"), "atlas"]);
    const paginationOpts = { numItems: 50, cursor: null };
    const { page } = await http.query(api.atlas.listRuns, {
      ...owner,
      brandId: brand.brandId,
      paginationOpts,
    });
    expect(page.filter((run) => run.conversationId === conversationId)).toHaveLength(1);
  });

  it("anything else is handed over", async () => {
    const { run, texts } = await ask("Do you have jobs for accountants?");
    expect(run).toMatchObject({ status: "handed_over" });
    expect(texts).toHaveLength(1);
  });

  it.each([
    ["care.md", "# Descaling\n\nUse vinegar for descaling."],
    ["care.txt", "Use vinegar for descaling."],
    [
      "care.html",
      "<html><script>alert(1)</script><h1>Descaling</h1><p>Use vinegar for <b>descaling</b>.</p></html>",
    ],
    ["warranty.pdf", PDF],
  ])("%s becomes a source", async (fileName, bytes) => {
    const source = await indexed(await upload(fileName, bytes));
    expect(source).toMatchObject({ status: "indexed", kind: "file", fileName });
    expect(source.chunkCount).toBeGreaterThan(0);
    const { text } = (await http.query(api.knowledge.get, { ...owner, sourceId: source._id }))!;
    expect(text).toMatch(/descaling|whistles/i);
    expect(text).not.toContain("alert");
    await http.mutation(api.knowledge.remove, { ...owner, sourceId: source._id });
  });

  it.each([
    ["broken.pdf", "no pdf"],
    ["empty.txt", "  \n "],
    ["binary.txt", Buffer.from([0xff, 0xfe, 0x80])],
  ])("%s is refused with a reason", async (fileName, bytes) => {
    const source = await indexed(await upload(fileName, bytes));
    expect(source).toMatchObject({ status: "failed", chunkCount: 0 });
    expect(source.error).toMatch(/\w/);
    await http.mutation(api.knowledge.remove, { ...owner, sourceId: source._id });
  });

  it("a change is quoted once it is indexed, and what was there before no more", async () => {
    const [help] = await sources();
    const text = ARTICLE.replace("30 days", "45 days");
    await http.mutation(api.knowledge.update, { ...owner, sourceId: help!._id, text });
    await indexed({ sourceId: help!._id });
    expect((await ask(QUESTION)).texts[1]).toContain("45 days");
    await http.mutation(api.knowledge.update, { ...owner, sourceId: help!._id, text: ARTICLE });
    await indexed({ sourceId: help!._id });
  });
});

describe.each(["openai", "anthropic"] as const)("with a model that speaks %s", (protocol) => {
  const GOOD = "You have 30 days for returns. [1] Returns are free. [1]";
  beforeAll(() => setModel({ protocol, apiKey: "sk-secret", inputPrice: 1, outputPrice: 10 }));
  afterAll(() => http.mutation(api.atlas.removeModel, owner));

  it("answers from the passages, tells tokens and cost, and keeps the key to itself", async () => {
    server.behave({ say: GOOD });
    const { run, texts } = await ask(QUESTION);
    expect(run).toMatchObject({
      status: "answered",
      model: "m",
      inputTokens: 120,
      outputTokens: 30,
      cost: 0.00042,
    });
    expect(texts[1]).toBe(
      "You have 30 days for returns. Returns are free.\n\nHelp: https://kettle.test/help",
    );
    const [request] = server.requests;
    expect(request?.body).toContain("You have 30 days for returns.");
    expect(JSON.stringify(request?.headers)).toContain("sk-secret");
    expect(JSON.stringify(await http.query(api.atlas.getConfig, owner))).not.toContain("sk-secret");
  });

  it.each([
    ["makes things up", { say: "You have 900 days for returns. [1]" }, "unsupported"],
    ["cites nothing", { say: "You have 30 days for returns." }, "unsupported"],
    ["declines", { say: "NO_ANSWER" }, "declined"],
    ["is down", { status: 500 }, "model_error"],
    ["limits the rate", { status: 429 }, "model_error"],
    ["drops the connection", { cut: "You have 30" }, null],
    ["speaks another language", { raw: "<html>Welcome</html>" }, null],
  ] as const)("that %s nothing is posted", async (_name, behaviour, reason) => {
    server.behave(behaviour);
    const { run, texts } = await ask(QUESTION);
    expect(run.status).toBe("handed_over");
    if (reason !== null) expect(run.reason).toBe(reason);
    expect(texts).toHaveLength(1);
  });

  it("a refusal that passes is tried again", async () => {
    server.behave({ status: 503, times: 1, then: GOOD });
    expect((await ask(QUESTION)).run.status).toBe("answered");
  });
});

describe("with a model", () => {
  beforeAll(() => setModel({ apiKey: null }));
  afterAll(() => http.mutation(api.atlas.removeModel, owner));

  it("a person who comes while it writes stops it, and it posts nothing", async () => {
    server.behave({ stall: "You have 30 days for returns. [1] Returns are free. [1] And" });
    const key = { widgetId: brand.widgetId, visitorKey: newVisitorKey() };
    const { conversationId } = await http.mutation(api.visitors.identifyAndStartConversation, {
      ...key,
      name: "Noor",
      message: QUESTION,
    });
    const shown: string[] = [];
    live.onUpdate(api.visitors.getTeamState, { ...key, conversationId }, (team) => {
      if (team?.writing) shown.push(team.writing);
    });
    await vi.waitFor(() => expect(shown).not.toEqual([]), SLOW);
    expect(shown[0]).toBe("You have 30 days for returns. Returns are free.");
    await http.mutation(api.messages.send, { ...owner, conversationId, body: "I am here." });
    const rows = await http.query(api.visitors.listMessagesForVisitor, { ...key, conversationId });
    expect(rows.map(({ role }) => role)).toEqual(["visitor", "operator"]);
  });

  it("an address that is not opened is refused", async () => {
    await expect(setModel({ baseUrl: "http://10.0.0.1/v1" })).rejects.toMatchObject({
      data: { code: "VALIDATION" },
    });
    await expect(setModel({ baseUrl: "ftp://x" })).rejects.toMatchObject({ data: { code: "VALIDATION" } });
  });

  it("what means the same is found without a word in common, once there is an embedding model", async () => {
    server.topicOf = (text) => (/voyage|oversea|ghana/i.test(text) ? 1 : 0);
    server.embedding = { status: 400 };
    await setModel({ embeddingModel: "e" });
    const [help] = await vi.waitFor(async () => {
      const found = await sources();
      expect(found).toMatchObject([{ status: "indexed", textOnly: { reason: "Not now." } }]);
      return found;
    }, SLOW);
    server.embedding = "good";
    await http.mutation(api.knowledge.retry, { ...owner, sourceId: help!._id });
    await vi.waitFor(async () => expect(await sources()).toMatchObject([{ textOnly: null }]), SLOW);
    server.behave({ say: "We ship to Ghana in five days. [1]" });
    const { run } = await ask("Is a voyage oversea possible?");
    expect(run).toMatchObject({ status: "answered", passages: [{ heading: "Help › Shipping" }] });
  });

  it("follows the brand's instructions in how it speaks", async () => {
    const { brandId } = brand;
    const instructions = "Say “we”, and be brief.";
    await http.mutation(api.atlas.updateBrandSettings, { ...owner, brandId, instructions });
    server.behave({ say: "You have 30 days for returns. [1]" });
    await ask(QUESTION);
    expect(JSON.stringify(server.requests.map(({ body }) => body))).toContain(instructions);
    await http.mutation(api.atlas.updateBrandSettings, { ...owner, brandId, instructions: "" });
  });

  it("asks again with changed knowledge, posts nothing of it, and remembers what it was asked again for", async () => {
    await http.mutation(api.atlas.removeModel, owner);
    const { run } = await ask("Do you repair lids?");
    expect(run.status).toBe("handed_over");
    const { brandId } = brand;
    const lids = { kind: "article" as const, title: "Lids", text: "We repair lids of any age." };
    const source = await indexed(await http.mutation(api.knowledge.create, { ...owner, brandId, ...lids }));
    const { runId } = await http.mutation(api.atlas.replayRun, { ...owner, runId: run._id });
    const again = await vi.waitFor(async () => {
      const replay = await http.query(api.atlas.getRun, { ...owner, runId });
      if (replay?.status !== "evaluated") throw new Error("It runs.");
      return replay;
    }, SLOW);
    expect(again).toMatchObject({
      replayOf: run._id,
      reason: null,
      answer: "“We repair lids of any age.” [1]",
    });
    expect(again.passages[0]).toMatchObject({ sourceId: source._id, cited: true });
    const { conversationId } = run;
    const rows = await http.query(api.messages.listByConversation, {
      ...owner,
      conversationId: conversationId!,
    });
    expect(rows.filter(({ role }) => role === "atlas")).toEqual([]);
    await http.mutation(api.knowledge.remove, { ...owner, sourceId: source._id });
  });
});
