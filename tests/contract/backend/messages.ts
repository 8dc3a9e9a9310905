import { describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { World } from "../backend.cases";
import { eventsOf, expectRefusal, makeOperator, newClientId, startChat } from "./backend";
import type { Chat } from "./backend";

export function messageCases(world: World): void {
  const owner = () => ({ sessionToken: world.acme.sessionToken });
  const chat = (options = {}) => startChat(world.backend, world.acme, options);
  type Reply = { internal?: boolean; clientMessageId?: string; sessionToken?: string };
  const reply = ({ conversationId }: Chat, body: string, options: Reply = {}) =>
    world.backend.mutation(api.messages.send, { ...owner(), conversationId, body, ...options });
  const write = ({ widgetId, visitorKey, conversationId }: Chat, body: string, clientMessageId?: string) =>
    world.backend.mutation(api.visitors.sendVisitorMessage, {
      widgetId,
      visitorKey,
      conversationId,
      body,
      clientMessageId,
    });
  const setStatus = ({ conversationId }: Chat, status: "open" | "snoozed" | "resolved" | "closed") =>
    world.backend.mutation(api.conversations.setStatus, { ...owner(), conversationId, status });
  const seenByTeam = ({ conversationId }: Chat, limit?: number) =>
    world.backend.query(api.messages.listByConversation, { ...owner(), conversationId, limit });
  const seenByVisitor = ({ widgetId, visitorKey, conversationId }: Chat) =>
    world.backend.query(api.visitors.listMessagesForVisitor, { widgetId, visitorKey, conversationId });
  const row = async ({ conversationId }: Chat) => {
    const found = await world.backend.query(api.conversations.getById, { ...owner(), conversationId });
    expect(found).not.toBeNull();
    return found!;
  };
  const bodies = (messages: { body: string }[]) => messages.map((message) => message.body);

  describe("a conversation", () => {
    it("shows the same thread to both sides, notes to the team alone", async () => {
      const c = await chat({ message: "  Where is my parcel?\r\nThanks  " });
      await reply(c, "Looking into it", { clientMessageId: newClientId() });
      await reply(c, "carrier lost it, see #12", { internal: true });
      await write(c, "ok");
      expect(await seenByTeam(c)).toMatchObject([
        { role: "visitor", body: "Where is my parcel?\nThanks", sequence: 1, channel: "web_chat" },
        { role: "operator", body: "Looking into it", sequence: 2, senderName: "Ada Lovelace" },
        { role: "internal_note", body: "carrier lost it, see #12", sequence: 3 },
        { role: "visitor", body: "ok", sequence: 4 },
      ]);
      const visible = await seenByVisitor(c);
      expect(bodies(visible)).toEqual(["Where is my parcel?\nThanks", "Looking into it", "ok"]);
      expect(JSON.stringify(visible)).not.toContain(world.acme.operatorId);
      expect(visible[1]).not.toHaveProperty("clientMessageId");
    });

    it("carries what the inbox shows", async () => {
      const c = await chat({ message: `first line\nsecond ${"x".repeat(200)}`, name: "Maya A." });
      const first = await row(c);
      expect(first).toMatchObject({
        brand: { _id: world.acme.brandId, name: "Acme" },
        visitor: { name: "Maya A.", email: "maya@example.com", phone: "+442079460958" },
        lastMessage: { role: "visitor" },
        status: "open",
        sequence: 1,
      });
      expect(first.lastMessage?.preview).toMatch(/^first line second x+…$/);
      expect(first.lastMessage?.preview).toHaveLength(140);
      await reply(c, "a note", { internal: true });
      expect((await row(c)).lastMessage).toEqual(first.lastMessage);
      expect((await row(c)).lastMessageAt).toBe(first.lastMessageAt);
      await reply(c, "an answer");
      expect((await row(c)).lastMessage).toMatchObject({ preview: "an answer", role: "operator" });
    });

    it("waits from the visitor's first unanswered message until an answer", async () => {
      const c = await chat();
      const since = (await row(c)).waitingSince;
      expect(since).toBe((await seenByTeam(c))[0]?.createdAt);
      await world.backend.patch("conversations", c.conversationId, { waitingSince: 1000 });
      await write(c, "anyone?");
      await reply(c, "note to self", { internal: true });
      expect((await row(c)).waitingSince).toBe(1000);
      await reply(c, "here!");
      expect(await row(c)).not.toHaveProperty("waitingSince");
      await write(c, "great");
      expect((await row(c)).waitingSince).toBeGreaterThanOrEqual(since!);
    });

    it("waits anew when it is opened again: what was resolved waited for nothing", async () => {
      const c = await chat();
      for (const status of ["resolved", "closed"] as const) {
        await setStatus(c, status);
        await world.backend.patch("conversations", c.conversationId, { waitingSince: 1000 });
        await write(c, "one more thing");
        const { waitingSince, lastMessageAt } = await row(c);
        expect(waitingSince).toBe(lastMessageAt);
      }
      await setStatus(c, "snoozed");
      await world.backend.patch("conversations", c.conversationId, { waitingSince: 1000 });
      await write(c, "still there?");
      expect((await row(c)).waitingSince).toBe(1000);
    });

    it("knows when its visitor was last there", async () => {
      const c = await chat();
      const { visitorId } = await row(c);
      await world.backend.patch("visitors", visitorId, { firstSeenAt: 1000, lastSeenAt: 1000 });
      await reply(c, "hello?");
      expect((await row(c)).visitor?.lastSeenAt).toBe(1000);
      await write(c, "here");
      const visitor = (await row(c)).visitor;
      expect(visitor?.lastSeenAt).toBeGreaterThan(1000);
      expect(visitor?.firstSeenAt).toBe(1000);
    });

    it("is assigned to who answers first", async () => {
      const grace = await makeOperator(world.backend, world.acme);
      const c = await chat();
      await reply(c, "a note", { internal: true });
      expect(await row(c)).not.toHaveProperty("assignedOperatorId");
      await reply(c, "hi", { sessionToken: grace.sessionToken });
      await reply(c, "me too");
      expect((await row(c)).assignedOperatorId).toBe(grace.operatorId);
    });

    it("is opened again by its visitor, whatever its status", async () => {
      const c = await chat();
      for (const status of ["resolved", "closed", "snoozed"] as const) {
        await setStatus(c, status);
        expect((await row(c)).status).toBe(status);
        await write(c, "still there?");
        expect((await row(c)).status).toBe("open");
      }
    });

    it("is opened by an operator's message only when it sleeps", async () => {
      const c = await chat();
      await setStatus(c, "resolved");
      await reply(c, "one more thing");
      expect((await row(c)).status).toBe("resolved");
      await setStatus(c, "snoozed");
      await reply(c, "back to this");
      expect((await row(c)).status).toBe("open");
    });

    it("records each change once, in order", async () => {
      const c = await chat();
      await reply(c, "secret note", { internal: true });
      await setStatus(c, "resolved");
      await setStatus(c, "resolved");
      await write(c, "no!");
      const events = await eventsOf(world.backend, c.conversationId);
      expect(events.map(({ type, data }) => [type, data.role ?? data.status ?? data.visitorId])).toEqual([
        ["conversation.created", (await world.backend.rows("conversations")).at(-1)?.visitorId],
        ["message.created", "visitor"],
        ["conversation.status_changed", "resolved"],
        ["message.created", "visitor"],
        ["conversation.status_changed", "open"],
      ]);
      expect(events[2]?.data).toMatchObject({
        previousStatus: "open",
        conversationId: c.conversationId,
        brandId: world.acme.brandId,
        changedByOperatorId: world.acme.operatorId,
      });
      expect(events[4]?.data).not.toHaveProperty("changedByOperatorId");
      expect(events[3]?.data).toMatchObject({ body: "no!", sequence: 3, role: "visitor" });
      expect(JSON.stringify(events)).not.toContain("secret note");
    });
  });

  describe("a message", () => {
    it("sent 20 times at once with one id is one message", async () => {
      const c = await chat();
      for (const send of [
        (id: string) => write(c, "from the visitor", id),
        (id: string) => reply(c, "from the team", { clientMessageId: id }),
      ]) {
        const id = newClientId();
        const ids = await Promise.all(Array.from({ length: 20 }, () => send(id)));
        expect(new Set(ids).size).toBe(1);
        expect(await send(id)).toBe(ids[0]);
      }
      expect(bodies(await seenByTeam(c))).toEqual(["Hello", "from the visitor", "from the team"]);
      expect((await row(c)).sequence).toBe(3);
      expect((await eventsOf(world.backend, c.conversationId)).map((event) => event.data.sequence)).toEqual([
        undefined,
        1,
        2,
        3,
      ]);
    });

    it("repeated after a resolve does not reopen", async () => {
      const c = await chat();
      const id = newClientId();
      await write(c, "thanks, bye", id);
      await setStatus(c, "resolved");
      await write(c, "thanks, bye", id);
      expect((await row(c)).status).toBe("resolved");
    });

    it("keeps its id apart from other senders and other conversations", async () => {
      const [a, b] = [await chat(), await chat()];
      const id = newClientId();
      const mine = await reply(a, "mine", { clientMessageId: id });
      expect(await write(a, "theirs", id)).not.toBe(mine);
      const grace = await makeOperator(world.backend, world.acme);
      expect(await reply(a, "hers", { clientMessageId: id, sessionToken: grace.sessionToken })).not.toBe(
        mine,
      );
      expect(await write(b, "another visitor's", id)).not.toBe(mine);
      await expectRefusal(reply(b, "lost?", { clientMessageId: id }), "CONFLICT");
      expect(bodies(await seenByTeam(b))).toEqual(["Hello", "another visitor's"]);
    });

    it("with an id of the visitor's own earlier conversation is refused by name, and not lost unseen", async () => {
      const earlier = await chat();
      const id = newClientId();
      await write(earlier, "thanks, bye", id);
      await setStatus(earlier, "resolved");
      const later = await chat({ visitorKey: earlier.visitorKey });
      expect(later.conversationId).not.toBe(earlier.conversationId);
      await expect(write(later, "a new question", id)).rejects.toMatchObject({
        data: { code: "CONFLICT", field: "clientMessageId" },
      });
      expect(bodies(await seenByTeam(later))).toEqual(["Hello"]);
    });

    it("sent at once with others takes its own place", async () => {
      const c = await chat();
      await Promise.all(["a", "b", "c"].map((body) => write(c, body, newClientId())));
      const messages = await seenByTeam(c);
      expect(messages.map((message) => message.sequence)).toEqual([1, 2, 3, 4]);
      expect(bodies(messages).slice(1).sort()).toEqual(["a", "b", "c"]);
    });

    it("that cannot be sent changes nothing", async () => {
      const c = await chat();
      const before = await row(c);
      const refused = [
        "",
        " \n\t ",
        "\u200b\u00a0",
        "x".repeat(100_000),
        "bell \u0007",
        "nul \u0000 byte",
        "esc \u009b",
      ];
      for (const body of refused) {
        for (const call of [write(c, body), reply(c, body), reply(c, body, { internal: true })]) {
          await expect(call).rejects.toMatchObject({ data: { code: "VALIDATION", field: "body" } });
        }
      }
      await expectRefusal(write(c, "x", "not/an id"), "VALIDATION");
      await expectRefusal(reply(c, "x", { clientMessageId: "y".repeat(65) }), "VALIDATION");
      expect(await row(c)).toEqual(before);
      await write(c, "x".repeat(10_000));
    });

    it("of any script arrives as it was written", async () => {
      const texts = ["مرحبا", "日本語\tテスト", "👩‍👩‍👧 🇺🇳", "<b>&amp;</b>", "e\u0301\u2028next"];
      const c = await chat();
      for (const text of texts) await write(c, text);
      expect(bodies(await seenByVisitor(c)).slice(1)).toEqual(texts);
    });
  });

  describe("a long thread", () => {
    it("gives its newest messages first, and all of them by pages", async () => {
      const c = await chat({ message: "m1" });
      for (let n = 2; n <= 7; n++)
        await (n % 3 === 0 ? reply(c, `m${n}`, { internal: true }) : write(c, `m${n}`));
      expect(bodies(await seenByTeam(c, 3))).toEqual(["m5", "m6", "m7"]);
      expect(bodies(await seenByTeam(c, 0))).toEqual(["m7"]);

      const walk = async (
        next: (
          cursor: string | null,
        ) => Promise<{ page: { body: string }[]; isDone: boolean; continueCursor: string }>,
      ) => {
        const pages: string[][] = [];
        let cursor: string | null = null;
        for (let isDone = false; !isDone;) {
          const result = await next(cursor);
          pages.push(bodies(result.page));
          ({ isDone, continueCursor: cursor } = result);
        }
        return pages;
      };
      const { conversationId, widgetId, visitorKey } = c;
      const paged = (cursor: string | null) => ({ paginationOpts: { numItems: 3, cursor }, conversationId });
      const team = await walk((cursor) =>
        world.backend.query(api.messages.listPage, { ...owner(), ...paged(cursor) }),
      );
      expect(team.flat()).toEqual(["m7", "m6", "m5", "m4", "m3", "m2", "m1"]);
      expect(team[0]).toHaveLength(3);
      const visitor = await walk((cursor) =>
        world.backend.query(api.visitors.listMessagesPage, { widgetId, visitorKey, ...paged(cursor) }),
      );
      expect(visitor.flat()).toEqual(["m7", "m5", "m4", "m2", "m1"]);
    });
  });
}
