import { describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import { MENTIONS_MAX, VIEWER_MS } from "../../../lib/limits";
import type { World } from "../backend.cases";
import { expectRefusal, makeBrand, makeOperator, newClientId, startChat } from "./backend";
import type { Chat } from "./backend";

/** What operators see of each other in one conversation: who is there, who answered first, whom a note names. */
export function threadCases(world: World): void {
  const { conversations, messages, notifications, presence, typing, visitors } = api;
  type Auth = { sessionToken: string };
  const owner = (): Auth => ({ sessionToken: world.acme.sessionToken });
  const chat = () => startChat(world.backend, world.acme);
  const grace = () => makeOperator(world.backend, world.acme);
  type Sent = {
    internal?: boolean;
    expectedSequence?: number;
    mentions?: string[];
    clientMessageId?: string;
  };
  const send = ({ conversationId }: Chat, { sessionToken }: Auth, options: Sent = {}) =>
    world.backend.mutation(messages.send, { sessionToken, conversationId, body: "Text", ...options });
  const thread = ({ conversationId }: Chat) =>
    world.backend.query(messages.listByConversation, { ...owner(), conversationId });

  describe("an answer", () => {
    it("is refused to who has not seen what a colleague answered first, and taken once they have", async () => {
      const c = await chat();
      const bo = await makeOperator(world.backend, world.acme, { name: "Bo" });
      await send(c, bo, { expectedSequence: 0 });
      const [, first] = await thread(c);
      await expect(send(c, owner(), { expectedSequence: 0 })).rejects.toMatchObject({
        data: {
          code: "CONFLICT",
          field: "expectedSequence",
          answer: { name: "Bo", sequence: 2, at: first?.createdAt },
        },
      });
      expect(await thread(c)).toHaveLength(2);
      await send(c, owner(), { expectedSequence: 2 });
      expect(await thread(c)).toHaveLength(3);
    });

    it("of two at once passes one, whoever comes first", async () => {
      const c = await chat();
      const both = await Promise.allSettled(
        [owner(), await grace()].map((auth) => send(c, auth, { expectedSequence: 0 })),
      );
      expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      expect(await thread(c)).toHaveLength(2);
    });

    it("is not held up by one's own answers, by notes, by the visitor, or without a word of what was seen", async () => {
      const c = await chat();
      const colleague = await grace();
      await send(c, owner(), { expectedSequence: 0 });
      await send(c, owner(), { expectedSequence: 0 });
      await send(c, colleague, { internal: true, expectedSequence: 0 });
      const { widgetId, visitorKey, conversationId } = c;
      await world.backend.mutation(visitors.sendVisitorMessage, {
        widgetId,
        visitorKey,
        conversationId,
        body: "Hm",
      });
      await send(c, owner(), { expectedSequence: 0 });
      await send(c, colleague);
      expect(await thread(c)).toHaveLength(7);
    });

    it("that is repeated is the same message, whatever came after it", async () => {
      const c = await chat();
      const sent = { expectedSequence: 0, clientMessageId: newClientId() };
      const id = await send(c, owner(), sent);
      await send(c, await grace());
      expect(await send(c, owner(), sent)).toBe(id);
    });
  });

  describe("a mention", () => {
    const notices = async ({ sessionToken }: Auth) =>
      await world.backend.query(notifications.listActivity, { sessionToken });

    it("stands in the note and tells who is named, once, with a link to the note", async () => {
      const c = await chat();
      const named = await makeOperator(world.backend, world.acme, { name: "Tomás Rey" });
      const ids = [named.operatorId, named.operatorId, world.acme.operatorId];
      const id = await send(c, owner(), { internal: true, mentions: ids });
      expect((await thread(c))[1]?.mentions).toEqual([
        { operatorId: named.operatorId, name: "Tomás Rey" },
        { operatorId: world.acme.operatorId, name: "Ada Lovelace" },
      ]);
      expect(await notices(named)).toMatchObject([
        {
          kind: "mention",
          title: "Ada Lovelace mentioned you in a note",
          body: "Text",
          link: `/app?conversation=${c.conversationId}&message=${id}`,
        },
      ]);
      expect(await notices(owner())).not.toContainEqual(expect.objectContaining({ kind: "mention" }));
    });

    it("names only operators who may see the conversation, and changes nothing otherwise", async () => {
      const c = await chat();
      const other = await makeBrand(world.backend, world.acme);
      const elsewhere = await makeOperator(world.backend, world.acme, { brandAccess: [other.brandId] });
      for (const id of [elsewhere.operatorId, world.rival.operatorId, "nonsense"]) {
        await expect(send(c, owner(), { internal: true, mentions: [id] })).rejects.toMatchObject({
          data: { code: "VALIDATION", field: "mentions" },
        });
      }
      const many = Array.from({ length: MENTIONS_MAX + 1 }, (_, index) => `id${index}`);
      await expectRefusal(send(c, owner(), { internal: true, mentions: many }), "VALIDATION");
      await expectRefusal(send(c, owner(), { mentions: [world.acme.operatorId] }), "VALIDATION");
      expect(await thread(c)).toHaveLength(1);
      expect(await notices(elsewhere)).toEqual([]);
    });
  });

  describe("the visitor's other conversations", () => {
    const listOf = (
      { conversationId }: Chat,
      { sessionToken }: Auth = owner(),
      cursor: string | null = null,
    ) =>
      world.backend.query(conversations.listOfVisitor, {
        sessionToken,
        conversationId,
        paginationOpts: { numItems: 2, cursor },
      });

    it("come by pages, the newest first, without the one that is open", async () => {
      const first = await chat();
      const later: Chat[] = [];
      for (const message of ["second", "third", "fourth"]) {
        await world.backend.mutation(conversations.setStatus, {
          ...owner(),
          conversationId: (later.at(-1) ?? first).conversationId,
          status: "resolved",
        });
        later.push(await startChat(world.backend, world.acme, { visitorKey: first.visitorKey, message }));
      }
      await chat();
      const page = await listOf(first);
      expect(page.page.map(({ lastMessage }) => lastMessage?.preview)).toEqual(["fourth", "third"]);
      const rest = await listOf(first, owner(), page.continueCursor);
      expect(rest.page.map(({ status }) => status)).toEqual(["resolved"]);
    });

    it("are nobody else's to see", async () => {
      const first = await chat();
      await world.backend.mutation(conversations.setStatus, {
        ...owner(),
        conversationId: first.conversationId,
        status: "resolved",
      });
      await startChat(world.backend, world.acme, { visitorKey: first.visitorKey });
      expect((await listOf(first)).page).toHaveLength(1);
      expect((await listOf(first, { sessionToken: world.rival.sessionToken })).page).toEqual([]);
    });
  });

  describe("who has a conversation open", () => {
    const beat = ({ conversationId }: Chat, { sessionToken }: Auth, isHere = true) =>
      world.backend.mutation(presence.heartbeat, { sessionToken, conversationId, isHere });
    const others = ({ conversationId }: Chat, { sessionToken }: Auth = owner()) =>
      world.backend.query(presence.listViewers, { sessionToken, conversationId });

    it("is shown to the others, until they leave", async () => {
      const c = await chat();
      const colleague = await grace();
      await beat(c, owner());
      await beat(c, colleague);
      await beat(c, colleague);
      const seen = { operatorId: colleague.operatorId, name: "Grace Hopper", isWriting: false };
      expect(await others(c)).toEqual([seen]);
      expect(await others(c, colleague)).toMatchObject([{ name: "Ada Lovelace" }]);
      await world.backend.mutation(typing.setOperatorTyping, {
        sessionToken: colleague.sessionToken,
        conversationId: c.conversationId,
        isTyping: true,
      });
      expect(await others(c)).toEqual([{ ...seen, isWriting: true }]);
      await beat(c, colleague, false);
      await beat(c, colleague, false);
      expect(await others(c)).toEqual([]);
    });

    it("is forgotten when nobody renews it", async () => {
      const c = await chat();
      await beat(c, owner());
      await world.backend.advance(VIEWER_MS + 1000);
      const rows = await world.backend.rows("viewers");
      expect(rows.filter(({ conversationId }) => conversationId === c.conversationId)).toEqual([]);
    });

    it("changes nothing that lists show", async () => {
      const c = await chat();
      const detail = () =>
        world.backend.query(conversations.getById, { ...owner(), conversationId: c.conversationId });
      const before = await detail();
      await beat(c, owner());
      expect(await detail()).toEqual(before);
    });

    it("is nobody else's to say or see", async () => {
      const c = await chat();
      await beat(c, owner());
      const other = await makeBrand(world.backend, world.acme);
      const elsewhere = await makeOperator(world.backend, world.acme, { brandAccess: [other.brandId] });
      for (const auth of [{ sessionToken: world.rival.sessionToken }, elsewhere]) {
        await expectRefusal(beat(c, auth), "NOT_FOUND");
        expect(await others(c, auth)).toEqual([]);
      }
    });
  });
}
