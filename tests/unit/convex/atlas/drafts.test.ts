/** Drafts that operators send: the run knows what became of its draft, and nothing is lost where it is no draft any more. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api } from "../../../../convex/_generated/api";
import { draftUseOf } from "../../../../convex/logic/atlas/draftUse";
import { makeScene } from "./scene";
import type { Scene } from "./scene";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const DRAFT = "You can return anything within 30 days, and returns are free.";

async function drafted(mode: "draft" | "answer" = "draft") {
  const scene = await makeScene(mode);
  await scene.say("Can I return it within 30 days, and are returns free?");
  await scene.begin();
  const { _id: runId } = await scene.finish();
  return { scene, runId };
}

async function accept(scene: Scene, fields: { runId: string; body?: string; expectedSequence?: number }) {
  const sessionToken = await scene.login();
  const message = { sessionToken, clientMessageId: "sent-by-ada", ...fields };
  return await scene.t.mutation(api.atlas.acceptSuggestion, message);
}

async function shown(scene: Scene, runId: string) {
  const sessionToken = await scene.login();
  return (await scene.t.query(api.atlas.getRun, { sessionToken, runId }))!;
}

async function answers(scene: Scene): Promise<string[]> {
  const messages = await scene.t.run((ctx) => ctx.db.query("messages").collect());
  return messages.filter(({ role }) => role === "operator").map(({ body }) => body);
}

describe("a draft that is sent", () => {
  it.each([
    ["without a word of one's own", undefined, "as_it_was", DRAFT],
    ["as it was", `${DRAFT}\n`, "as_it_was", DRAFT],
    ["changed", `Hi Maya! ${DRAFT} Best, Ada`, "changed", `Hi Maya! ${DRAFT} Best, Ada`],
  ])("%s is the operator's answer, and the run says so", async (_name, body, how, text) => {
    const { scene, runId } = await drafted();
    const messageId = await accept(scene, { runId, ...(body === undefined ? {} : { body }) });
    expect(await answers(scene)).toEqual([text]);
    expect(await shown(scene, runId)).toMatchObject({ draftUse: { name: "Ada", how }, isDraft: false });
    const run = await scene.run();
    expect(run).toMatchObject({ messageId, draftUse: { operatorId: scene.ids.operatorId } });
    expect((await scene.conversation()).waitingSince).toBeUndefined();
  });

  it("with all of it replaced is no answer of the run", async () => {
    const { scene, runId } = await drafted();
    await accept(scene, { runId, body: "Let me ask the workshop." });
    expect(await answers(scene)).toEqual(["Let me ask the workshop."]);
    expect(await scene.run()).toMatchObject({ draftUse: { how: "replaced" } });
    expect((await scene.run())?.messageId).toBeUndefined();
  });

  it("twice is sent once, though the visitor has written on in between", async () => {
    const { scene, runId } = await drafted();
    const first = await accept(scene, { runId });
    await scene.say("Thanks! And to Ghana?");
    expect(await accept(scene, { runId })).toBe(first);
    expect(await answers(scene)).toHaveLength(1);
  });

  it("by a second operator too is the first one's", async () => {
    const { scene, runId } = await drafted();
    await accept(scene, { runId });
    const { operatorId } = scene.ids;
    await scene.t.run((ctx) => ctx.db.patch("operators", operatorId, { name: "Bo" }));
    const sessionToken = await scene.login();
    const again = { sessionToken, runId, clientMessageId: "sent-by-bo" };
    await scene.t.mutation(api.atlas.acceptSuggestion, again);
    expect((await shown(scene, runId)).draftUse).toEqual({ name: "Ada", how: "as_it_was" });
  });
});

describe("a draft that is one no more is refused for that, so that its text may go out as a message", () => {
  const overtaken = { data: { code: "CONFLICT", field: "runId" } };

  it("when the visitor has written on", async () => {
    const { scene, runId } = await drafted();
    await scene.say("And to Ghana?");
    await expect(accept(scene, { runId })).rejects.toMatchObject(overtaken);
    expect(await answers(scene)).toEqual([]);
    expect((await shown(scene, runId)).draftUse).toBeNull();
  });

  it("when Atlas has posted it", async () => {
    const { scene, runId } = await drafted("answer");
    await expect(accept(scene, { runId })).rejects.toMatchObject(overtaken);
    expect(await answers(scene)).toEqual([]);
  });

  it("when the run is gone", async () => {
    const { scene, runId } = await drafted();
    await scene.t.run((ctx) => ctx.db.delete("atlasRuns", runId));
    await expect(accept(scene, { runId })).rejects.toMatchObject({
      data: { code: "NOT_FOUND", field: "runId" },
    });
  });

  it("but not when somebody else has answered, which speaks against the answer itself", async () => {
    const { scene, runId } = await drafted();
    await scene.t.run(async (ctx) => {
      const { _id, _creationTime, ...ada } = (await ctx.db.get("operators", scene.ids.operatorId))!;
      const bo = await ctx.db.insert("operators", { ...ada, email: "bo@kettle.test", name: "Bo" });
      const conversation = (await ctx.db.get("conversations", scene.conversationId))!;
      const [asked] = await ctx.db.query("messages").collect();
      const { _id: id, _creationTime: at, senderVisitorId, ...message } = asked!;
      const answer = { role: "operator" as const, senderOperatorId: bo, senderName: "Bo", sequence: 2 };
      await ctx.db.insert("messages", { ...message, ...answer, clientMessageId: "bo" });
      await ctx.db.patch("conversations", conversation._id, { sequence: 2, answerSequence: 2 });
    });
    await expect(accept(scene, { runId, expectedSequence: 0 })).rejects.toMatchObject({
      data: { code: "CONFLICT", field: "expectedSequence" },
    });
  });
});

describe("a reply that is begun from a draft", () => {
  const text = { mode: "reply" as const, reply: DRAFT, note: "" };

  it("remembers the run until it is emptied or sent", async () => {
    const { scene, runId } = await drafted();
    const of = { sessionToken: await scene.login(), conversationId: scene.conversationId };
    const kept = async () => (await scene.t.query(api.messageDrafts.get, of))?.runId;
    await scene.t.mutation(api.messageDrafts.upsert, { ...of, ...text, runId });
    expect(await kept()).toBe(runId);
    const note = "Ask the workshop";
    await scene.t.mutation(api.messageDrafts.upsert, { ...of, ...text, note, runId });
    await scene.answer(note, { internal: true });
    expect(await kept()).toBe(runId);
    await scene.t.mutation(api.messageDrafts.upsert, { ...of, ...text, reply: "", note, runId });
    expect(await scene.t.query(api.messageDrafts.get, of)).toMatchObject({ note });
    expect(await kept()).toBeUndefined();
  });

  it("takes no run that is not the operator's to see", async () => {
    const { scene, runId } = await drafted();
    const of = { sessionToken: await scene.login(), conversationId: scene.conversationId };
    const { operatorId, otherBrandId, brandId } = scene.ids;
    await scene.t.run((ctx) => ctx.db.patch("atlasRuns", runId, { brandId: otherBrandId }));
    await scene.t.run((ctx) => ctx.db.patch("operators", operatorId, { brandAccess: [brandId] }));
    for (const foreign of [runId, "no id"]) {
      await scene.t.mutation(api.messageDrafts.upsert, { ...of, ...text, runId: foreign });
      expect((await scene.t.query(api.messageDrafts.get, of))?.runId).toBeUndefined();
    }
  });
});

it.each([
  ["The kettle holds two litres.", " the kettle holds  two litres", "as_it_was"],
  ["The kettle holds two litres.", "Dear Maya, the kettle holds three litres.", "changed"],
  ["The kettle holds two litres.", "I will ask the workshop and come back.", "replaced"],
  ["Yes.", "Of course it does.", "replaced"],
])("of the draft %j the answer %j is: %s", (draft, sent, use) => {
  expect(draftUseOf(draft, sent)).toBe(use);
});
