import { beforeAll, describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import {
  conversation as conversationSchema,
  message as messageSchema,
} from "../../../convex/rest/shapes/answers";
import { lead as leadSchema } from "../../../convex/rest/shapes/answers";
import type { Presence } from "../../../sdk/src/types";
import type { World } from "../backend.cases";
import { expectRefusal, makeBrand, makeOperator, makeWorkspace, newClientId, startChat } from "./backend";
import type { Brand, Chat, Workspace } from "./backend";

const HOUR = 60 * 60 * 1000;

/** The functions of `v1/`, which agent software calls. */
export function agentFacadeCases(world: World): void {
  describe("v1 for agent software", () => {
    let team: Workspace;
    let second: Brand;
    let chat: Chat;
    let sessionToken: string;
    beforeAll(async () => {
      team = await makeWorkspace(world.backend, "Facade");
      second = await makeBrand(world.backend, team);
      chat = await startChat(world.backend, team, { message: "Where is my order?" });
      await startChat(world.backend, second, { name: "Noor" });
      ({ token: sessionToken } = await world.backend.action(api.agentTokens.create, {
        sessionToken: team.sessionToken,
        name: "CRM",
        access: "reply",
        brands: "all",
        expiresAt: Date.now() + HOUR,
      }));
    });

    const { conversations, messages, leads, brands, events, presence } = api.v1;
    const get = (conversationId: string) =>
      world.backend.query(conversations.get, { sessionToken, conversationId });

    it("gives the rows of REST", async () => {
      const row = await get(chat.conversationId);
      expect(conversationSchema.strict().parse(row)).toEqual(row);
      const list = await world.backend.query(messages.list, {
        sessionToken,
        conversationId: chat.conversationId,
      });
      expect(list.map((message) => messageSchema.strict().parse(message).body)).toEqual([
        "Where is my order?",
      ]);
      const found = await world.backend.query(brands.list, { sessionToken });
      expect(found.map(({ id }) => id)).toEqual([team.brandId, second.brandId]);
    });

    it("lists the inbox by status, brand and assignee, and by pages", async () => {
      const { inbox } = api.v1;
      const own = await makeBrand(world.backend, team);
      const chats: Chat[] = [];
      for (const name of ["Ana", "Ben", "Cleo"]) chats.push(await startChat(world.backend, own, { name }));
      const [ana, ben, cleo] = chats.map(({ conversationId }) => conversationId);
      const list = async (filter = {}) =>
        (await world.backend.query(inbox.list, { sessionToken, brandId: own.brandId, ...filter })).map(
          ({ id }) => id,
        );
      expect(await list()).toEqual([cleo, ben, ana]);
      expect(await list({ limit: 1 })).toEqual([cleo]);
      const update = { sessionToken, conversationId: ben!, assignee: "me" };
      await world.backend.mutation(conversations.update, update);
      expect(await list({ assignee: "me" })).toEqual([ben]);
      expect(await list({ assignee: null })).toEqual([cleo, ana]);
      expect(await list({ assignee: world.rival.operatorId })).toEqual([]);
      expect(await list({ channel: "email" })).toEqual([]);
      expect(await list({ status: "closed" })).toEqual([]);
      await expectRefusal(list({ channel: "email", assignee: null }), "VALIDATION");
      expect(await list({ brandId: world.rival.brandId })).toEqual([]);
      const page = async (cursor: string | null) =>
        await world.backend.query(inbox.page, {
          sessionToken,
          brandId: own.brandId,
          paginationOpts: { numItems: 2, cursor },
        });
      const first = await page(null);
      const second = await page(first.continueCursor);
      expect([...first.page, ...second.page].map(({ id }) => id)).toEqual([cleo, ben, ana]);
    });

    it("sends once for one clientMessageId, and keeps notes from what the visitor sees", async () => {
      const { conversationId } = await startChat(world.backend, team);
      const reply = { sessionToken, conversationId, body: "Looking", clientMessageId: newClientId() };
      const first = await world.backend.mutation(messages.send, reply);
      expect(await world.backend.mutation(messages.send, reply)).toEqual(first);
      await world.backend.mutation(messages.addNote, {
        ...reply,
        body: "VIP",
        clientMessageId: newClientId(),
      });
      const list = await world.backend.query(messages.list, { sessionToken, conversationId });
      expect(list.map(({ role, body }) => [role, body])).toEqual([
        ["visitor", "Hello"],
        ["operator", "Looking"],
      ]);
      const paginationOpts = { numItems: 1, cursor: null };
      const page = await world.backend.query(messages.page, {
        sessionToken,
        conversationId,
        paginationOpts,
      });
      expect(page.page.map(({ body }) => body)).toEqual(["Looking"]);
      expect(page.isDone).toBe(false);
      await expectRefusal(world.backend.mutation(messages.send, { ...reply, body: " " }), "VALIDATION");
    });

    it("sets status and assignee", async () => {
      const { conversationId } = await startChat(world.backend, team);
      const update = (change: { status?: "resolved"; assignee?: string | null }) =>
        world.backend.mutation(conversations.update, { sessionToken, conversationId, ...change });
      await update({ status: "resolved", assignee: "me" });
      expect(await get(conversationId)).toMatchObject({ status: "resolved", assignee: team.operatorId });
      await update({ assignee: null });
      expect(await get(conversationId)).toMatchObject({ status: "resolved", assignee: null });
      const outsider = await makeOperator(world.backend, team, { brandAccess: [second.brandId] });
      await expectRefusal(update({ assignee: outsider.operatorId }), "VALIDATION");
      await expectRefusal(update({ assignee: world.rival.operatorId }), "VALIDATION");
    });

    it("snoozes until a time, with no other status", async () => {
      const { conversationId } = await startChat(world.backend, team);
      const snooze = (snoozedUntil: number, status?: "snoozed" | "closed") =>
        world.backend.mutation(conversations.update, { sessionToken, conversationId, snoozedUntil, status });
      const until = Date.now() + HOUR;
      await expectRefusal(snooze(until, "closed"), "VALIDATION");
      await expectRefusal(snooze(Date.now() - HOUR), "VALIDATION");
      expect(await get(conversationId)).toMatchObject({ status: "open" });
      await snooze(until, "snoozed");
      expect(await get(conversationId)).toMatchObject({ status: "snoozed" });
      const { getById } = api.conversations;
      const row = await world.backend.query(getById, { sessionToken, conversationId });
      expect(row).toMatchObject({ snoozedUntil: until });
    });

    it("tells who views and who types beside the token's operator, and says so of them", async () => {
      const { conversationId, visitorKey } = await startChat(world.backend, team);
      const colleague = await makeOperator(world.backend, team, { name: "Noor" });
      const of = { sessionToken, conversationId };
      const theirs = { sessionToken: colleague.sessionToken, conversationId };
      const here = async (): Promise<Presence | null> => await world.backend.query(presence.get, of);
      const nobody = { operators: [], visitor: { isTyping: false } };
      expect(await here()).toEqual(nobody);

      const { setTyping } = api.visitors;
      const visitor = { widgetId: team.widgetId, visitorKey, conversationId };
      await world.backend.mutation(setTyping, { ...visitor, isTyping: true });
      await world.backend.mutation(api.presence.heartbeat, { ...theirs, isHere: true });
      const noor = { id: colleague.operatorId, name: "Noor" };
      expect(await here()).toEqual({
        operators: [{ ...noor, isViewing: true, isTyping: false }],
        visitor: { isTyping: true },
      });
      await world.backend.mutation(api.typing.setOperatorTyping, { ...theirs, isTyping: true });
      await world.backend.mutation(api.presence.heartbeat, { ...theirs, isHere: false });
      expect((await here())?.operators).toEqual([{ ...noor, isViewing: false, isTyping: true }]);

      const before = await here();
      const viewers = () => world.backend.query(api.presence.listViewers, theirs);
      await world.backend.mutation(presence.update, { ...of, isTyping: true });
      expect(await viewers()).toEqual([]);
      await world.backend.mutation(presence.update, { ...of, isViewing: true });
      expect(await viewers()).toMatchObject([{ operatorId: team.operatorId, isWriting: true }]);
      expect(await here()).toEqual(before);
      await world.backend.mutation(presence.update, { ...of, isTyping: false });
      expect(await viewers()).toMatchObject([{ operatorId: team.operatorId, isWriting: false }]);
      await world.backend.mutation(presence.update, { ...of, isViewing: false });
      expect(await viewers()).toEqual([]);
    });

    it("makes and changes leads", async () => {
      const made = await world.backend.mutation(leads.create, {
        sessionToken,
        name: "Maya A.",
        email: "Maya@Acme.com",
        conversationId: chat.conversationId,
      });
      expect(leadSchema.strict().parse(made)).toMatchObject({ email: "maya@acme.com", status: "new" });
      const won = await world.backend.mutation(leads.update, {
        sessionToken,
        leadId: made.id,
        status: "won",
        email: null,
      });
      expect(won).toMatchObject({ id: made.id, status: "won" });
      expect(won.email).toBeUndefined();
      const list = await world.backend.query(leads.list, { sessionToken, status: "won" });
      expect(list.map(({ id }) => id)).toEqual([made.id]);
    });

    it("feeds each change once, in order, also to a token of several brands", async () => {
      const each = await world.backend.query(brands.list, { sessionToken });
      const both = await world.backend.action(api.agentTokens.create, {
        sessionToken: team.sessionToken,
        name: "Feed",
        access: "read",
        brands: each.map(({ id }) => id),
        expiresAt: Date.now() + HOUR,
      });
      const read = async (token: string) => {
        const ids: string[] = [];
        let after: string | undefined;
        for (;;) {
          const page = await world.backend.query(events.list, { sessionToken: token, after, limit: 3 });
          ids.push(...page.events.map(({ id }) => id));
          after = page.nextCursor;
          if (!page.hasMore) return { ids, after };
        }
      };
      for (const brand of [second, team]) await startChat(world.backend, brand);
      const all = await read(sessionToken);
      expect(all.ids.length).toBeGreaterThan(6);
      expect(new Set(all.ids).size).toBe(all.ids.length);
      const some = await read(both.token);
      expect(some.ids).toEqual(all.ids);
      const newest = (token: string) => world.backend.query(events.newest, { sessionToken: token });
      const before = await newest(both.token);
      expect(before).toEqual(await newest(sessionToken));
      const since = { sessionToken: both.token, after: before.cursor ?? undefined };
      expect((await world.backend.query(events.list, since)).events).toEqual([]);
      await startChat(world.backend, second);
      const { events: fresh } = await world.backend.query(events.list, {
        sessionToken: both.token,
        after: some.after,
      });
      expect(fresh.map(({ type }) => type)).toEqual(["conversation.created", "message.created"]);
      const [first] = (await world.backend.query(events.list, { sessionToken, limit: 1 })).cursors;
      const rest = { sessionToken, after: first, limit: 200 };
      expect((await world.backend.query(events.list, rest)).events.map(({ id }) => id)).toEqual([
        ...all.ids.slice(1),
        ...fresh.map(({ id }) => id),
      ]);
      // Asked the same a moment ago, when there was nothing: the answer of then must not come again.
      expect((await world.backend.query(events.list, since)).events).toEqual(fresh);
      expect((await newest(both.token)).cursor).not.toBe(before.cursor);
      const mangled = { sessionToken, after: "x" };
      await expectRefusal(world.backend.query(events.list, mangled), "INVALID_CURSOR");
    });

    it("shows another workspace nothing", async () => {
      const foreign = { sessionToken: world.rival.sessionToken, conversationId: chat.conversationId };
      expect(await world.backend.query(conversations.get, foreign)).toBeNull();
      expect(await world.backend.query(messages.list, foreign)).toEqual([]);
      const clientMessageId = newClientId();
      const reply = { ...foreign, body: "x", clientMessageId };
      await expectRefusal(world.backend.mutation(messages.send, reply), "NOT_FOUND");
      await expectRefusal(world.backend.mutation(messages.addNote, reply), "NOT_FOUND");
      expect(await world.backend.query(presence.get, foreign)).toBeNull();
      const typing = { ...foreign, isTyping: true };
      await expectRefusal(world.backend.mutation(presence.update, typing), "NOT_FOUND");
      const change = { ...foreign, status: "closed" as const };
      await expectRefusal(world.backend.mutation(conversations.update, change), "NOT_FOUND");
    });
  });
}
