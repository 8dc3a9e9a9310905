import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, internal } from "../../../../convex/_generated/api";
import { makeScene, NOW } from "./scene";
import type { Scene } from "./scene";

beforeEach(() => vi.useFakeTimers({ now: NOW }));
afterEach(() => vi.useRealTimers());

async function two(scene: Scene) {
  const a = await scene.start("a1");
  const b = await scene.start("b1");
  await scene.say(a, "a2");
  return { a, b };
}

describe("with a merged conversation go", () => {
  it("its tags, each once, and none stays behind", async () => {
    const scene = await makeScene();
    const { a, b } = await two(scene);
    const tag = (conversationId: string, name: string) =>
      scene.t.mutation(api.conversationTags.addTag, { sessionToken: scene.ada, conversationId, tag: name });
    await tag(a, "refund");
    await tag(a, "both");
    await tag(b, "both");
    await scene.merge(a, b);
    expect((await scene.get(b)).tags).toEqual(["both", "refund"]);
    expect((await scene.get(a)).tags).toBeUndefined();
    const rows = await scene.rows("conversationTags");
    expect(rows.map(({ conversationId, tag }) => [conversationId, tag]).sort()).toEqual(
      [
        [b, "both"],
        [b, "refund"],
      ].sort(),
    );
    expect((await scene.rows("brandTags")).map(({ tag }) => tag).sort()).toEqual(["both", "refund"]);
  });

  it("its lead, and one that is made of it later", async () => {
    const scene = await makeScene();
    const { a, b } = await two(scene);
    const lead = (conversationId: string) =>
      scene.t.mutation(api.leads.createFromConversation, { sessionToken: scene.ada, conversationId });
    const { leadId } = await lead(a);
    await scene.merge(a, b);
    const [stored] = await scene.rows("leads");
    expect(stored).toMatchObject({ _id: leadId, conversationId: b, updatedAt: Date.now() });
    expect(await lead(b)).toEqual({ leadId, isNew: false });
    expect(await lead(a)).toEqual({ leadId, isNew: false });
  });

  it("drafts of each operator, joined where both had one", async () => {
    const scene = await makeScene();
    const { a, b } = await two(scene);
    const grace = await scene.colleague("Grace");
    const draft = (sessionToken: string, conversationId: string, reply: string, note = "") =>
      scene.t.mutation(api.messageDrafts.upsert, {
        sessionToken,
        conversationId,
        mode: "reply",
        reply,
        note,
      });
    await draft(scene.ada, a, "from a", "note of a");
    await draft(scene.ada, b, "from b");
    await draft(grace.sessionToken, a, "Grace's");
    await scene.merge(a, b);
    const rows = await scene.rows("messageDrafts");
    expect(rows).toHaveLength(2);
    const { operatorId } = scene.workspace;
    expect(rows.find((each) => each.operatorId === operatorId)).toMatchObject({
      ...{ conversationId: b, reply: "from b\n\nfrom a", note: "note of a" },
    });
    expect(rows.find((each) => each.operatorId === grace.operatorId)).toMatchObject({
      ...{ conversationId: b, reply: "Grace's" },
    });
    await draft(grace.sessionToken, a, "Grace's, saved too late");
    await draft(grace.sessionToken, a, "");
    const kept = await scene.rows("messageDrafts");
    expect(kept.map(({ reply, conversationId }) => [reply, conversationId])).toContainEqual([
      ...["Grace's, saved too late", b],
    ]);
    expect(kept).toHaveLength(2);
  });

  it("notices of it and of mentions in it, still at the same message", async () => {
    const scene = await makeScene();
    const { a, b } = await two(scene);
    const grace = await scene.colleague("Grace");
    const on = { sessionToken: scene.ada, conversationId: a };
    await scene.t.mutation(api.conversations.assign, { ...on, operatorId: grace.operatorId });
    const note = { ...on, body: "@Grace look", internal: true, mentions: [grace.operatorId] };
    const messageId = await scene.t.mutation(api.messages.send, note);
    await scene.merge(a, b);
    const links = (await scene.rows("notifications")).map(({ link }) => link);
    expect(links).toEqual([`/app?conversation=${b}`, `/app?conversation=${b}&message=${messageId}`]);
    const moved = (await scene.thread(b)).find(({ _id }) => _id === messageId);
    expect(moved?.mentions).toEqual([{ operatorId: grace.operatorId, name: "Grace" }]);
  });

  it("what was read: it is unread for who has not read both, and read for who has", async () => {
    const scene = await makeScene();
    const { a, b } = await two(scene);
    const people = [
      await scene.colleague("Both"),
      await scene.colleague("One"),
      await scene.colleague("None"),
    ];
    const [both, one, none] = people.map(({ sessionToken }) => sessionToken);
    const read = (sessionToken: string, conversationId: string) =>
      scene.t.mutation(api.notifications.markRead, { sessionToken, conversationId });
    await read(both!, a);
    await read(both!, b);
    await read(one!, b);
    await scene.t.mutation(api.visitors.markRead, { ...scene.visitor, conversationId: a, sequence: 2 });
    await scene.merge(a, b);
    const unread = async (sessionToken: string) =>
      await scene.t.query(api.notifications.listUnread, { sessionToken, conversationIds: [a, b] });
    expect(await unread(both!)).toEqual([]);
    expect(await unread(one!)).toEqual([b]);
    expect(await unread(none!)).toEqual([b]);
    expect((await scene.rows("readMarks")).filter((each) => each.conversationId === a)).toEqual([]);
    expect(await scene.rows("visitorReads")).toMatchObject([{ conversationId: b, sequence: 3 }]);
    await read(one!, b);
    expect(await unread(one!)).toEqual([]);
  });

  it("what Atlas has answered, at the message that it answered, and the turn that it waits for", async () => {
    const scene = await makeScene();
    const { workspaceId, brandId } = scene.workspace;
    await scene.t.run(async ({ db }) => {
      const settings = { mode: "draft" as const, threshold: 0.7, instructions: "" };
      await db.insert("atlasBrands", { workspaceId, brandId, ...settings });
    });
    const { a, b } = await two(scene);
    const runOf = (conversationId: typeof a, sequence: number) =>
      scene.t.run(({ db }) =>
        db.insert("atlasRuns", {
          ...{ workspaceId, brandId, conversationId, sequence, question: `${sequence}`, history: [] },
          ...{ passages: [], status: "handed_over" as const, createdAt: 0 },
          ...{ inputTokens: 0, outputTokens: 0, reservedTokens: 0 },
        }),
      );
    const [firstOfA, ofB, secondOfA] = [await runOf(a, 1), await runOf(b, 1), await runOf(a, 2)];
    await scene.merge(a, b);
    const runs = await scene.rows("atlasRuns");
    const places = Object.fromEntries(runs.map((run) => [run._id, [run.conversationId, run.sequence]]));
    expect(places).toEqual({ [firstOfA]: [b, 1], [ofB]: [b, 2], [secondOfA]: [b, 3] });
    expect(await scene.bodies(b)).toEqual(["a1", "b1", "a2", expect.any(String)]);
    expect(await scene.rows("atlasTurns")).toMatchObject([{ conversationId: b, sequence: 3 }]);
    await scene.t.mutation(internal.atlasRuns.beginTurn, { conversationId: b, sequence: 3 });
    expect(await scene.rows("atlasTurns")).toEqual([]);
  });
});
