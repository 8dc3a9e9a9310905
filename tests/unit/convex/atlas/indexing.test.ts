/** Indexing of knowledge, step by step as its action takes them: what others do in between never shows in an answer. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, internal } from "../../../../convex/_generated/api";
import type { Doc, Id } from "../../../../convex/_generated/dataModel";
import { makeScene } from "./scene";
import type { Scene } from "./scene";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const MINUTE = 60_000;
type SourceId = Id<"knowledgeSources">;

/** A new article, whose indexing is scheduled and left to the test. */
async function article(scene: Scene, title = "Delivery"): Promise<SourceId> {
  const made = await scene.t.mutation(api.knowledge.create, {
    sessionToken: await scene.login(),
    brandId: scene.ids.brandId,
    kind: "article",
    title,
    text: "Teapots ship in nine days.",
  });
  return made.sourceId;
}

async function change(scene: Scene, sourceId: SourceId, text: string): Promise<void> {
  await scene.t.mutation(api.knowledge.update, { sessionToken: await scene.login(), sourceId, text });
}

async function claim(scene: Scene, sourceId: SourceId): Promise<number> {
  return (await scene.t.mutation(internal.knowledge.claim, { sourceId }))!.version;
}

const insert = (scene: Scene, sourceId: SourceId, version: number, text: string) =>
  scene.t.mutation(internal.knowledge.insertChunks, {
    sourceId,
    version,
    chunks: [{ ordinal: 0, heading: "", text }],
  });

const finish = (scene: Scene, sourceId: SourceId, version: number) =>
  scene.t.mutation(internal.knowledge.publish, {
    sourceId,
    version,
    chunkCount: 1,
    embedding: null,
    error: null,
  });

const source = async (scene: Scene, sourceId: SourceId): Promise<Doc<"knowledgeSources">> =>
  (await scene.t.run((ctx) => ctx.db.get("knowledgeSources", sourceId)))!;

async function quotable(scene: Scene): Promise<string[]> {
  const { brandId } = scene.ids;
  const found = await scene.t.query(internal.knowledge.search, { brandId, query: "teapots", alike: [] });
  return found.map(({ text }) => text);
}

describe("indexing that is overtaken", () => {
  it("by a change leaves nothing of the old text in use", async () => {
    const scene = await makeScene();
    const sourceId = await article(scene);
    const first = await claim(scene, sourceId);
    expect(await insert(scene, sourceId, first, "Teapots ship in nine days.")).toBe(true);
    await change(scene, sourceId, "Teapots ship in two days.");
    expect(await insert(scene, sourceId, first, "Teapots ship in nine days.")).toBe(false);
    await finish(scene, sourceId, first);
    expect((await source(scene, sourceId)).status).toBe("indexing");
    const second = await claim(scene, sourceId);
    await insert(scene, sourceId, second, "Teapots ship in two days.");
    expect(await quotable(scene)).toEqual([]);
    await finish(scene, sourceId, second);
    expect(await quotable(scene)).toEqual(["Teapots ship in two days."]);
    await scene.t.mutation(internal.knowledge.purgeChunks, { sourceId });
    const left = await scene.t.run((ctx) => ctx.db.query("knowledgeChunks").collect());
    expect(left.filter((chunk) => chunk.sourceId === sourceId)).toHaveLength(1);
  });

  it("by another run of the same text is not in use twice", async () => {
    const scene = await makeScene();
    const sourceId = await article(scene);
    const [first, second] = [await claim(scene, sourceId), await claim(scene, sourceId)];
    for (const version of [first, second])
      await insert(scene, sourceId, version, "Teapots ship in nine days.");
    for (const version of [first, second]) await finish(scene, sourceId, version);
    expect(await quotable(scene)).toEqual(["Teapots ship in nine days."]);
  });
});

describe("indexing that was cut off with its process", () => {
  it("begins anew, and what is there already stays quotable", async () => {
    const scene = await makeScene();
    const sourceId = await article(scene);
    const first = await claim(scene, sourceId);
    await insert(scene, sourceId, first, "Teapots ship in nine days.");
    await finish(scene, sourceId, first);
    await change(scene, sourceId, "Teapots ship in two days.");
    const cut = await claim(scene, sourceId);
    vi.setSystemTime(Date.now() + 14 * MINUTE);
    await scene.t.mutation(internal.knowledge.sweep, {});
    expect((await source(scene, sourceId)).building).toBe(cut);
    vi.setSystemTime(Date.now() + 2 * MINUTE);
    await scene.t.mutation(internal.knowledge.sweep, {});
    expect((await source(scene, sourceId)).building).toBeGreaterThan(cut);
    expect(await insert(scene, sourceId, cut, "Teapots ship in two days.")).toBe(false);
    expect(await quotable(scene)).toEqual(["Teapots ship in nine days."]);
  });

  it("three times fails with a reason, until the source is saved anew", async () => {
    const scene = await makeScene();
    const sourceId = await article(scene);
    for (let tries = 1; tries <= 3; tries++) {
      await claim(scene, sourceId);
      vi.setSystemTime(Date.now() + 16 * MINUTE);
      await scene.t.mutation(internal.knowledge.sweep, {});
    }
    expect(await source(scene, sourceId)).toMatchObject({ status: "failed", error: /stopped 3 times/ });
    await change(scene, sourceId, "Teapots ship in two days.");
    expect(await source(scene, sourceId)).toMatchObject({ status: "indexing", indexingTries: 1 });
  });
});
