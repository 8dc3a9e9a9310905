import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, internal } from "../../../../convex/_generated/api";
import type { Doc, Id } from "../../../../convex/_generated/dataModel";
import { makeScene, NOW } from "./scene";
import type { Scene } from "./scene";

const COUNT = 180; // of each: some pages of 50

beforeEach(() => vi.useFakeTimers({ now: NOW }));
afterEach(() => vi.useRealTimers());

/**
 * Two long conversations, written as sending would write them, whose messages follow each other in runs of three. Behind
 * `lastOfVisitor` only the team writes.
 */
async function long(scene: Scene, lastOfVisitor = COUNT) {
  const [a, b] = [await scene.start("a"), await scene.start("b")];
  const from = Date.now();
  await scene.t.run(async ({ db }) => {
    for (const [conversationId, offset] of [[a, 0] as const, [b, 3] as const]) {
      const conversation = (await db.get("conversations", conversationId))!;
      const { workspaceId, brandId, visitorId, channel } = conversation;
      for (let n = 2; n <= COUNT; n++) {
        const isVisitor = n % 4 !== 0 && n <= lastOfVisitor;
        const createdAt = from + Math.floor(n / 3) * 6 + (n % 3) + offset;
        await db.insert("messages", {
          ...{ conversationId, workspaceId, brandId, channel, role: isVisitor ? "visitor" : "operator" },
          ...{ internal: false, senderVisitorId: isVisitor ? visitorId : undefined, sequence: n, createdAt },
          body: `${offset === 0 ? "a" : "b"}${n}`,
          clientMessageId: isVisitor ? `${conversationId}-client-${n}` : undefined,
        });
      }
      const counted = {
        sequence: COUNT,
        visitorSequence: Math.min(lastOfVisitor, COUNT - 1),
        answerSequence: COUNT,
      };
      await db.patch("conversations", conversationId, counted);
    }
  });
  scene.tick(60 * 60 * 1000);
  const all = await scene.rows("messages");
  const inTime = all.sort((x, y) => x.createdAt - y.createdAt).map(({ body }) => body);
  return { a, b, inTime };
}

async function runPage(scene: Scene): Promise<boolean> {
  const [merge] = await scene.rows("conversationMerges");
  if (merge === undefined) return false;
  await scene.t.mutation(internal.merging.run, { mergeId: merge._id });
  return true;
}

const isAscending = (numbers: number[]) =>
  numbers.every((each, index) => index === 0 || each > numbers[index - 1]!);

async function expectOrder(scene: Scene, ids: Id<"conversations">[], total: number): Promise<void> {
  const threads = await Promise.all(ids.map((id) => scene.thread(id)));
  const each = new Set(threads.flat().map(({ _id }) => _id));
  expect(each.size).toBe(total);
  for (const thread of threads) {
    expect(isAscending(thread.map(({ sequence }) => sequence))).toBe(true);
    const times = thread.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort((x, y) => x - y));
  }
}

describe("a merge of many messages", () => {
  it("is in order after each page, and complete and without gaps after the last", async () => {
    const scene = await makeScene();
    const { a, b, inTime } = await long(scene);
    await scene.merge(a, b);
    let pages = 1;
    do await expectOrder(scene, [a, b], 2 * COUNT + 1);
    while ((await runPage(scene)) && pages++ < 100);
    expect(pages).toBeGreaterThan(5);
    const thread = await scene.thread(b);
    expect(thread.map(({ body }) => body).slice(0, -1)).toEqual(inTime);
    expect(thread.map(({ sequence }) => sequence)).toEqual(thread.map((_, index) => index + 1));
    expect(await scene.thread(a)).toEqual([]);
    const newest = (role: Doc<"messages">["role"]) => thread.findLast((each) => each.role === role)?.sequence;
    expect(await scene.get(b)).toMatchObject({
      ...{ sequence: 2 * COUNT + 1, visitorSequence: newest("visitor"), answerSequence: newest("operator") },
    });
    const types = (await scene.rows("events")).map(({ type }) => type);
    expect(types.filter((type) => type === "conversation.merged")).toHaveLength(1);
  });

  it("takes messages meanwhile, and knows those that are sent again", async () => {
    const scene = await makeScene();
    const { a, b } = await long(scene);
    await scene.merge(a, b);
    const old = (await scene.thread(a)).find(({ clientMessageId }) => clientMessageId !== undefined)!;
    expect(await scene.say(a, "again", old.clientMessageId)).toBe(old._id);
    await scene.say(a, "from the visitor");
    await scene.answer(b, "from the team");
    const { visitorSequence, answerSequence } = await scene.get(b);
    while (await runPage(scene)) await expectOrder(scene, [a, b], 2 * COUNT + 3);
    expect((await scene.bodies(b)).slice(-2)).toEqual(["from the visitor", "from the team"]);
    expect(await scene.get(b)).toMatchObject({
      ...{ visitorSequence, answerSequence, sequence: 2 * COUNT + 3 },
    });
    expect([visitorSequence, answerSequence]).toEqual([2 * COUNT + 2, 2 * COUNT + 3]);
  });

  it("keeps what the visitor writes before their newest message is placed as their newest", async () => {
    const scene = await makeScene();
    const { a, b } = await long(scene, COUNT - 41);
    await scene.merge(a, b);
    expect((await scene.rows("conversationMerges"))[0]?.isVisitorPlaced).toBe(false);
    expect((await scene.get(b)).visitorSequence).toBe(2 * COUNT);
    await scene.say(b, "newest");
    await scene.settle();
    expect(await scene.get(b)).toMatchObject({ visitorSequence: 2 * COUNT + 2 });
  });

  it("lets no other merge touch its target meanwhile", async () => {
    const scene = await makeScene();
    const { a, b } = await long(scene);
    const c = await scene.start("c");
    await scene.merge(a, b);
    await scene.expectRefused(scene.merge(c, b), "CONFLICT");
    await scene.expectRefused(scene.merge(b, c), "CONFLICT");
    await scene.settle();
    await scene.merge(b, c);
    await scene.settle();
    expect(await scene.thread(c)).toHaveLength(2 * COUNT + 3);
    expect((await scene.get(a)).mergedInto).toBe(c);
  });

  it("is taken up again when its job is lost, and not while it has one", async () => {
    const scene = await makeScene();
    const { a, b } = await long(scene);
    await scene.merge(a, b);
    const cancelled = await scene.t.run(async (ctx) => {
      const jobs = await ctx.db.system.query("_scheduled_functions").collect();
      const lost = jobs.filter(({ name, state }) => name.includes("merging") && state.kind === "pending");
      for (const { _id } of lost) await ctx.scheduler.cancel(_id);
      return lost.length;
    });
    expect(cancelled).toBe(1);
    await scene.t.mutation(internal.merging.sweep, {});
    await scene.settle();
    expect((await scene.thread(a)).length).toBeGreaterThan(0);
    scene.tick(10 * 60 * 1000);
    await scene.t.mutation(internal.merging.sweep, {});
    await scene.settle();
    expect(await scene.thread(a)).toEqual([]);
    expect(await scene.thread(b)).toHaveLength(2 * COUNT + 1);
  });

  it("ends with its visitor when they are erased", async () => {
    const scene = await makeScene();
    const { a, b } = await long(scene);
    await scene.merge(a, b);
    const { visitorId } = await scene.get(b);
    const person = { sessionToken: scene.ada, visitorIds: [visitorId] };
    const erasureId = await scene.t.mutation(api.erasures.start, person);
    const isErased = async () => (await scene.rows("erasures"))[0]?.finishedAt !== undefined;
    while (!(await isErased())) await scene.t.mutation(internal.erasures.run, { erasureId });
    expect(await scene.rows("conversationMerges")).toHaveLength(1);
    expect(await runPage(scene)).toBe(true);
    for (const table of ["conversationMerges", "messages", "conversations", "events"] as const) {
      expect(await scene.rows(table)).toEqual([]);
    }
  });
});
