import { describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import { PAGE_URL_MAX, TYPING_MS } from "../../../lib/limits";
import type { World } from "../backend.cases";
import { expectRefusal, eventsOf, makeBrand, makeOperator, newVisitorKey, startChat } from "./backend";
import type { Chat } from "./backend";

export function visitorActionCases(world: World): void {
  const owner = () => ({ sessionToken: world.acme.sessionToken });
  const visitor = ({ widgetId, visitorKey }: Chat) => ({ widgetId, visitorKey });
  const own = (chat: Chat) => ({ ...visitor(chat), conversationId: chat.conversationId });
  const { conversations, messages, visitors } = api;
  const chat = () => startChat(world.backend, world.acme);
  const teamState = (c: Chat) => world.backend.query(visitors.getTeamState, own(c));
  const visitorState = ({ conversationId }: Chat, auth = owner()) =>
    world.backend.query(conversations.getVisitorState, { ...auth, conversationId });
  const write = (c: Chat, body: string) =>
    world.backend.mutation(visitors.sendVisitorMessage, { ...own(c), body });
  const reply = ({ conversationId }: Chat, auth = owner(), internal = false) =>
    world.backend.mutation(messages.send, { ...auth, conversationId, body: "An answer", internal });
  const detail = async ({ conversationId }: Chat) =>
    (await world.backend.query(conversations.getById, { ...owner(), conversationId }))!;
  const seen = (c: Chat) => world.backend.query(visitors.listMessagesForVisitor, own(c));
  const askForHuman = (c: Chat) => world.backend.mutation(visitors.requestHumanAgent, own(c));
  const end = (c: Chat) => world.backend.mutation(visitors.endConversation, own(c));

  describe("who writes", () => {
    const visitorTypes = (c: Chat, isTyping = true) =>
      world.backend.mutation(visitors.setTyping, { ...own(c), isTyping });
    const operatorTypes = ({ conversationId }: Chat, isTyping = true, auth = owner()) =>
      world.backend.mutation(api.typing.setOperatorTyping, { ...auth, conversationId, isTyping });

    it("shows on the other side, until they stop", async () => {
      const c = await chat();
      expect(await visitorState(c)).toMatchObject({ isTyping: false });
      expect(await teamState(c)).toMatchObject({ typing: null });
      await visitorTypes(c);
      await visitorTypes(c);
      await operatorTypes(c);
      expect(await visitorState(c)).toMatchObject({ isTyping: true });
      expect(await teamState(c)).toMatchObject({ typing: "Ada Lovelace" });
      await visitorTypes(c, false);
      await operatorTypes(c, false);
      expect(await visitorState(c)).toMatchObject({ isTyping: false });
      expect(await teamState(c)).toMatchObject({ typing: null });
      await visitorTypes(c);
      expect(await visitorState(c)).toMatchObject({ isTyping: true });
      const rows = await world.backend.rows("typing");
      expect(rows.filter(({ conversationId }) => conversationId === c.conversationId)).toHaveLength(2);
    });

    it("is forgotten when nobody renews it", async () => {
      const c = await chat();
      await visitorTypes(c);
      await operatorTypes(c);
      await world.backend.advance(TYPING_MS + 1000);
      expect(await visitorState(c)).toMatchObject({ isTyping: false });
      expect(await teamState(c)).toMatchObject({ typing: null });
      const rows = await world.backend.rows("typing");
      expect(rows.filter(({ conversationId }) => conversationId === c.conversationId)).toEqual([]);
    });

    it("is one of several operators as long as any writes", async () => {
      const c = await chat();
      const grace = await makeOperator(world.backend, world.acme);
      await operatorTypes(c);
      await operatorTypes(c, true, { sessionToken: grace.sessionToken });
      await operatorTypes(c, false);
      expect(await teamState(c)).toMatchObject({ typing: "Grace Hopper" });
    });

    it("changes nothing that lists show", async () => {
      const c = await chat();
      const before = await detail(c);
      await visitorTypes(c);
      await operatorTypes(c);
      expect(await detail(c)).toEqual(before);
    });

    it("is nobody else's to set or see", async () => {
      const [c, other] = [await chat(), await chat()];
      const { sessionToken } = world.rival;
      await expectRefusal(operatorTypes(c, true, { sessionToken }), "NOT_FOUND");
      await expectRefusal(visitorTypes({ ...c, visitorKey: other.visitorKey }), "NOT_FOUND");
      expect(await visitorState(c, { sessionToken })).toBeNull();
      expect(await teamState({ ...c, visitorKey: other.visitorKey })).toBeNull();
      expect(await teamState({ ...c, visitorKey: newVisitorKey() })).toBeNull();
    });
  });

  describe("what is read", () => {
    const visitorReads = (c: Chat, sequence: number) =>
      world.backend.mutation(visitors.markRead, { ...own(c), sequence });

    it("shows on the other side, forward only and no further than there are messages", async () => {
      const c = await chat();
      expect(await teamState(c)).toMatchObject({ readSequence: 0 });
      const { conversationId } = c;
      await world.backend.mutation(api.notifications.markRead, { ...owner(), conversationId });
      expect(await teamState(c)).toMatchObject({ readSequence: 1 });
      await reply(c);
      await reply(c);
      expect(await teamState(c)).toMatchObject({ readSequence: 3 });
      expect(await visitorState(c)).toMatchObject({ readSequence: 0 });
      for (const [sequence, reached] of [
        [2, 2],
        [1, 2],
        [-5, 2],
        [Number.NaN, 2],
        [2.9, 2],
        [1e9, 3],
      ] as const) {
        await visitorReads(c, sequence);
        expect(await visitorState(c), String(sequence)).toMatchObject({ readSequence: reached });
      }
      await expectRefusal(visitorReads({ ...c, visitorKey: (await chat()).visitorKey }, 1), "NOT_FOUND");
    });

    it("is what any operator has read", async () => {
      const c = await chat();
      const { sessionToken } = await makeOperator(world.backend, world.acme);
      const { conversationId } = c;
      await world.backend.mutation(api.notifications.markRead, { sessionToken, conversationId });
      await write(c, "and this");
      expect(await teamState(c)).toMatchObject({ readSequence: 1 });
      await world.backend.mutation(api.notifications.markRead, { ...owner(), conversationId });
      expect(await teamState(c)).toMatchObject({ readSequence: 2 });
    });
  });

  describe("who answers", () => {
    it("is who wrote the newest answer, and no writer of notes", async () => {
      const c = await chat();
      const { sessionToken } = await makeOperator(world.backend, world.acme);
      expect(await teamState(c)).toMatchObject({ answeredBy: null });
      await reply(c, owner(), true);
      expect(await teamState(c)).toMatchObject({ answeredBy: null });
      await reply(c);
      expect(await teamState(c)).toMatchObject({ answeredBy: "Ada Lovelace" });
      await reply(c, { sessionToken });
      await write(c, "thanks");
      expect(await teamState(c)).toMatchObject({ answeredBy: "Grace Hopper" });
      expect(await detail(c)).not.toHaveProperty("answeredBy");
    });
  });

  describe("asking for a person", () => {
    const noticesOf = async (c: Chat) =>
      (await world.backend.rows("notifications")).filter(({ link }) => link?.endsWith(c.conversationId));

    it("tells the team once, until a person has answered", async () => {
      const c = await chat();
      const brandAccess = [(await makeBrand(world.backend, world.acme)).brandId];
      const stranger = await makeOperator(world.backend, world.acme, { brandAccess });
      await askForHuman(c);
      const { humanRequestedAt, waitingSince, lastMessage, sequence } = await detail(c);
      expect(humanRequestedAt).toEqual(expect.any(Number));
      expect(waitingSince).toEqual(expect.any(Number));
      expect(lastMessage).toMatchObject({ role: "system" });
      await askForHuman(c);
      expect(await detail(c)).toMatchObject({ sequence });
      expect(await teamState(c)).toMatchObject({ isHumanRequested: true });
      expect(await seen(c)).toMatchObject([{ role: "visitor" }, { systemEvent: "human_requested" }]);
      const notices = await noticesOf(c);
      expect(notices.map(({ operatorId }) => operatorId)).toContain(world.acme.operatorId);
      expect(notices.map(({ operatorId }) => operatorId)).not.toContain(stranger.operatorId);
      expect(new Set(notices.map(({ operatorId }) => operatorId)).size).toBe(notices.length);
      expect(notices[0]).toMatchObject({
        kind: "human_requested",
        severity: "warn",
        title: "Maya asks for a person",
      });
      const { conversationId } = c;
      const unread = { ...owner(), conversationIds: [conversationId] };
      expect(await world.backend.query(api.notifications.listUnread, unread)).toEqual([conversationId]);

      await reply(c, owner(), true);
      expect(await teamState(c)).toMatchObject({ isHumanRequested: true });
      await reply(c);
      expect(await teamState(c)).toMatchObject({ isHumanRequested: false });
      await askForHuman(c);
      expect(await noticesOf(c)).toHaveLength(2 * notices.length);
    });

    it("is still waited for after a program's answer: that is not the person", async () => {
      const c = await chat();
      await askForHuman(c);
      const asked = (await detail(c)).humanRequestedAt;
      const response = await world.backend.fetch(`/api/v1/conversations/${c.conversationId}/messages`, {
        method: "POST",
        headers: { Authorization: `Bearer ${world.acme.apiKey}`, "Content-Type": "application/json" },
        body: JSON.stringify({ body: "Somebody will come." }),
      });
      expect(response.status).toBe(201);
      const answered = await detail(c);
      expect(answered.humanRequestedAt).toBe(asked);
      expect(answered).not.toHaveProperty("waitingSince");
      await reply(c);
      expect(await detail(c)).not.toHaveProperty("humanRequestedAt");
    });

    it("opens a conversation that is over, and tells receivers", async () => {
      const c = await chat();
      await end(c);
      await askForHuman(c);
      expect(await detail(c)).toMatchObject({ status: "open" });
      const events = await eventsOf(world.backend, c.conversationId);
      expect(events.slice(2).map(({ type, data }) => [type, data.role ?? data.status])).toEqual([
        ["conversation.status_changed", "resolved"],
        ["conversation.status_changed", "open"],
      ]);
    });
  });

  describe("ending the chat", () => {
    it("resolves it, once, until the visitor writes again", async () => {
      const c = await chat();
      await askForHuman(c);
      await end(c);
      await end(c);
      const ended = await detail(c);
      expect(ended).toMatchObject({ status: "resolved", sequence: 3 });
      expect(ended).not.toHaveProperty("waitingSince");
      expect(ended).not.toHaveProperty("humanRequestedAt");
      expect((await seen(c)).at(-1)).toMatchObject({ role: "system", systemEvent: "conversation_ended" });
      await write(c, "one more thing");
      expect(await detail(c)).toMatchObject({ status: "open", waitingSince: expect.any(Number) as number });
    });

    it("is for its visitor alone", async () => {
      const [c, other] = [await chat(), await chat()];
      const forged = { ...c, visitorKey: other.visitorKey };
      await expectRefusal(end(forged), "NOT_FOUND");
      await expectRefusal(askForHuman(forged), "NOT_FOUND");
      await expectRefusal(end({ ...c, visitorKey: newVisitorKey() }), "NOT_FOUND");
      expect(await detail(c)).toMatchObject({ status: "open", sequence: 1 });
    });
  });

  describe("an email left for the answer", () => {
    const leave = (c: Chat, email: string) =>
      world.backend.mutation(visitors.leaveEmail, { ...visitor(c), email });
    const ask = (brandId: string, email: "off" | "optional") =>
      world.backend.mutation(api.brands.update, {
        ...owner(),
        brandId,
        form: { name: "off", email, phone: "off" },
      });

    it("is the visitor's from then on, unproven, and the first that is left stays", async () => {
      const brand = await makeBrand(world.backend, world.acme);
      await ask(brand.brandId, "off");
      const c = await startChat(world.backend, brand);
      expect(await teamState(c)).toMatchObject({ hasEmail: false });
      await expectRefusal(leave(c, "maya@example.com"), "FORBIDDEN");
      await ask(brand.brandId, "optional");
      await expectRefusal(leave(c, "maya@"), "VALIDATION");
      await expectRefusal(leave({ ...c, visitorKey: newVisitorKey() }, "maya@example.com"), "NOT_FOUND");
      expect(await teamState(c)).toMatchObject({ hasEmail: false });
      await leave(c, " Maya@Example.com ");
      expect(await teamState(c)).toMatchObject({ hasEmail: true });
      await leave(c, "other@example.com");
      const { visitor: shown } = await detail(c);
      expect(shown).toMatchObject({ email: "maya@example.com" });
      expect(shown).not.toHaveProperty("emailVerified");
    });
  });

  describe("a visitor's place and page", () => {
    const place = (c: Chat, given: { lat: number; lng: number; accuracy?: number }) =>
      world.backend.mutation(visitors.setPreciseLocation, { ...visitor(c), ...given });
    const pageData = (c: Chat, given: { page?: string; customData?: string }) =>
      world.backend.mutation(visitors.setPageData, { ...visitor(c), ...given });

    it("are shown to the team as the visitor gave them last", async () => {
      const c = await chat();
      await place(c, { lat: 52.52, lng: 13.405, accuracy: 12 });
      await place(c, { lat: -33.86, lng: 151.2 });
      await pageData(c, { page: "https://shop.test/a#top", customData: '{"plan":"x"}' });
      await pageData(c, { customData: '{"plan":"y"}' });
      expect((await detail(c)).visitor).toMatchObject({
        location: { lat: -33.86, lng: 151.2, at: expect.any(Number) as number },
        page: "https://shop.test/a",
        customData: '{"plan":"y"}',
      });
      expect((await detail(c)).visitor?.location).not.toHaveProperty("accuracy");
    });

    it("keep what the page says where its address cannot be kept, as that of a file or one too long", async () => {
      const c = await chat();
      await pageData(c, { page: "https://shop.test/a", customData: "1" });
      for (const [page, customData] of [
        ["about:srcdoc", "2"],
        [`https://shop.test/?q=${"x".repeat(PAGE_URL_MAX)}`, "3"],
      ] as const) {
        await pageData(c, { page, customData });
        expect((await detail(c)).visitor).toMatchObject({ page: "https://shop.test/a", customData });
      }
    });

    it("are refused where they cannot be, and changed by nobody else", async () => {
      const c = await chat();
      const [nowhere, lat, lng] = [Number.NaN, 52, 13];
      for (const given of [
        { lat: 91, lng },
        { lat, lng: -181 },
        { lat: nowhere, lng },
        { lat, lng: Infinity },
        { lat, lng, accuracy: -1 },
        { lat, lng, accuracy: nowhere },
      ]) {
        await expectRefusal(place(c, given), "VALIDATION");
      }
      await expectRefusal(pageData(c, { customData: "x".repeat(4097) }), "VALIDATION");
      await expectRefusal(place({ ...c, visitorKey: newVisitorKey() }, { lat, lng }), "NOT_FOUND");
      const { visitor: shown } = await detail(c);
      expect(shown).not.toHaveProperty("location");
      expect(shown).not.toHaveProperty("customData");
    });

    it("is no place where the brand does not ask for one", async () => {
      const brand = await makeBrand(world.backend, world.acme);
      const { brandId } = brand;
      await world.backend.mutation(api.brands.update, { ...owner(), brandId, askLocation: false });
      const c = await startChat(world.backend, brand);
      await expectRefusal(place(c, { lat: 52, lng: 13 }), "FORBIDDEN");
      expect((await detail(c)).visitor).not.toHaveProperty("location");
    });
  });
}
