import { describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import { launcherTexts } from "../../../lib/launcher-texts";
import { createPalette } from "../../../lib/palette";
import { DEFAULT_WIDGET_SETTINGS } from "../../../lib/widget-settings";
import type { World } from "../backend.cases";
import { expectRefusal, makeBrand, newClientId, newVisitorKey, startChat } from "./backend";

export function visitorCases(world: World): void {
  const owner = () => ({ sessionToken: world.acme.sessionToken });
  type Identity = { visitorKey?: string; name?: string; email?: string; phone?: string; customData?: string };
  type Start = Identity & { widgetId?: string; message?: string; clientMessageId?: string };
  const identify = (args: Start = {}) =>
    world.backend.mutation(api.visitors.identifyAndStartConversation, {
      widgetId: world.acme.widgetId,
      visitorKey: newVisitorKey(),
      ...args,
    });
  const resume = (visitorKey: string, widgetId = world.acme.widgetId) =>
    world.backend.query(api.visitors.resume, { widgetId, visitorKey });
  const detail = (conversationId: string) =>
    world.backend.query(api.conversations.getById, { ...owner(), conversationId });
  const setStatus = (conversationId: string, status: "snoozed" | "resolved") =>
    world.backend.mutation(api.conversations.setStatus, { ...owner(), conversationId, status });
  const resolve = (conversationId: string) => setStatus(conversationId, "resolved");

  describe("a visitor", () => {
    it("reads a widget's look by its public id, and no ids with it", async () => {
      const { brandId, widgetId } = await makeBrand(world.backend, world.acme, {
        avatarUrl: "https://x.test/a.png",
      });
      const config = await world.backend.query(api.widgets.getConfigByWidgetId, { widgetId });
      expect(config).toEqual({
        brandName: "Second brand",
        primaryColor: "#123456",
        welcomeMessage: "Welcome",
        position: "bl",
        avatarUrl: "https://x.test/a.png",
        palette: { light: createPalette("#123456", "light"), dark: createPalette("#123456", "dark") },
        launcherTexts: launcherTexts(DEFAULT_WIDGET_SETTINGS),
        isIdentityRequired: false,
        ...DEFAULT_WIDGET_SETTINGS,
        convexUrl: expect.stringMatching(/^https?:\/\//) as string,
      });
      expect(JSON.stringify(config)).not.toContain(brandId);
      for (const unknown of ["", "ws_0000000000000000", brandId]) {
        expect(await world.backend.query(api.widgets.getConfigByWidgetId, { widgetId: unknown })).toBeNull();
      }
    });

    it("comes back to the same conversation", async () => {
      const visitorKey = newVisitorKey();
      expect(await resume(visitorKey)).toBeNull();
      const first = await identify({ visitorKey, name: "Maya", message: "hi" });
      expect(await resume(visitorKey)).toEqual({
        conversationId: first.conversationId,
        status: "open",
        name: "Maya",
      });
      expect(await identify({ visitorKey })).toEqual(first);
      await setStatus(first.conversationId, "snoozed");
      expect(await identify({ visitorKey })).toEqual(first);
      await resolve(first.conversationId);
      expect(await resume(visitorKey)).toMatchObject({ status: "resolved" });
      const second = await identify({ visitorKey, message: "something else" });
      expect(second.conversationId).not.toBe(first.conversationId);
      expect(second.visitorId).toBe(first.visitorId);
      expect(await resume(visitorKey)).toMatchObject({ conversationId: second.conversationId });
    });

    it("starts once, however often the same start arrives and whatever became of it", async () => {
      const start = { visitorKey: newVisitorKey(), message: "hi", clientMessageId: newClientId() };
      const answers = await Promise.all(Array.from({ length: 20 }, () => identify(start)));
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      const { conversationId } = answers[0]!;
      await resolve(conversationId);
      await identify({ visitorKey: start.visitorKey, message: "new topic", clientMessageId: newClientId() });
      expect((await identify(start)).conversationId).toBe(conversationId);
      expect(await detail(conversationId)).toMatchObject({ sequence: 1, status: "resolved" });
      const mine = (await world.backend.rows("visitors")).filter((row) => row._id === answers[0]?.visitorId);
      expect(mine).toHaveLength(1);
      expect(JSON.stringify(mine)).not.toContain(start.visitorKey);
    });

    it("is not renamed by a later start, which only fills gaps, in the inbox too", async () => {
      const visitorKey = newVisitorKey();
      const { conversationId } = await identify({
        visitorKey,
        name: "Maya",
        message: "hi",
        customData: '{"plan":"x"}',
      });
      await identify({
        visitorKey,
        name: "Mallory",
        email: "Maya@Example.com",
        phone: "0044 (20) 7946-0958",
        customData: '{"plan":"y"}',
      });
      const visitor = { name: "Maya", email: "maya@example.com", phone: "+442079460958" };
      expect((await detail(conversationId))?.visitor).toMatchObject(visitor);
      const rows = await world.backend.query(api.conversations.listInbox, { ...owner(), limit: 200 });
      expect(rows.find((row) => row._id === conversationId)?.visitor).toEqual(visitor);
      const customDataOf = async (visitorId: string) =>
        (await world.backend.rows("visitors")).find((row) => row._id === visitorId)?.customData;
      expect(await customDataOf((await detail(conversationId))!.visitorId)).toBe('{"plan":"x"}');
    });

    it("can be given custom data later", async () => {
      const visitorKey = newVisitorKey();
      const { visitorId } = await identify({ visitorKey });
      await identify({ visitorKey, customData: '{"plan":"x"}' });
      const visitor = (await world.backend.rows("visitors")).find((row) => row._id === visitorId);
      expect(visitor?.customData).toBe('{"plan":"x"}');
    });

    it("is another visitor under another brand", async () => {
      const visitorKey = newVisitorKey();
      const brand = await makeBrand(world.backend, world.acme);
      const here = await identify({ visitorKey, message: "hi" });
      expect(await resume(visitorKey, brand.widgetId)).toBeNull();
      const there = await identify({ visitorKey, widgetId: brand.widgetId, message: "hi" });
      expect(there.visitorId).not.toBe(here.visitorId);
    });

    it("is refused with wrong input, which leaves nothing behind", async () => {
      const before = (await world.backend.rows("visitors")).length;
      for (const [field, args] of [
        ["visitorKey", { visitorKey: "v_short" }],
        ["visitorKey", { visitorKey: "" }],
        ["name", { name: "" }],
        ["email", { email: "maya@localhost" }],
        ["phone", { phone: "12345" }],
        ["customData", { customData: "x".repeat(5000) }],
        ["message", { message: " " }],
        ["clientMessageId", { message: "hi", clientMessageId: "" }],
      ] as [string, Start][]) {
        await expect(identify(args), field).rejects.toMatchObject({ data: { code: "VALIDATION", field } });
      }
      await expectRefusal(identify({ widgetId: "ws_0000000000000000" }), "NOT_FOUND");
      expect(await world.backend.rows("visitors")).toHaveLength(before);
    });

    it("of a brand with listed pages cannot start past the route that knows the page", async () => {
      const brand = await makeBrand(world.backend, world.acme, { allowedOrigins: ["https://shop.test"] });
      await expectRefusal(identify({ widgetId: brand.widgetId }), "ORIGIN_NOT_ALLOWED");
    });

    it("gets nothing of another visitor", async () => {
      const mine = await startChat(world.backend, world.acme);
      const theirs = await startChat(world.backend, world.acme);
      const { widgetId, visitorKey } = mine;
      const brand = await makeBrand(world.backend, world.acme);
      const paginationOpts = { numItems: 5, cursor: null };
      for (const who of [
        { widgetId, visitorKey, conversationId: theirs.conversationId },
        { widgetId, visitorKey: newVisitorKey(), conversationId: mine.conversationId },
        { widgetId: brand.widgetId, visitorKey, conversationId: mine.conversationId },
        { widgetId: "", visitorKey: "", conversationId: mine.conversationId },
        { widgetId, visitorKey, conversationId: "no id" },
        { widgetId, visitorKey, conversationId: world.acme.brandId },
      ]) {
        expect(await world.backend.query(api.visitors.listMessagesForVisitor, who)).toEqual([]);
        const page = await world.backend.query(api.visitors.listMessagesPage, { ...who, paginationOpts });
        expect(page).toMatchObject({ page: [], isDone: true });
        await expectRefusal(
          world.backend.mutation(api.visitors.sendVisitorMessage, { ...who, body: "x" }),
          "NOT_FOUND",
        );
      }
      expect(await detail(theirs.conversationId)).toMatchObject({ sequence: 1 });
    });
  });
}
