import { describe, expect, it } from "vitest";
import type { FunctionArgs } from "convex/server";
import { api } from "../../../convex/_generated/api";
import type { World } from "../backend.cases";
import { eventsOf, expectRefusal, makeBrand, makeOperator, startChat } from "./backend";
import type { Chat, Operator } from "./backend";

const HOUR = 60 * 60 * 1000;

export function conversationChangeCases(world: World): void {
  const owner = () => world.acme.sessionToken;
  type Change = FunctionArgs<typeof api.conversations.changeMany>["change"];
  type Undo = FunctionArgs<typeof api.conversations.undoMany>["changes"];
  type On = Pick<Chat, "conversationId">;

  const get = async ({ conversationId }: On) => {
    const args = { sessionToken: owner(), conversationId };
    const row = await world.backend.query(api.conversations.getById, args);
    if (row === null) throw new Error("The conversation is gone.");
    return row;
  };
  const assign = ({ conversationId }: On, operatorId: string | null, sessionToken = owner()) =>
    world.backend.mutation(api.conversations.assign, { sessionToken, conversationId, operatorId });
  const snooze = ({ conversationId }: On, until: number, sessionToken = owner()) =>
    world.backend.mutation(api.conversations.snooze, { sessionToken, conversationId, until });
  const setStatus = ({ conversationId }: On, status: "open" | "resolved") =>
    world.backend.mutation(api.conversations.setStatus, { sessionToken: owner(), conversationId, status });
  const changeMany = (chats: On[], change: Change, sessionToken = owner()) =>
    world.backend.mutation(api.conversations.changeMany, {
      sessionToken,
      conversationIds: chats.map(({ conversationId }) => conversationId),
      change,
    });
  const undo = (changes: Undo, sessionToken = owner()) =>
    world.backend.mutation(api.conversations.undoMany, { sessionToken, changes });
  const newsOf = async ({ sessionToken }: Pick<Operator, "sessionToken">) =>
    (await world.backend.query(api.notifications.listActivity, { sessionToken })).filter(
      ({ kind }) => kind === "conversation_assigned",
    );

  describe("giving a conversation to somebody", () => {
    it("takes, hands on and lets go; only who gets it from somebody else is told", async () => {
      const chat = await startChat(world.backend, world.acme, { name: "Rui" });
      const grace = await makeOperator(world.backend, world.acme);
      await assign(chat, "me", grace.sessionToken);
      expect(await get(chat)).toMatchObject({ assignedOperatorId: grace.operatorId });
      expect(await newsOf(grace)).toEqual([]);
      await assign(chat, null);
      expect((await get(chat)).assignedOperatorId).toBeUndefined();
      await assign(chat, grace.operatorId);
      await assign(chat, grace.operatorId);
      expect(await newsOf(grace)).toMatchObject([
        {
          title: "Ada Lovelace assigned you the conversation with Rui",
          link: `/app?conversation=${chat.conversationId}`,
        },
      ]);
    });

    it("is refused for who may not see it, and by who may not see it", async () => {
      const brand = await makeBrand(world.backend, world.acme);
      const chat = await startChat(world.backend, brand);
      const brandAccess = [world.acme.brandId];
      const limited = await makeOperator(world.backend, world.acme, { brandAccess });
      for (const operatorId of [limited.operatorId, world.rival.operatorId, "nonsense"]) {
        await expectRefusal(assign(chat, operatorId), "VALIDATION");
      }
      for (const { sessionToken } of [limited, world.rival]) {
        await expectRefusal(assign(chat, null, sessionToken), "NOT_FOUND");
        await expectRefusal(snooze(chat, Date.now() + HOUR, sessionToken), "NOT_FOUND");
      }
      expect((await get(chat)).assignedOperatorId).toBeUndefined();
    });
  });

  describe("many conversations", () => {
    it("change at once, each by itself, and say what became of each", async () => {
      const [a, b, done] = [
        await startChat(world.backend, world.acme),
        await startChat(world.backend, world.acme),
        await startChat(world.backend, world.acme),
      ];
      const foreign = await startChat(world.backend, world.rival);
      await setStatus(done, "resolved");
      const result = await changeMany([a, b, done, foreign, a], { kind: "status", status: "resolved" });
      expect(result.changed.map(({ conversationId }) => conversationId)).toEqual([
        a.conversationId,
        b.conversationId,
      ]);
      expect(result.changed[0]?.before).toEqual({ status: "open" });
      expect(result.unchanged).toEqual([done.conversationId]);
      expect(result.refused).toMatchObject([{ conversationId: foreign.conversationId, code: "NOT_FOUND" }]);
      const events = await eventsOf(world.backend, a.conversationId);
      expect(events.filter(({ type }) => type === "conversation.status_changed")).toHaveLength(1);
    });

    it("go back exactly to what each was, tags, snooze and assignee too", async () => {
      const grace = await makeOperator(world.backend, world.acme);
      const until = Date.now() + 5 * HOUR;
      const [plain, rich] = [
        await startChat(world.backend, world.acme),
        await startChat(world.backend, world.acme),
      ];
      await assign(rich, grace.operatorId);
      await snooze(rich, until);
      await changeMany([rich], { kind: "tag", tag: "kept" });
      const before = [await get(plain), await get(rich)];
      const kinds: Change[] = [
        { kind: "assign", operatorId: "me" },
        { kind: "status", status: "closed" },
        { kind: "snooze", until: until + HOUR },
        { kind: "tag", tag: "Late" },
        { kind: "untag", tag: "kept" },
      ];
      for (const change of kinds) {
        const { changed } = await changeMany([plain, rich], change);
        expect(changed.length).toBeGreaterThan(0);
        expect(await undo(changed)).toHaveLength(changed.length);
        for (const [index, chat] of [plain, rich].entries()) {
          const { status, snoozedUntil, assignedOperatorId, tags } = await get(chat);
          const was = before[index];
          expect({ status, snoozedUntil, assignedOperatorId, tags }).toEqual({
            status: was?.status,
            snoozedUntil: was?.snoozedUntil,
            assignedOperatorId: was?.assignedOperatorId,
            tags: was?.tags,
          });
        }
      }
      expect(await newsOf(grace)).toHaveLength(1);
    });

    it("keep what somebody has changed since, even back to the same", async () => {
      const [kept, restored, reopened] = [
        await startChat(world.backend, world.acme),
        await startChat(world.backend, world.acme),
        await startChat(world.backend, world.acme),
      ];
      const { changed } = await changeMany([kept, restored, reopened], {
        kind: "status",
        status: "resolved",
      });
      await setStatus(kept, "open");
      await setStatus(kept, "resolved");
      const { widgetId, visitorKey, conversationId } = reopened;
      const body = "One more thing";
      await world.backend.mutation(api.visitors.sendVisitorMessage, {
        widgetId,
        visitorKey,
        conversationId,
        body,
      });
      await setStatus(reopened, "resolved");
      expect(await undo(changed)).toEqual([restored.conversationId]);
      expect((await get(kept)).status).toBe("resolved");
      expect((await get(restored)).status).toBe("open");
      expect((await get(reopened)).status).toBe("resolved");
      expect(await undo(changed)).toEqual([]);
    });

    it("are 200 at most, and none that one may not see is put back", async () => {
      const chat = await startChat(world.backend, world.acme);
      const many = Array.from({ length: 201 }, () => chat);
      await expectRefusal(changeMany(many, { kind: "status", status: "closed" }), "VALIDATION");
      await expectRefusal(changeMany([chat], { kind: "tag", tag: "#" }), "VALIDATION");
      await expectRefusal(changeMany([chat], { kind: "snooze", until: Date.now() }), "VALIDATION");
      const { changed } = await changeMany([chat], { kind: "status", status: "closed" });
      expect(await undo(changed, world.rival.sessionToken)).toEqual([]);
      await expectRefusal(undo(many.flatMap(() => changed)), "VALIDATION");
      expect((await get(chat)).status).toBe("closed");
    });
  });

  describe("a snooze", () => {
    it("has an end to come, within a year", async () => {
      const chat = await startChat(world.backend, world.acme);
      const now = Date.now();
      for (const until of [now - 1, 0, NaN, Infinity, now + 400 * 24 * HOUR, now + HOUR + 0.5]) {
        await expectRefusal(snooze(chat, until), "VALIDATION");
      }
      expect((await get(chat)).status).toBe("open");
    });

    it("ends early when the visitor writes", async () => {
      const chat = await startChat(world.backend, world.acme);
      await snooze(chat, Date.now() + HOUR);
      const { widgetId, visitorKey, conversationId } = chat;
      const args = { widgetId, visitorKey, conversationId, body: "Still there?" };
      await world.backend.mutation(api.visitors.sendVisitorMessage, args);
      const { status, snoozedUntil } = await get(chat);
      expect({ status, snoozedUntil }).toEqual({ status: "open", snoozedUntil: undefined });
    });
  });
}
