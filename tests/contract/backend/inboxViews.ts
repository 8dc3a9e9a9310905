import { describe, expect, it } from "vitest";
import type { FunctionArgs } from "convex/server";
import { api } from "../../../convex/_generated/api";
import type { Doc } from "../../../convex/_generated/dataModel";
import type { InboxRow } from "../../../convex/validators";
import type { World } from "../backend.cases";
import { makeBrand, makeOperator, startChat } from "./backend";
import type { Brand, Chat } from "./backend";

export function inboxViewCases(world: World): void {
  type View = Omit<FunctionArgs<typeof api.conversations.listPage>, "sessionToken" | "paginationOpts">;
  type Page = { page: InboxRow[]; isDone: boolean; continueCursor: string };

  /** All rows of a view, two at a time. */
  async function walk(view: View, sessionToken = world.acme.sessionToken): Promise<string[]> {
    const ids: string[] = [];
    let cursor: string | null = null;
    for (let isDone = false; !isDone;) {
      const paginationOpts = { numItems: 2, cursor };
      const args = { sessionToken, ...view, paginationOpts };
      const result: Page = await world.backend.query(api.conversations.listPage, args);
      expect(result.page.length).toBeLessThanOrEqual(2);
      ids.push(...result.page.map(({ _id }) => _id));
      ({ isDone, continueCursor: cursor } = result);
    }
    return ids;
  }

  /** Chats begun one after another, oldest first; every second one is answered. */
  async function chats(brand: Brand, count: number, fields: Partial<Doc<"conversations">> = {}) {
    const ids: Chat["conversationId"][] = [];
    for (let n = 0; n < count; n++) {
      const { conversationId } = await startChat(world.backend, brand);
      const at = 1_700_000_000_000 + n * 1000;
      if (n % 2 === 1) {
        const { sessionToken } = world.acme;
        await world.backend.mutation(api.messages.send, { sessionToken, conversationId, body: "answer" });
      }
      const waiting = n % 2 === 1 ? {} : { waitingSince: at };
      await world.backend.patch("conversations", conversationId, {
        lastMessageAt: at,
        ...waiting,
        ...fields,
      });
      ids.push(conversationId);
    }
    return ids;
  }
  const odd = <T>(items: T[]) => items.filter((_item, index) => index % 2 === 1);
  const even = <T>(items: T[]) => items.filter((_item, index) => index % 2 === 0);

  describe("the inbox's views", () => {
    it("narrow by who has the conversation: me, nobody, one of the team", async () => {
      const brand = await makeBrand(world.backend, world.acme);
      const grace = await makeOperator(world.backend, world.acme);
      const mine = await chats(brand, 5, { assignedOperatorId: world.acme.operatorId });
      const hers = await chats(brand, 3, { assignedOperatorId: grace.operatorId });
      const { conversationId: free } = await startChat(world.backend, brand);
      const { brandId } = brand;
      const by = (assignee: string | null, part: View["part"]): View => {
        return { status: "open", brandId, narrowing: { by: "assignee", assignee }, part };
      };
      expect(await walk(by("me", "all"))).toEqual(mine.toReversed());
      expect(await walk(by("me", "waiting"))).toEqual(even(mine));
      expect(await walk(by("me", "answered"))).toEqual(odd(mine).toReversed());
      expect(await walk(by("me", "all"), grace.sessionToken)).toEqual(hers.toReversed());
      expect(await walk(by(grace.operatorId, "waiting"))).toEqual(even(hers));
      expect(await walk(by(null, "all"))).toEqual([free]);
      for (const nobodyOfOurs of [world.rival.operatorId, "nonsense", ""]) {
        expect(await walk(by(nobodyOfOurs, "all"))).toEqual([]);
      }
    });

    it("narrow by channel before they cut a page, in each order", async () => {
      const brand = await makeBrand(world.backend, world.acme);
      const mails = await chats(brand, 5, { channel: "email" });
      const sites = await chats(brand, 3);
      const by = (channel: "email" | "web_chat" | "sms", part: View["part"]): View => {
        return { status: "open", brandId: brand.brandId, narrowing: { by: "channel", channel }, part };
      };
      expect(await walk(by("email", "all"))).toEqual(mails.toReversed());
      expect(await walk(by("email", "waiting"))).toEqual(even(mails));
      expect(await walk(by("email", "answered"))).toEqual(odd(mails).toReversed());
      expect(await walk(by("web_chat", "waiting"))).toEqual(even(sites));
      expect(await walk(by("sms", "all"))).toEqual([]);
      expect(await walk({ ...by("email", "all"), status: "closed" })).toEqual([]);
    });

    it("of an operator of some brands are the merge of those brands, in order", async () => {
      const [a, b] = [await makeBrand(world.backend, world.acme), await makeBrand(world.backend, world.acme)];
      const other = await makeBrand(world.backend, world.acme);
      const agent = await makeOperator(world.backend, world.acme, { brandAccess: [a.brandId, b.brandId] });
      const fields = { channel: "email" as const, assignedOperatorId: agent.operatorId };
      const [first] = await chats(a, 1, fields);
      const second = await chats(b, 3, fields);
      await chats(other, 2, fields);
      const ids = [first, ...second] as string[];
      for (const [index, _id] of ids.entries()) {
        const at = 1_700_000_000_000 + index * 1000;
        const row = { lastMessageAt: at, waitingSince: at };
        await world.backend.patch("conversations", _id as Chat["conversationId"], row);
      }
      const narrowings: View["narrowing"][] = [
        { by: "assignee", assignee: "me" },
        { by: "channel", channel: "email" },
        undefined,
      ];
      for (const narrowing of narrowings) {
        const view = (part: View["part"]): View => ({ status: "open", narrowing, part });
        expect(await walk(view("waiting"), agent.sessionToken)).toEqual(ids);
        expect(await walk(view("all"), agent.sessionToken)).toEqual(ids.toReversed());
        expect(await walk(view("answered"), agent.sessionToken)).toEqual([]);
        const foreign: View = { ...view("all"), brandId: other.brandId };
        expect(await walk(foreign, agent.sessionToken)).toEqual([]);
      }
    });

    it("of merged brands hold their pages together by where each ends", async () => {
      const [a, b] = [await makeBrand(world.backend, world.acme), await makeBrand(world.backend, world.acme)];
      const brandAccess = [a.brandId, b.brandId];
      const { sessionToken } = await makeOperator(world.backend, world.acme, { brandAccess });
      const rows = [...(await chats(a, 1)), ...(await chats(b, 1)), ...(await chats(a, 1))];
      for (const [index, id] of rows.entries()) {
        await world.backend.patch("conversations", id, { lastMessageAt: 1_700_000_000_000 + index });
      }
      const page = (paginationOpts: { numItems: number; cursor: string | null; endCursor?: string }) =>
        world.backend.query(api.conversations.listPage, {
          sessionToken,
          status: "open",
          part: "all",
          paginationOpts,
        });
      const first = await page({ numItems: 2, cursor: null });
      const { conversationId: late } = await startChat(world.backend, b);
      const cursor = first.continueCursor;
      const pinned = await page({ numItems: 2, cursor: null, endCursor: cursor });
      const second = await page({ numItems: 2, cursor });
      const seen = [...pinned.page, ...second.page].map(({ _id }) => _id);
      expect(seen).toEqual([late, ...rows.toReversed()]);
    });

    it("name everybody that a conversation can be given to, and nobody of another workspace", async () => {
      const brand = await makeBrand(world.backend, world.acme);
      const brandAccess = [brand.brandId];
      const zoe = await makeOperator(world.backend, world.acme, { name: "Zoë Quinn", brandAccess });
      const listed = await world.backend.query(api.conversations.listAssignees, {
        sessionToken: zoe.sessionToken,
      });
      expect(listed.at(-1)).toEqual({ _id: zoe.operatorId, name: "Zoë Quinn", brandAccess });
      const ids = listed.map(({ _id }) => _id);
      expect(ids).toContain(world.acme.operatorId);
      expect(ids).not.toContain(world.rival.operatorId);
      expect(Object.keys(listed[0] ?? {}).sort()).toEqual(["_id", "brandAccess", "name"]);
    });
  });
}
