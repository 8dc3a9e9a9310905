// @vitest-environment node
/** Vectors from an endpoint that fails: what it costs is that sources are found by their words alone for a while. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { api, internal } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import type { KnowledgeRow } from "../../../../convex/validators/atlas";
import { ENVIRONMENT } from "../../../contract/backend/backend";
import { ModelServer } from "../../../helpers/model-server";
import type { EmbeddingBehaviour } from "../../../helpers/model-server";
import { useVirtualTime } from "../../../helpers/virtual-time";
import { makeScene } from "./scene";
import type { Scene } from "./scene";

const MINUTE = 60_000;
const QUESTION = "How long is the voyage?";
const TEXT = "Teapots sail for nine days.";
// At once, where a 500 would be tried again by the client.
const DOWN = { status: 400 } as const;

const server = new ModelServer();
let baseUrl: string;
beforeAll(async () => {
  baseUrl = await server.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  Object.assign(process.env, ENVIRONMENT, { PRAXTALK_MODEL_ALLOW_CIDRS: "127.0.0.1/32" });
  server.embedding = "good";
  server.topicOf = (text) => (/voyage|sail/i.test(text) ? 1 : 0);
  useVirtualTime();
  return () => void vi.useRealTimers();
});

async function modelled(embeddingModel: string | undefined = "e"): Promise<Scene> {
  const scene = await makeScene();
  await setModel(scene, embeddingModel);
  return scene;
}

async function setModel(scene: Scene, embeddingModel?: string): Promise<void> {
  const sessionToken = await scene.login();
  const model = { protocol: "openai" as const, baseUrl, model: "m", apiKey: null };
  await scene.t.action(api.atlas.setModel, { sessionToken, ...model, embeddingModel });
}

/** A new article, indexed. */
async function article(scene: Scene): Promise<Id<"knowledgeSources">> {
  const { sourceId } = await scene.t.mutation(api.knowledge.create, {
    ...{ sessionToken: await scene.login(), brandId: scene.ids.brandId },
    ...{ kind: "article", title: "Delivery", text: TEXT },
  });
  await scene.t.action(internal.atlasRunner.index, { sourceId });
  return sourceId;
}

async function row(scene: Scene, sourceId: Id<"knowledgeSources">): Promise<KnowledgeRow> {
  const sessionToken = await scene.login();
  const rows = await scene.t.query(api.knowledge.list, { sessionToken, brandId: scene.ids.brandId });
  return rows.find(({ _id }) => _id === sourceId)!;
}

/** The tries at vectors that have begun, oldest first. */
async function tries(scene: Scene) {
  const jobs = await scene.t.run((ctx) => ctx.db.system.query("_scheduled_functions").collect());
  return jobs
    .filter(({ name }) => name === "atlasRunner:embedSource")
    .map(({ args }) => (args as [{ sourceId: Id<"knowledgeSources">; run: number }])[0]);
}

/** Begins what is due and carries it out; how many that were. */
async function sweep(scene: Scene): Promise<number> {
  const before = (await tries(scene)).length;
  await scene.t.mutation(internal.embeddings.sweep, {});
  const begun = (await tries(scene)).slice(before);
  for (const each of begun) await scene.t.action(internal.atlasRunner.embedSource, each);
  return begun.length;
}

async function quotable(scene: Scene): Promise<string[]> {
  const { brandId } = scene.ids;
  const found = await scene.t.query(internal.knowledge.search, { brandId, query: "teapots", alike: [] });
  return found.map(({ text }) => text);
}

const retry = async (scene: Scene, sourceId: Id<"knowledgeSources">) =>
  await scene.t.mutation(api.knowledge.retry, { sessionToken: await scene.login(), sourceId });

/** What Atlas makes of a question, from the visitor's turn to the end of the run. */
async function ask(scene: Scene) {
  await scene.say(QUESTION);
  const run = await scene.begin();
  server.behave({ say: `${TEXT} [1]` });
  await scene.t.action(internal.atlasRunner.run, { runId: run!._id });
  return (await scene.run())!;
}

/** The question shares no word with the text. convex-test cannot compare vectors beside passages that have none. */
async function askByMeaning(scene: Scene) {
  await scene.t.run(async ({ db }) => {
    for (const { _id, embedding } of await db.query("knowledgeChunks").collect()) {
      if (embedding === undefined) await db.delete("knowledgeChunks", _id);
    }
  });
  return await ask(scene);
}

describe("an endpoint that fails", () => {
  it("leaves a source that is found by its words at once, and says why and until when", async () => {
    const scene = await modelled();
    server.embedding = DOWN;
    const sourceId = await article(scene);
    expect(await row(scene, sourceId)).toMatchObject({
      ...{ status: "indexed", error: null, chunkCount: 1 },
      textOnly: { reason: "Not now.", retryAt: Date.now() + MINUTE },
    });
    expect(await quotable(scene)).toEqual([TEXT]);
  });

  it("is tried again after growing delays, and in the end by people alone", async () => {
    const scene = await modelled();
    server.embedding = DOWN;
    const sourceId = await article(scene);
    for (const minutes of [1, 5, 30, 120, 720]) {
      const { textOnly } = await row(scene, sourceId);
      expect(textOnly).toEqual({ reason: "Not now.", retryAt: Date.now() + minutes * MINUTE });
      vi.setSystemTime(textOnly!.retryAt! - 1);
      expect(await sweep(scene)).toBe(0);
      vi.setSystemTime(textOnly!.retryAt!);
      expect(await sweep(scene)).toBe(1);
      expect(await quotable(scene)).toEqual([TEXT]);
    }
    expect((await row(scene, sourceId)).textOnly).toEqual({ reason: "Not now.", retryAt: null });
    vi.setSystemTime(Date.now() + 7 * 24 * 60 * MINUTE);
    expect(await sweep(scene)).toBe(0);

    await retry(scene, sourceId);
    expect((await row(scene, sourceId)).textOnly).toEqual({ reason: null, retryAt: null });
    expect(await sweep(scene)).toBe(1);
    expect((await row(scene, sourceId)).textOnly).toMatchObject({ retryAt: Date.now() + MINUTE });
    server.embedding = "good";
    await retry(scene, sourceId);
    expect(await sweep(scene)).toBe(1);
    expect(await row(scene, sourceId)).toMatchObject({ status: "indexed", textOnly: null });
    const answered = { status: "answered", passages: [{ sourceId }] };
    expect(await askByMeaning(scene)).toMatchObject(answered);
  });

  it("is asked once, however often people try while it is", async () => {
    const scene = await modelled();
    server.embedding = DOWN;
    const sourceId = await article(scene);
    await retry(scene, sourceId);
    await scene.t.mutation(internal.embeddings.sweep, {});
    await retry(scene, sourceId);
    await scene.t.mutation(internal.embeddings.sweep, {});
    expect(await tries(scene)).toHaveLength(1);
  });

  it("when a question comes has it searched by its words, and the run says so", async () => {
    const scene = await modelled();
    await scene.know("Voyage", `${QUESTION} ${TEXT}`);
    server.embedding = DOWN;
    expect(await ask(scene)).toMatchObject({
      status: "answered",
      error: "Searched by words alone. Not now.",
    });
  });

  it.each<[string, EmbeddingBehaviour, RegExp]>([
    ["too few vectors", { give: [] }, /gave 0 vectors for 1 texts/],
    ["vectors without a direction", { give: [[0, 0]] }, /empty vector/],
    ["vectors without a number", { give: [[]] }, /empty vector/],
    ["vectors that are too long", { give: [Array<number>(1_537).fill(1)] }, /1537 dimensions; at most 1536/],
  ])("with %s fails no less", async (_name, embedding, reason) => {
    const scene = await modelled();
    server.embedding = embedding;
    const sourceId = await article(scene);
    expect((await row(scene, sourceId)).textOnly?.reason).toMatch(reason);
    expect(await quotable(scene)).toEqual([TEXT]);
  });
});

describe("a try at vectors", () => {
  it("that was cut off begins anew, and what is left of it changes nothing", async () => {
    const scene = await modelled();
    server.embedding = DOWN;
    const sourceId = await article(scene);
    vi.setSystemTime(Date.now() + MINUTE);
    await scene.t.mutation(internal.embeddings.sweep, {});
    const [cut] = await tries(scene);
    vi.setSystemTime(Date.now() + 15 * MINUTE - 1);
    expect(await sweep(scene)).toBe(0);
    vi.setSystemTime(Date.now() + 1);
    server.embedding = "good";
    expect(await sweep(scene)).toBe(1);
    server.embedding = DOWN;
    await scene.t.action(internal.atlasRunner.embedSource, cut!);
    const late = { ...cut!, version: 1, embedding: null, error: "Too late." };
    await scene.t.mutation(internal.embeddings.end, late);
    expect((await row(scene, sourceId)).textOnly).toBeNull();
  });

  it("says nothing of a text that has changed since", async () => {
    const scene = await modelled();
    server.embedding = DOWN;
    const sourceId = await article(scene);
    vi.setSystemTime(Date.now() + MINUTE);
    await scene.t.mutation(internal.embeddings.sweep, {});
    const { run } = (await tries(scene))[0]!;
    const { version } = (await scene.t.run((ctx) => ctx.db.get("knowledgeSources", sourceId)))!;
    const sessionToken = await scene.login();
    await scene.t.mutation(api.knowledge.update, { sessionToken, sourceId, text: "Teapots sail no more." });
    await scene.t.action(internal.atlasRunner.index, { sourceId });
    const of = { sourceId, run, version };
    expect(await scene.t.mutation(internal.embeddings.store, { ...of, vectors: [] })).toBe(false);
    await scene.t.mutation(internal.embeddings.end, { ...of, embedding: `${baseUrl} e`, error: null });
    expect((await row(scene, sourceId)).textOnly?.reason).toBe("Not now.");
  });
});

describe("an embedding model that is set later", () => {
  it("gets vectors of what lacks its own, which answers are found in meanwhile", async () => {
    const scene = await makeScene();
    const sourceId = await article(scene);
    const other = await article(scene);
    expect((await row(scene, sourceId)).textOnly).toBeNull();
    await setModel(scene, "e");
    await scene.t.run((ctx) => ctx.db.patch("knowledgeSources", other, { embedding: `${baseUrl} e` }));
    expect(await row(scene, sourceId)).toMatchObject({
      status: "indexed",
      textOnly: { reason: null, retryAt: null },
    });
    expect(await quotable(scene)).toEqual([TEXT, TEXT]);
    const { workspaceId } = scene.ids;
    await scene.t.mutation(internal.embeddings.requestAll, { workspaceId, cursor: null });
    // The scene's own source, and the article without vectors.
    expect(await sweep(scene)).toBe(2);
    expect((await tries(scene)).map((each) => each.sourceId)).not.toContain(other);
    expect((await row(scene, sourceId)).textOnly).toBeNull();
    expect(await askByMeaning(scene)).toMatchObject({ status: "answered" });
  });

  it("while a source is read has its vectors made once that is in use", async () => {
    const scene = await makeScene();
    const sourceId = await article(scene);
    const claimed = await scene.t.mutation(internal.knowledge.claim, { sourceId });
    await setModel(scene, "e");
    const made = { chunkCount: 1, embedding: null, error: null };
    const { version } = claimed!;
    await scene.t.mutation(internal.knowledge.insertChunks, {
      ...{ sourceId, version, chunks: [{ ordinal: 0, heading: "", text: TEXT }] },
    });
    await scene.t.mutation(internal.knowledge.publish, { sourceId, version, ...made });
    expect(await sweep(scene)).toBe(1);
    expect(await row(scene, sourceId)).toMatchObject({ status: "indexed", textOnly: null });
  });

  it("and taken away leaves nothing to be tried again", async () => {
    const scene = await modelled();
    server.embedding = DOWN;
    const sourceId = await article(scene);
    await scene.t.mutation(api.atlas.removeModel, { sessionToken: await scene.login() });
    expect((await row(scene, sourceId)).textOnly).toBeNull();
    vi.setSystemTime(Date.now() + MINUTE);
    expect(await sweep(scene)).toBe(1);
    vi.setSystemTime(Date.now() + 24 * 60 * MINUTE);
    expect(await sweep(scene)).toBe(0);
  });
});

it("a source that could not be read is read anew by hand", async () => {
  const scene = await modelled();
  const sourceId = await article(scene);
  await scene.t.run((ctx) =>
    ctx.db.patch("knowledgeSources", sourceId, { status: "failed", error: "Gone." }),
  );
  await retry(scene, sourceId);
  expect(await row(scene, sourceId)).toMatchObject({ status: "indexing" });
  await scene.t.action(internal.atlasRunner.index, { sourceId });
  expect(await row(scene, sourceId)).toMatchObject({ status: "indexed", error: null });
});
