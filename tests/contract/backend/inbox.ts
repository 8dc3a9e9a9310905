import { describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { ConversationStatus, InboxRow } from "../../../convex/validators";
import type { World } from "../backend.cases";
import { expectRefusal, makeBrand, makeOperator, startChat } from "./backend";
import type { Brand, Chat } from "./backend";

export function inboxCases(world: World): void {
  const owner = () => ({ sessionToken: world.acme.sessionToken });
  type Filter = { status?: ConversationStatus; brandId?: string; limit?: number; sessionToken?: string };
  const inbox = (filter: Filter & { channel?: "web_chat" | "email" }) =>
    world.backend.query(api.conversations.listInbox, { ...owner(), ...filter });
  const reply = ({ conversationId }: Chat, sessionToken = world.acme.sessionToken) =>
    world.backend.mutation(api.messages.send, { sessionToken, conversationId, body: "answer" });
  const write = ({ widgetId, visitorKey, conversationId }: Chat) =>
    world.backend.mutation(api.visitors.sendVisitorMessage, {
      widgetId,
      visitorKey,
      conversationId,
      body: "more",
    });
  const setStatus = ({ conversationId }: Chat, status: ConversationStatus) =>
    world.backend.mutation(api.conversations.setStatus, { ...owner(), conversationId, status });
  const ids = (rows: { _id: string }[]) => rows.map((row) => row._id);
  const idsOf = (chats: Chat[]) => chats.map((chat) => chat.conversationId);

  /** Chats begun one after another, oldest first, each at a time of its own. */
  async function chats(brand: Brand, count: number): Promise<Chat[]> {
    const made: Chat[] = [];
    for (let n = 0; n < count; n++) {
      const chat = await startChat(world.backend, brand);
      const at = 1_700_000_000_000 + n * 1000;
      await world.backend.patch("conversations", chat.conversationId, {
        lastMessageAt: at,
        waitingSince: at,
      });
      made.push(chat);
    }
    return made;
  }

  /** All rows of a paginated list, two at a time. */
  async function walk(list: typeof api.conversations.listWaiting, filter: Filter): Promise<InboxRow[]> {
    const rows: InboxRow[] = [];
    let cursor: string | null = null;
    for (let isDone = false; !isDone;) {
      const result: { page: InboxRow[]; isDone: boolean; continueCursor: string } = await world.backend.query(
        list,
        {
          ...owner(),
          status: "open",
          ...filter,
          paginationOpts: { numItems: 2, cursor },
        },
      );
      expect(result.page.length).toBeLessThanOrEqual(2);
      rows.push(...result.page);
      ({ isDone, continueCursor: cursor } = result);
    }
    return rows;
  }

  describe("the inbox", () => {
    it("lists one status, newest activity first", async () => {
      const brand = await makeBrand(world.backend, world.acme);
      const [first, second, third] = (await chats(brand, 3)) as [Chat, Chat, Chat];
      const listed = async (filter: Filter = {}) => ids(await inbox({ brandId: brand.brandId, ...filter }));
      expect(await listed()).toEqual(idsOf([third, second, first]));
      await write(first);
      expect(await listed()).toEqual(idsOf([first, third, second]));
      await setStatus(third, "resolved");
      expect(await listed()).toEqual(idsOf([first, second]));
      expect(await listed({ status: "resolved" })).toEqual(idsOf([third]));
      expect(await listed({ status: "snoozed" })).toEqual([]);
    });

    it("filters by channel before it cuts, and keeps the limit within bounds", async () => {
      const brand = await makeBrand(world.backend, world.acme);
      const [first, second, third] = (await chats(brand, 3)) as [Chat, Chat, Chat];
      await world.backend.patch("conversations", first.conversationId, { channel: "email" });
      const { brandId } = brand;
      expect(ids(await inbox({ brandId, channel: "email", limit: 1 }))).toEqual(idsOf([first]));
      expect(ids(await inbox({ brandId, channel: "web_chat" }))).toEqual(idsOf([third, second]));
      expect(await inbox({ brandId, limit: 2 })).toHaveLength(2);
      expect(await inbox({ brandId, limit: 0 })).toHaveLength(1);
      expect(await inbox({ brandId, limit: -5 })).toHaveLength(1);
      expect(await inbox({ brandId, limit: 1.9 })).toHaveLength(1);
      expect(await inbox({ brandId, limit: 1e9 })).toHaveLength(3);
    });

    it("lists who waits longest first, and the others apart from them", async () => {
      const brand = await makeBrand(world.backend, world.acme);
      const made = (await chats(brand, 5)) as [Chat, Chat, Chat, Chat, Chat];
      await reply(made[1]);
      await reply(made[3]);
      const filter = { brandId: brand.brandId };
      expect(ids(await walk(api.conversations.listWaiting, filter))).toEqual(
        idsOf([made[0], made[2], made[4]]),
      );
      expect(ids(await walk(api.conversations.listAnswered, filter))).toEqual(idsOf([made[3], made[1]]));
      await write(made[1]);
      expect(ids(await walk(api.conversations.listWaiting, filter)).at(-1)).toBe(made[1].conversationId);
    });

    it("changes status for everyone, and refuses a status that does not exist", async () => {
      const chat = await startChat(world.backend, world.acme);
      await setStatus(chat, "snoozed");
      const { conversationId } = chat;
      const grace = await makeOperator(world.backend, world.acme);
      const seen = await world.backend.query(api.conversations.getById, {
        sessionToken: grace.sessionToken,
        conversationId,
      });
      expect(seen).toMatchObject({ status: "snoozed" });
      await expect(setStatus(chat, "gone" as ConversationStatus)).rejects.toThrow();
    });
  });

  describe("unread", () => {
    const unread = (chatsAsked: Chat[], sessionToken = world.acme.sessionToken) =>
      world.backend.query(api.notifications.listUnread, { sessionToken, conversationIds: idsOf(chatsAsked) });
    const read = ({ conversationId }: Chat, sessionToken = world.acme.sessionToken) =>
      world.backend.mutation(api.notifications.markRead, { sessionToken, conversationId });

    it("is each operator's own", async () => {
      const grace = await makeOperator(world.backend, world.acme);
      const [a, b] = [await startChat(world.backend, world.acme), await startChat(world.backend, world.acme)];
      expect(await unread([a, b])).toEqual(idsOf([a, b]));
      await read(a);
      expect(await unread([a, b])).toEqual(idsOf([b]));
      expect(await unread([a, b], grace.sessionToken)).toEqual(idsOf([a, b]));
      await write(a);
      expect(await unread([a])).toEqual(idsOf([a]));
    });

    it("means that the visitor wrote: answers and notes of colleagues do not count", async () => {
      const grace = await makeOperator(world.backend, world.acme);
      const chat = await startChat(world.backend, world.acme);
      await read(chat);
      await reply(chat, grace.sessionToken);
      expect(await unread([chat])).toEqual([]);
      expect(await unread([chat], grace.sessionToken)).toEqual([]);
      await write(chat);
      expect(await unread([chat], grace.sessionToken)).toEqual(idsOf([chat]));
    });

    it("wakes nobody's list", async () => {
      const chat = await startChat(world.backend, world.acme);
      const get = () =>
        world.backend.query(api.conversations.getById, { ...owner(), conversationId: chat.conversationId });
      const before = await get();
      await read(chat);
      await read(chat);
      expect(await get()).toEqual(before);
    });

    it("is asked for a page of conversations", async () => {
      const conversationIds = Array.from({ length: 101 }, () => "x");
      await expectRefusal(
        world.backend.query(api.notifications.listUnread, { ...owner(), conversationIds }),
        "VALIDATION",
      );
      expect(
        await world.backend.query(api.notifications.listUnread, { ...owner(), conversationIds: [] }),
      ).toEqual([]);
    });
  });
}
