import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api } from "../../../../convex/_generated/api";
import { TAGS_PER_CONVERSATION } from "../../../../lib/limits";
import { seedWorkspace } from "../../../helpers/convex-test";
import { makeScene, NOW } from "./scene";
import type { Scene } from "./scene";

const MERGED = "Ada merged another conversation of this visitor into this one.";
const HOUR = 60 * 60 * 1000;

beforeEach(() => vi.useFakeTimers({ now: NOW }));
afterEach(() => vi.useRealTimers());

/** Two conversations of the visitor whose messages alternate in time. */
async function alternating(scene: Scene) {
  const a = await scene.start("a1");
  await scene.answer(a, "a2");
  const b = await scene.start("b1");
  await scene.say(a, "a3");
  await scene.answer(b, "b2", { internal: true });
  await scene.say(b, "b3");
  await scene.answer(a, "a4");
  return { a, b };
}

describe("two merged conversations", () => {
  it("are one thread in the order of time, each message once, with who merged at its end", async () => {
    const scene = await makeScene();
    const { a, b } = await alternating(scene);
    const before = (await scene.rows("messages")).map(({ _id }) => _id);
    await scene.merge(a, b);
    expect(await scene.bodies(b)).toEqual(["a1", "a2", "b1", "a3", "b2", "b3", "a4", MERGED]);
    const thread = await scene.thread(b);
    expect(thread.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(new Set(thread.map(({ _id }) => _id))).toEqual(new Set([...before, thread.at(-1)!._id]));
    expect(thread.at(-1)).toMatchObject({ role: "system", internal: true, senderName: "Ada" });
    expect(await scene.thread(a)).toEqual([]);
    const source = { status: "closed", mergedInto: b, visitorSequence: 0 };
    expect(await scene.get(a)).toMatchObject(source);
    expect(await scene.get(b)).toMatchObject({
      ...{ status: "open", sequence: 8, visitorSequence: 6, answerSequence: 7, answeredBy: "Ada" },
      lastMessage: { preview: "a4", role: "operator" },
    });
    expect(await scene.rows("conversationMerges")).toEqual([]);
  });

  it("go on in the target for the visitor, by whichever id, and for who answers the source", async () => {
    const scene = await makeScene();
    const { a, b } = await alternating(scene);
    await scene.merge(b, a); // the newer into the older
    const { t, visitor } = scene;
    const resumed = await t.query(api.visitors.resume, visitor);
    expect(resumed).toMatchObject({ conversationId: a, status: "open" });
    await scene.say(b, "to the old id");
    await scene.answer(b, "answered there");
    expect(await t.mutation(api.visitors.identifyAndStartConversation, visitor)).toMatchObject({
      conversationId: a,
    });
    for (const conversationId of [a, b]) {
      const seen = await t.query(api.visitors.listMessagesForVisitor, { ...visitor, conversationId });
      expect(seen.map(({ body }) => body)).toEqual([
        ...["a1", "a2", "b1", "a3", "b3", "a4"],
        ...["to the old id", "answered there"],
      ]);
    }
    expect(await scene.thread(b)).toEqual([]);
    const listed = { sessionToken: scene.ada, conversationId: a };
    const paginationOpts = { numItems: 10, cursor: null };
    const others = await t.query(api.conversations.listOfVisitor, { ...listed, paginationOpts });
    expect(others.page).toEqual([]);
  });

  it("make one event, beside the change of status, and no resolution", async () => {
    const scene = await makeScene();
    const { a, b } = await alternating(scene);
    const resolutions = async () =>
      (await scene.rows("metricSamples")).filter(({ metric }) => metric === "resolved").length;
    const [events, resolved] = [await scene.rows("events"), await resolutions()];
    await scene.merge(b, a);
    await scene.merge(b, a);
    const made = (await scene.rows("events")).slice(events.length);
    expect(made.map(({ type, conversationId }) => [type, conversationId])).toEqual([
      ["conversation.status_changed", b],
      ["conversation.merged", b],
    ]);
    const { operatorId, brandId } = scene.workspace;
    expect(JSON.parse(made[1]!.payload)).toEqual({
      ...{ conversationId: b, brandId, mergedInto: a },
      mergedByOperatorId: operatorId,
    });
    await scene.settle();
    expect(await resolutions()).toBe(resolved);
    const started = (await scene.rows("metricSamples")).filter(({ metric }) => metric === "started");
    expect(started).toHaveLength(2);
  });

  it("count what was there before the counting, and no more than that", async () => {
    const scene = await makeScene();
    const { a, b } = await alternating(scene);
    const forget = async (table: "conversationMetrics" | "metricSamples") => {
      for (const { _id } of await scene.rows(table)) await scene.t.run(({ db }) => db.delete(table, _id));
    };
    await forget("conversationMetrics");
    await forget("metricSamples");
    await scene.merge(b, a);
    const metrics = (await scene.rows("metricSamples")).map(({ metric }) => metric).sort();
    expect(metrics).toEqual(["answered", "started", "started"]);
  });
});

describe("what the target is then", () => {
  it("waits since the longer of two waits, and is open when one of them is", async () => {
    const scene = await makeScene();
    const a = await scene.start("first question");
    const since = (await scene.get(a)).waitingSince;
    const b = await scene.start("second question");
    await scene.setStatus(a, "open");
    await scene.setStatus(b, "resolved");
    await scene.merge(a, b);
    expect(await scene.get(b)).toMatchObject({ status: "open", waitingSince: since });
    expect((await scene.get(a)).waitingSince).toBeUndefined();
  });

  it("does not wait for what is over, and stays resolved with it", async () => {
    const scene = await makeScene();
    const a = await scene.start("never answered");
    const b = await scene.start("answered");
    await scene.answer(b, "here");
    await scene.merge(a, b);
    expect(await scene.get(b)).toMatchObject({ status: "open" });
    expect((await scene.get(b)).waitingSince).toBeUndefined();
    const c = await scene.start("later");
    await scene.setStatus(c, "resolved");
    await scene.merge(c, b);
    expect((await scene.get(b)).status).toBe("resolved");
  });

  it("wakes at the earlier end of two snoozes, and sleeps when the other was over", async () => {
    const scene = await makeScene();
    const snooze = (conversationId: string, until: number) =>
      scene.t.mutation(api.conversations.snooze, { sessionToken: scene.ada, conversationId, until });
    const [a, b, c] = [await scene.start("a"), await scene.start("b"), await scene.start("c")];
    await snooze(a, NOW + 2 * HOUR);
    await snooze(b, NOW + 5 * HOUR);
    await scene.setStatus(c, "resolved");
    await scene.merge(a, b);
    expect(await scene.get(b)).toMatchObject({ status: "snoozed", snoozedUntil: NOW + 2 * HOUR });
    await scene.merge(b, c);
    expect(await scene.get(c)).toMatchObject({ status: "snoozed", snoozedUntil: NOW + 2 * HOUR });
    await scene.settle();
    expect((await scene.get(c)).status).toBe("open");
    expect((await scene.get(a)).status).toBe("closed");
  });

  it("keeps its assignee, or takes the source's, who is not told", async () => {
    const scene = await makeScene();
    const grace = await scene.colleague("Grace");
    const assign = (conversationId: string, operatorId: string | null) =>
      scene.t.mutation(api.conversations.assign, { sessionToken: scene.ada, conversationId, operatorId });
    const [a, b, c] = [await scene.start("a"), await scene.start("b"), await scene.start("c")];
    await assign(a, grace.operatorId);
    const told = await scene.rows("notifications");
    await scene.merge(a, b);
    expect((await scene.get(b)).assignedOperatorId).toBe(grace.operatorId);
    expect((await scene.get(a)).assignedOperatorId).toBeUndefined();
    await assign(c, "me");
    await scene.merge(b, c);
    expect((await scene.get(c)).assignedOperatorId).toBe(scene.workspace.operatorId);
    expect(await scene.rows("notifications")).toEqual(
      [...told].map((each) => expect.objectContaining({ _id: each._id }) as unknown),
    );
  });
});

describe("a merge is refused", () => {
  it("of one with itself, with another visitor's, with a merged one, and of a merged one", async () => {
    const scene = await makeScene();
    const { a, b } = await alternating(scene);
    const stranger = await scene.start("hello", `v_${"1".repeat(64)}`);
    await scene.expectRefused(scene.merge(a, a), "VALIDATION");
    await scene.expectRefused(scene.merge(a, stranger), "VALIDATION");
    const c = await scene.start("c1");
    await scene.merge(a, b);
    await scene.expectRefused(scene.merge(b, a), "CONFLICT"); // both directions at once: the second
    await scene.expectRefused(scene.merge(c, a), "CONFLICT");
    await scene.expectRefused(scene.merge(a, c), "CONFLICT");
    expect(await scene.bodies(c)).toEqual(["c1"]);
  });

  it("by another workspace, by who does not work for the brand, and with one of another brand", async () => {
    const scene = await makeScene();
    const { a, b } = await alternating(scene);
    const rival = await seedWorkspace(scene.t, "rival");
    const foreign = await scene.t.mutation(api.visitors.identifyAndStartConversation, {
      ...{ widgetId: rival.widgetId, visitorKey: scene.visitor.visitorKey, message: "hello" },
    });
    const limited = await scene.colleague("Lim", []);
    await scene.expectRefused(scene.merge(a, b, rival.sessionToken), "NOT_FOUND");
    await scene.expectRefused(scene.merge(a, b, limited.sessionToken), "NOT_FOUND");
    await scene.expectRefused(scene.merge(a, foreign.conversationId), "NOT_FOUND");
    await scene.expectRefused(scene.merge("nonsense", b), "NOT_FOUND");
    const widgetId = "ws_second";
    const { workspaceId, brandId, sessionToken } = scene.workspace;
    await scene.t.run(async ({ db }) => {
      const { _id, _creationTime, ...brand } = (await db.get("brands", brandId))!;
      await db.insert("brands", { ...brand, workspaceId, slug: "second", widgetId });
    });
    const elsewhere = await scene.t.mutation(api.visitors.identifyAndStartConversation, {
      ...{ widgetId, visitorKey: scene.visitor.visitorKey, message: "same browser, other brand" },
    });
    await scene.expectRefused(scene.merge(a, elsewhere.conversationId, sessionToken), "VALIDATION");
    expect((await scene.get(a)).mergedInto).toBeUndefined();
  });

  it("when their tags are more than one conversation may have", async () => {
    const scene = await makeScene();
    const { a, b } = await alternating(scene);
    const tag = (conversationId: string, name: string) =>
      scene.t.mutation(api.conversationTags.addTag, { sessionToken: scene.ada, conversationId, tag: name });
    for (let n = 0; n < TAGS_PER_CONVERSATION; n++) await tag(a, `a${n}`);
    await tag(b, "a0");
    await tag(b, "one more");
    await scene.expectRefused(scene.merge(a, b), "CONFLICT");
    expect(await scene.thread(a)).toHaveLength(4);
  });
});

describe("a merged conversation", () => {
  it("takes no decision any more, alone, among many or by undoing", async () => {
    const scene = await makeScene();
    // Nobody has them, so that the merge itself makes no revision by which undoing would know of it.
    const [a, b] = [await scene.start("a1"), await scene.start("b1")];
    const by = { sessionToken: scene.ada };
    const closing = { conversationIds: [a], change: { kind: "status" as const, status: "closed" as const } };
    const { changed } = await scene.t.mutation(api.conversations.changeMany, { ...by, ...closing });
    await scene.merge(a, b);
    const on = { ...by, conversationId: a };
    const { t } = scene;
    await scene.expectRefused(t.mutation(api.conversations.setStatus, { ...on, status: "open" }), "CONFLICT");
    await scene.expectRefused(t.mutation(api.conversations.assign, { ...on, operatorId: "me" }), "CONFLICT");
    await scene.expectRefused(t.mutation(api.conversationTags.addTag, { ...on, tag: "late" }), "CONFLICT");
    await scene.expectRefused(
      t.mutation(api.conversations.snooze, { ...on, until: Date.now() + HOUR }),
      "CONFLICT",
    );
    const opening = { conversationIds: [a, b], change: { kind: "assign" as const, operatorId: "me" } };
    const result = await t.mutation(api.conversations.changeMany, { ...by, ...opening });
    expect(result.refused).toMatchObject([{ conversationId: a, code: "CONFLICT" }]);
    expect(await t.mutation(api.conversations.undoMany, { ...by, changes: changed })).toEqual([]);
    expect((await scene.get(a)).status).toBe("closed");
  });

  it("points to where its own target goes later", async () => {
    const scene = await makeScene();
    const { a, b } = await alternating(scene);
    const c = await scene.start("c1");
    await scene.merge(a, b);
    await scene.merge(b, c);
    expect([(await scene.get(a)).mergedInto, (await scene.get(b)).mergedInto]).toEqual([c, c]);
    await scene.say(a, "by the oldest id");
    expect((await scene.bodies(c)).at(-1)).toBe("by the oldest id");
  });
});
