import { describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import { createPalette } from "../../../lib/palette";
import { DEFAULT_WIDGET_SETTINGS } from "../../../lib/widget-settings";
import type { World } from "../backend.cases";
import { expectRefusal, makeBrand, makeOperator, newClientId, newVisitorKey } from "./backend";
import type { Brand } from "./backend";

type Change = Omit<(typeof api.brands.update)["_args"], "sessionToken" | "brandId">;

export function widgetSettingsCases(world: World): void {
  const owner = () => ({ sessionToken: world.acme.sessionToken });
  const brand = () => makeBrand(world.backend, world.acme);
  const update = ({ brandId }: Brand, change: Change, auth = owner()) =>
    world.backend.mutation(api.brands.update, { ...auth, brandId, ...change });
  const settings = ({ brandId }: Brand, auth = owner()) =>
    world.backend.query(api.brands.getWidgetSettings, { ...auth, brandId });
  const config = async ({ widgetId }: Brand) =>
    await world.backend.query(api.widgets.getConfigByWidgetId, { widgetId });

  const HOURS = {
    timezone: "Europe/Berlin",
    days: [...Array<{ open: string; close: string }>(5).fill({ open: "09:00", close: "17:30" }), null, null],
  };

  describe("a brand's widget settings", () => {
    it("are the defaults at first, and then what was set, one by one", async () => {
      const b = await brand();
      expect(await settings(b)).toEqual({ allowedOrigins: [], ...DEFAULT_WIDGET_SETTINGS });
      const form = { name: "optional", email: "required", phone: "off" } as const;
      await update(b, { form });
      await update(b, { theme: "dark", locale: "ar", sound: false, businessHours: HOURS });
      await update(b, {
        texts: { startChat: " Go ", send: "" },
        allowAttachments: false,
        askLocation: false,
      });
      await update(b, { consent: { text: "By writing you agree.", url: "https://acme.test/privacy" } });
      const set = {
        form,
        theme: "dark",
        locale: "ar",
        sound: false,
        businessHours: HOURS,
        texts: { startChat: "Go" },
        allowAttachments: false,
        askLocation: false,
        consent: { text: "By writing you agree.", url: "https://acme.test/privacy" },
      };
      expect(await settings(b)).toEqual({ allowedOrigins: [], ...set });
      expect(await config(b)).toMatchObject(set);
      await update(b, { consent: null, businessHours: null });
      const after = await config(b);
      expect(after).not.toHaveProperty("consent");
      expect(after).not.toHaveProperty("businessHours");
      expect(after).toMatchObject({ form, theme: "dark" });
      const rows = await world.backend.rows("widgetSettings");
      expect(rows.filter(({ brandId }) => brandId === b.brandId)).toHaveLength(1);
    });

    it("come with the brand's own fields", async () => {
      const b = await brand();
      await update(b, {
        name: " Kettle Row ",
        primaryColor: "#8A4B2A",
        welcomeMessage: "Hi\r\nthere",
        position: "br",
        avatarUrl: "https://acme.test/logo.png",
        allowedOrigins: ["https://shop.test/cart?x=1", "https://SHOP.test", "http://localhost:8080"],
      });
      const look = {
        brandName: "Kettle Row",
        primaryColor: "#8a4b2a",
        welcomeMessage: "Hi\nthere",
        position: "br",
        avatarUrl: "https://acme.test/logo.png",
      };
      expect(await config(b)).toMatchObject(look);
      const { allowedOrigins } = await settings(b);
      expect(allowedOrigins).toEqual(["https://shop.test", "http://localhost:8080"]);
      await update(b, { avatarUrl: null });
      const { avatarUrl, ...kept } = look;
      expect(await config(b)).toMatchObject(kept);
      expect(await config(b)).not.toHaveProperty("avatarUrl");
    });

    it("that cannot be used are refused by name, and change nothing", async () => {
      const b = await brand();
      const before = [await settings(b), await config(b)];
      const day = { open: "09:00", close: "17:00" };
      const week = (first: { open: string; close: string }) => [first, ...Array<null>(6).fill(null)];
      const wrong: Change[] = [
        { name: " " },
        { primaryColor: "red;}" },
        { primaryColor: "#12345" },
        { welcomeMessage: "x".repeat(501) },
        { avatarUrl: "javascript:alert(1)" },
        { avatarUrl: "https://user:secret@acme.test/a.png" },
        { allowedOrigins: ["https://shop.test", "shop.test"] },
        { allowedOrigins: Array.from({ length: 51 }, (_, n) => `https://s${n}.test`) },
        { consent: { text: "", url: "https://acme.test" } },
        { consent: { text: "I agree", url: "data:text/html,x" } },
        { texts: { "not a key": "x" } },
        { texts: { send: "x".repeat(301) } },
        { texts: Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`text${n}`, "x"])) },
        { businessHours: { timezone: "Mars/Olympus", days: HOURS.days } },
        { businessHours: { timezone: "+02:00", days: HOURS.days } },
        { businessHours: { timezone: "Europe/Berlin", days: [day] } },
        { businessHours: { timezone: "Europe/Berlin", days: week({ open: "18:00", close: "09:00" }) } },
        { businessHours: { timezone: "Europe/Berlin", days: week({ open: "9:00", close: "17:00" }) } },
      ];
      for (const change of wrong) {
        const [field] = Object.keys(change);
        const call = update(b, { sound: false, position: "br", ...change });
        await expect(call, JSON.stringify(change)).rejects.toMatchObject({
          data: { code: "VALIDATION", field },
        });
      }
      expect([await settings(b), await config(b)]).toEqual(before);
    });

    it("are for the owners and admins of that brand", async () => {
      const b = await brand();
      const other = await brand();
      const admin = await makeOperator(world.backend, world.acme, {
        role: "admin",
        brandAccess: [b.brandId],
      });
      await update(b, { theme: "light" }, { sessionToken: admin.sessionToken });
      const agent = await makeOperator(world.backend, world.acme);
      for (const [of, auth, code] of [
        [b, agent, "FORBIDDEN"],
        [b, world.rival, "NOT_FOUND"],
        [other, admin, "NOT_FOUND"],
        [{ ...b, brandId: world.acme.workspaceId as unknown as Brand["brandId"] }, owner(), "NOT_FOUND"],
      ] as const) {
        const { sessionToken } = auth;
        await expectRefusal(update(of, { theme: "dark" }, { sessionToken }), code);
        await expectRefusal(settings(of, { sessionToken }), code);
      }
      expect(await config(b)).toMatchObject({ theme: "light" });
    });

    it("give the palette of the brand's colour", async () => {
      const b = await brand();
      await update(b, { primaryColor: "#ffee00" });
      expect((await config(b))?.palette).toEqual({
        light: createPalette("#ffee00", "light"),
        dark: createPalette("#ffee00", "dark"),
      });
    });
  });

  describe("the form before the first message", () => {
    const start = async ({ widgetId }: Brand, fields: Record<string, unknown>) => {
      const body = { widgetId, visitorKey: newVisitorKey(), clientMessageId: newClientId(), ...fields };
      const response = await world.backend.fetch("/widget/start", {
        method: "POST",
        body: JSON.stringify({ message: "Hello", ...body }),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const visitorOf = async (conversationId: unknown) => {
      const args = { ...owner(), conversationId: conversationId as string };
      return (await world.backend.query(api.conversations.getById, args))?.visitor;
    };

    it("needs what the brand asks for, and drops what it does not", async () => {
      const b = await brand();
      await update(b, { form: { name: "required", email: "optional", phone: "off" } });
      const refused = await start(b, { email: "nonsense", phone: "nonsense" });
      expect(refused).toMatchObject({ status: 422, body: { code: "VALIDATION" } });
      expect(refused.body.errors).toMatchObject([{ field: "name" }, { field: "email" }]);
      const started = await start(b, { name: "Maya", email: "", phone: "+442079460958" });
      expect(started.status).toBe(200);
      const visitor = await visitorOf(started.body.conversationId);
      expect(visitor).toMatchObject({ name: "Maya" });
      expect(visitor).not.toHaveProperty("email");
      expect(visitor).not.toHaveProperty("phone");
    });

    it("needs nothing but the message where every field is off", async () => {
      const b = await brand();
      await update(b, { form: { name: "off", email: "off", phone: "off" } });
      expect(await start(b, {})).toMatchObject({ status: 200 });
      expect((await start(b, { message: " " })).body.errors).toMatchObject([{ field: "message" }]);
    });

    it("asks nobody for what they have said already", async () => {
      const b = await brand();
      await update(b, { form: { name: "required", email: "off", phone: "off" } });
      const visitorKey = newVisitorKey();
      await start(b, { visitorKey, name: "Maya" });
      expect(await start(b, { visitorKey })).toMatchObject({ status: 200 });
      await update(b, { form: { name: "required", email: "required", phone: "off" } });
      expect((await start(b, { visitorKey })).body.errors).toMatchObject([{ field: "email" }]);
    });

    it("is not gone round by the websocket", async () => {
      const b = await brand();
      await update(b, { form: { name: "required", email: "required", phone: "off" } });
      const { conversationId } = await world.backend.mutation(api.visitors.identifyAndStartConversation, {
        widgetId: b.widgetId,
        visitorKey: newVisitorKey(),
        name: "Maya",
        phone: "+442079460958",
        message: "hi",
      });
      const visitor = await visitorOf(conversationId);
      expect(visitor).toMatchObject({ name: "Maya" });
      expect(visitor).not.toHaveProperty("phone");
    });
  });
}
