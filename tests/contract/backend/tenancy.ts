import { describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { World } from "../backend.cases";
import { expectRefusal, makeBrand, makeOperator, startChat } from "./backend";
import type { Brand, Chat, Operator } from "./backend";

export function tenancyCases(world: World): void {
  const paginationOpts = { numItems: 50, cursor: null };

  /** Asserts that the token gives nothing of the conversation and its brand, by reading or by writing. */
  async function expectNothing({ sessionToken }: { sessionToken: string }, chat: Chat): Promise<void> {
    const { query, mutation } = world.backend;
    const { conversationId, brandId } = chat;
    const auth = { sessionToken };
    const list = { ...auth, status: "open" as const, paginationOpts };
    const before = await world.backend.rows("events");

    expect(await query(api.conversations.getById, { ...auth, conversationId })).toBeNull();
    expect(await query(api.messages.listByConversation, { ...auth, conversationId })).toEqual([]);
    expect(await query(api.messages.listPage, { ...auth, conversationId, paginationOpts })).toMatchObject({
      page: [],
    });
    expect(await query(api.notifications.listUnread, { ...auth, conversationIds: [conversationId] })).toEqual(
      [],
    );
    expect(await query(api.brands.getById, { ...auth, brandId })).toBeNull();
    expect((await query(api.brands.listMine, auth)).map((brand) => brand._id)).not.toContain(brandId);
    for (const filter of [{}, { brandId }]) {
      const rows = [
        ...(await query(api.conversations.listInbox, { ...auth, limit: 200, ...filter })),
        ...(await query(api.conversations.listInbox, {
          ...auth,
          limit: 200,
          channel: "web_chat",
          ...filter,
        })),
        ...(await query(api.conversations.listWaiting, { ...list, ...filter })).page,
        ...(await query(api.conversations.listAnswered, { ...list, ...filter })).page,
      ];
      expect(rows.filter((row) => row.brandId === brandId)).toEqual([]);
      if ("brandId" in filter) expect(rows).toEqual([]);
    }
    await expectRefusal(mutation(api.messages.send, { ...auth, conversationId, body: "hi" }), "NOT_FOUND");
    await expectRefusal(
      mutation(api.conversations.setStatus, { ...auth, conversationId, status: "closed" }),
      "NOT_FOUND",
    );
    await expectRefusal(mutation(api.notifications.markRead, { ...auth, conversationId }), "NOT_FOUND");
    expect(await world.backend.rows("events")).toHaveLength(before.length);
  }

  describe("a workspace", () => {
    it("gives nothing to operators of another", async () => {
      const chat = await startChat(world.backend, world.acme);
      await expectNothing(world.rival, chat);
      const agent = await makeOperator(world.backend, world.rival);
      await expectNothing(agent, chat);
      // Even brand access that names the foreign brand.
      await expectNothing(
        await makeOperator(world.backend, world.rival, { brandAccess: [chat.brandId] }),
        chat,
      );
    });

    it("answers a foreign id like one that never was", async () => {
      const chat = await startChat(world.backend, world.acme);
      const send = (conversationId: string) =>
        world.backend
          .mutation(api.messages.send, { sessionToken: world.rival.sessionToken, conversationId, body: "hi" })
          .catch((error: { data: unknown }) => error.data);
      const foreign = await send(chat.conversationId);
      expect(foreign).toMatchObject({ code: "NOT_FOUND" });
      for (const id of ["", "nonsense", world.acme.workspaceId]) expect(await send(id)).toEqual(foreign);
    });
  });

  describe("an operator of some brands", () => {
    const inbox = ({ sessionToken }: Operator, args: { channel?: "web_chat"; limit?: number } = {}) =>
      world.backend.query(api.conversations.listInbox, { sessionToken, ...args });

    const answer = ({ conversationId }: Chat) =>
      world.backend.mutation(api.messages.send, {
        sessionToken: world.acme.sessionToken,
        conversationId,
        body: "hi",
      });

    async function scene(): Promise<{ mine: Brand[]; others: Brand; agent: Operator }> {
      const mine = [await makeBrand(world.backend, world.acme), await makeBrand(world.backend, world.acme)];
      const others = await makeBrand(world.backend, world.acme);
      const brandAccess = mine.map((brand) => brand.brandId);
      return { mine, others, agent: await makeOperator(world.backend, world.acme, { brandAccess }) };
    }

    it("gets nothing of the other brands", async () => {
      const { others, agent } = await scene();
      await expectNothing(agent, await startChat(world.backend, others));
    });

    it("without any brand gets empty lists", async () => {
      const nobody = await makeOperator(world.backend, world.acme, { brandAccess: [] });
      await expectNothing(nobody, await startChat(world.backend, world.acme));
    });

    it("makes keys of these brands alone", async () => {
      const { mine, others } = await scene();
      const brandAccess = mine.map(({ brandId }) => brandId);
      const { sessionToken } = await makeOperator(world.backend, world.acme, { role: "admin", brandAccess });
      const create = (brandId?: string) =>
        world.backend.action(api.apiKeys.create, { sessionToken, name: "CRM", scope: "read", brandId });
      await expectRefusal(create(), "FORBIDDEN");
      await expectRefusal(create(others.brandId), "NOT_FOUND");
      expect(await create(brandAccess[0])).toMatchObject({ secret: expect.any(String) as string });
    });

    it("gets the brands' conversations merged in order, whole and by pages", async () => {
      const { mine, others, agent } = await scene();
      const [a, b] = mine as [Brand, Brand];
      const chats: Chat[] = [];
      for (const [index, brand] of [a, b, others, b, a, a, b].entries()) {
        const chat = await startChat(world.backend, brand);
        const at = 1_700_000_000_000 + index * 1000;
        if (index < 3) await answer(chat);
        const waiting = index < 3 ? {} : { waitingSince: at };
        await world.backend.patch("conversations", chat.conversationId, { lastMessageAt: at, ...waiting });
        if (brand !== others) chats.push(chat);
      }
      const ids = chats.map((chat) => chat.conversationId);
      expect((await inbox(agent)).map((row) => row._id)).toEqual(ids.toReversed());
      expect((await inbox(agent, { channel: "web_chat", limit: 3 })).map((row) => row._id)).toEqual(
        ids.toReversed().slice(0, 3),
      );
      const page = async (list: typeof api.conversations.listWaiting, cursor: string | null) => {
        const { sessionToken } = agent;
        const opts = { numItems: 3, cursor };
        return await world.backend.query(list, { sessionToken, status: "open", paginationOpts: opts });
      };
      const first = await page(api.conversations.listWaiting, null);
      const rest = await page(api.conversations.listWaiting, first.continueCursor);
      expect([...first.page, ...rest.page].map((row) => row._id)).toEqual(ids.slice(2));
      expect(first.page).toHaveLength(3);
      const answered = await page(api.conversations.listAnswered, null);
      expect(answered.page.map((row) => row._id)).toEqual(ids.slice(0, 2).toReversed());
    });
  });
}
