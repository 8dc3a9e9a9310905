import { describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { ConversationStatus } from "../../../convex/validators";
import type { ViewPart } from "../../../convex/validators/conversations";
import { TAGS_PER_BRAND, TAGS_PER_CONVERSATION } from "../../../lib/limits";
import type { World } from "../backend.cases";
import { expectRefusal, makeBrand, makeOperator, startChat } from "./backend";
import type { Chat } from "./backend";

export function tagCases(world: World): void {
  const owner = () => world.acme.sessionToken;
  type On = Pick<Chat, "conversationId">;
  const addTag = ({ conversationId }: On, tag: string, sessionToken = owner()) =>
    world.backend.mutation(api.conversationTags.addTag, { sessionToken, conversationId, tag });
  const removeTag = ({ conversationId }: On, tag: string, sessionToken = owner()) =>
    world.backend.mutation(api.conversationTags.removeTag, { sessionToken, conversationId, tag });
  const tagsOf = ({ conversationId }: On, sessionToken = owner()) =>
    world.backend.query(api.conversationTags.listForConversation, { sessionToken, conversationId });
  const allTags = (sessionToken = owner()) =>
    world.backend.query(api.conversationTags.listForWorkspace, { sessionToken });
  async function tagged(
    tag: string,
    { status = "open", part = "all", brandId, sessionToken = owner() }: TaggedView = {},
  ): Promise<string[]> {
    const paginationOpts = { numItems: 50, cursor: null };
    const narrowing = { by: "tag" as const, tag };
    const args = { sessionToken, status, part, brandId, narrowing, paginationOpts };
    return (await world.backend.query(api.conversations.listPage, args)).page.map(({ _id }) => _id);
  }
  type TaggedView = {
    status?: ConversationStatus;
    part?: ViewPart;
    brandId?: string;
    sessionToken?: string;
  };

  describe("tags", () => {
    it("are put on and taken off, in lower case, once each", async () => {
      const chat = await startChat(world.backend, await makeBrand(world.backend, world.acme));
      await addTag(chat, "  VIP  Kunde ");
      await addTag(chat, "vip kunde");
      await addTag(chat, "Straße_2-ž");
      await addTag(chat, "批次 26");
      expect(await tagsOf(chat)).toEqual(["straße_2-ž", "vip kunde", "批次 26"].sort());
      const { conversationId } = chat;
      const row = await world.backend.query(api.conversations.getById, {
        sessionToken: owner(),
        conversationId,
      });
      expect(row?.tags).toEqual(await tagsOf(chat));
      await removeTag(chat, "VIP kunde");
      await removeTag(chat, "vip kunde");
      expect(await tagsOf(chat)).toEqual(["straße_2-ž", "批次 26"].sort());
    });

    it("that no tag may be are refused, and so is one too many", async () => {
      const chat = await startChat(world.backend, await makeBrand(world.backend, world.acme));
      for (const tag of ["", "   ", "a,b", "#vip", "x".repeat(33), "<b>", "😀"]) {
        await expectRefusal(addTag(chat, tag), "VALIDATION");
      }
      await addTag(chat, "x".repeat(32));
      for (let n = 2; n <= TAGS_PER_CONVERSATION; n++) await addTag(chat, `tag ${n}`);
      await expectRefusal(addTag(chat, "one more"), "CONFLICT");
      await addTag(chat, "tag 2");
      expect(await tagsOf(chat)).toHaveLength(TAGS_PER_CONVERSATION);
    });

    it("make views that follow what happens to their conversations", async () => {
      const brand = await makeBrand(world.backend, world.acme);
      const [first, second, other] = [
        await startChat(world.backend, brand),
        await startChat(world.backend, brand),
        await startChat(world.backend, brand),
      ];
      for (const [index, { conversationId }] of [first, second, other].entries()) {
        const at = 1_700_000_000_000 + index;
        await world.backend.patch("conversations", conversationId, { lastMessageAt: at, waitingSince: at });
      }
      await addTag(first, "follows");
      await addTag(second, "follows");
      await addTag(other, "elsewhere");
      const ids = (...chats: On[]) => chats.map(({ conversationId }) => conversationId as string);
      expect(await tagged("follows", { part: "waiting" })).toEqual(ids(first, second));
      expect(await tagged("follows")).toEqual(ids(second, first));
      const { conversationId, widgetId, visitorKey } = first;
      await world.backend.mutation(api.messages.send, {
        sessionToken: owner(),
        conversationId,
        body: "answer",
      });
      expect(await tagged("follows", { part: "waiting" })).toEqual(ids(second));
      expect(await tagged("follows", { part: "answered" })).toEqual(ids(first));
      expect(await tagged("follows")).toEqual(ids(first, second));
      const setStatus = { sessionToken: owner(), conversationId, status: "resolved" as const };
      await world.backend.mutation(api.conversations.setStatus, setStatus);
      expect(await tagged("follows")).toEqual(ids(second));
      expect(await tagged("follows", { status: "resolved" })).toEqual(ids(first));
      await world.backend.mutation(api.visitors.sendVisitorMessage, {
        widgetId,
        visitorKey,
        conversationId,
        body: "more",
      });
      expect(await tagged("follows", { part: "waiting" })).toEqual(ids(second, first));
      expect(await tagged("follows", { status: "resolved" })).toEqual([]);
      await removeTag(second, "follows");
      expect(await tagged("follows")).toEqual(ids(first));
    });

    it("are listed while they are in use, each once, for the brands that one may see", async () => {
      const [mine, others] = [
        await makeBrand(world.backend, world.acme),
        await makeBrand(world.backend, world.acme),
      ];
      const agent = await makeOperator(world.backend, world.acme, { brandAccess: [mine.brandId] });
      const [a, b] = [await startChat(world.backend, mine), await startChat(world.backend, others)];
      await addTag(a, "shared by brands");
      await addTag(b, "shared by brands");
      await addTag(b, "of others only");
      expect(await allTags(agent.sessionToken)).toEqual(["shared by brands"]);
      expect((await allTags()).filter((tag) => tag === "shared by brands")).toHaveLength(1);
      expect(await tagged("shared by brands", agent)).toEqual([a.conversationId]);
      expect(await tagged("of others only", agent)).toEqual([]);
      expect(await tagged("of others only", { ...agent, brandId: others.brandId })).toEqual([]);
      await removeTag(a, "shared by brands");
      expect(await allTags(agent.sessionToken)).toEqual([]);
      expect(await allTags()).toContain("shared by brands");
      expect(await allTags(world.rival.sessionToken)).toEqual([]);
    });

    it("of conversations that one may not see are not found", async () => {
      const brand = await makeBrand(world.backend, world.acme);
      const chat = await startChat(world.backend, brand);
      await addTag(chat, "secret");
      const limited = await makeOperator(world.backend, world.acme, { brandAccess: [world.acme.brandId] });
      for (const { sessionToken } of [world.rival, limited]) {
        await expectRefusal(addTag(chat, "mine", sessionToken), "NOT_FOUND");
        await expectRefusal(removeTag(chat, "secret", sessionToken), "NOT_FOUND");
        expect(await tagsOf(chat, sessionToken)).toEqual([]);
      }
      expect(await tagsOf(chat)).toEqual(["secret"]);
    });

    it("of one brand have a limit of how many differ", async () => {
      const { workspaceId } = world.acme;
      const { brandId, widgetId } = await makeBrand(world.backend, world.acme);
      const chat = await startChat(world.backend, { brandId, widgetId });
      for (let n = 0; n < TAGS_PER_BRAND; n++) {
        await world.backend.insert("brandTags", { workspaceId, brandId, tag: `known ${n}` });
      }
      await expectRefusal(addTag(chat, "another"), "CONFLICT");
      await addTag(chat, "known 7");
      expect(await tagsOf(chat)).toEqual(["known 7"]);
    });
  });
}
