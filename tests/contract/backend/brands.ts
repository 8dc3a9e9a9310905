import { describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import { BRANDS_MAX, LOGO_MAX, WIDGET_SIGHTINGS_MAX } from "../../../lib/limits";
import type { World } from "../backend.cases";
import { expectRefusal, makeBrand, makeOperator, makeWorkspace, startChat } from "./backend";
import type { Brand } from "./backend";

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const SHOP = "https://shop.test";
const MINUTE = 60_000;

export function brandCases(world: World): void {
  const owner = () => ({ sessionToken: world.acme.sessionToken });
  const make = (name: string, auth = owner()) => world.backend.action(api.brands.create, { ...auth, name });
  const remove = (brandId: string, auth = owner()) =>
    world.backend.mutation(api.brands.remove, { ...auth, brandId });
  const rowOf = (brandId: string, auth = owner()) =>
    world.backend.query(api.brands.getById, { ...auth, brandId });

  describe("a new brand", () => {
    it("has the name's slug, its own widget id and a look", async () => {
      const made = await make(" Fjell & Fog ");
      expect(made.widgetId).toMatch(/^ws_[0-9a-f]{16}$/);
      expect(await rowOf(made.brandId)).toMatchObject({
        name: "Fjell & Fog",
        slug: "fjell-fog",
        widgetId: made.widgetId,
        position: "br",
      });
      const { widgetId } = made;
      expect(await world.backend.query(api.widgets.getConfigByWidgetId, { widgetId })).toMatchObject({
        brandName: "Fjell & Fog",
      });
      const second = await make("Fjell, Fog");
      expect((await rowOf(second.brandId))?.slug).toMatch(/^fjell-fog-[0-9a-f]{16}$/);
      expect(second.widgetId).not.toBe(made.widgetId);
    });

    it("takes what else is given, checked", async () => {
      const look = { primaryColor: "#8A4B2A", welcomeMessage: "Good day", position: "bl" } as const;
      const args = { ...owner(), name: "Kettle Row", ...look };
      const { brandId } = await world.backend.action(api.brands.create, args);
      expect(await rowOf(brandId)).toMatchObject({ ...look, primaryColor: "#8a4b2a" });
      for (const [field, change] of [
        ["name", { name: " " }],
        ["primaryColor", { primaryColor: "copper" }],
        ["welcomeMessage", { welcomeMessage: "x".repeat(501) }],
      ] as const) {
        const call = world.backend.action(api.brands.create, { ...args, ...change });
        await expect(call).rejects.toMatchObject({ data: { code: "VALIDATION", field } });
      }
    });

    it("is made by owners and admins of all brands, and leaves a row in the audit log", async () => {
      const agent = await makeOperator(world.backend, world.acme);
      await expectRefusal(make("Mine", { sessionToken: agent.sessionToken }), "FORBIDDEN");
      const brandAccess = [world.acme.brandId];
      const limited = await makeOperator(world.backend, world.acme, { role: "admin", brandAccess });
      await expectRefusal(make("Mine", { sessionToken: limited.sessionToken }), "FORBIDDEN");
      const admin = await makeOperator(world.backend, world.acme, { role: "admin" });
      const { brandId } = await make("Lumen Desk", { sessionToken: admin.sessionToken });
      const rows = await world.backend.rows("auditLogs");
      expect(rows.filter((row) => row.brandId === brandId)).toMatchObject([
        { action: "brand.created", target: "Lumen Desk", operatorId: admin.operatorId },
      ]);
    });

    it("is refused where the workspace is full", async () => {
      const full = await makeWorkspace(world.backend, "Full");
      for (let n = 1; n < BRANDS_MAX; n++) await makeBrand(world.backend, full);
      await expectRefusal(make("One more", { sessionToken: full.sessionToken }), "CONFLICT");
    });
  });

  describe("removing a brand", () => {
    it("takes it away with all that it has set", async () => {
      const { brandId, widgetId } = await make("Short-lived");
      await world.backend.mutation(api.brands.update, { ...owner(), brandId, theme: "dark" });
      await world.backend.fetch(`/widget/config?widgetId=${widgetId}`, { headers: { Origin: SHOP } });
      await world.backend.action(api.brands.rotateIdentitySecret, { ...owner(), brandId });
      await upload(brandId, png());
      const logo = (await rowOf(brandId))?.avatarUrl ?? "";
      expect((await fetchLogo(logo)).status).toBe(200);
      await remove(brandId);
      expect(await rowOf(brandId)).toBeNull();
      expect((await fetchLogo(logo)).status).toBe(404);
      for (const table of ["widgetSettings", "widgetSightings", "brandIdentities"] as const) {
        const rows: { brandId: string }[] = await world.backend.rows(table);
        expect(rows.filter((row) => row.brandId === brandId)).toEqual([]);
      }
      const rows = await world.backend.rows("auditLogs");
      expect(rows.at(-1)).toMatchObject({ action: "brand.removed", target: "Short-lived" });
    });

    it("is refused while something hangs on it, with what to do", async () => {
      const chatty = await makeBrand(world.backend, world.acme);
      await startChat(world.backend, chatty);
      const withLead = await makeBrand(world.backend, world.acme);
      const lead = { ...owner(), name: "Maya", brandId: withLead.brandId };
      await world.backend.mutation(api.leads.create, lead);
      const withKey = await makeBrand(world.backend, world.acme);
      const key = { ...owner(), name: "Export", scope: "read", brandId: withKey.brandId } as const;
      const { keyId } = await world.backend.action(api.apiKeys.create, key);
      const withEndpoint = await makeBrand(world.backend, world.acme);
      const { subscriptionId } = await world.backend.action(api.webhooks.create, {
        ...owner(),
        url: "https://hooks.example.com/in",
        events: ["lead.created"],
        brandId: withEndpoint.brandId,
      });
      const withReply = await makeBrand(world.backend, world.acme);
      const reply = { ...owner(), title: "Hours", body: "From 8 to 19", brandId: withReply.brandId };
      await world.backend.mutation(api.savedReplies.create, reply);
      const withKnowledge = await makeBrand(world.backend, world.acme);
      const article = { kind: "article", title: "Hours", text: "From 8 to 19." } as const;
      const source = { ...owner(), brandId: withKnowledge.brandId, ...article };
      await world.backend.mutation(api.knowledge.create, source);
      for (const [{ brandId }, words] of [
        [withReply, /saved replies/],
        [withKnowledge, /knowledge/],
        [chatty, /conversations/],
        [withLead, /leads/],
        [withKey, /"Export"/],
        [withEndpoint, /endpoint/],
      ] as const) {
        const message = expect.stringMatching(words) as string;
        await expect(remove(brandId)).rejects.toMatchObject({ data: { code: "CONFLICT", message } });
        expect(await rowOf(brandId)).not.toBeNull();
      }
      await world.backend.mutation(api.apiKeys.revoke, { ...owner(), keyId });
      await remove(withKey.brandId);
      await world.backend.mutation(api.webhooks.remove, { ...owner(), subscriptionId });
      await remove(withEndpoint.brandId);
    });

    it("is for owners, of their own workspace, and never of the last one", async () => {
      const { brandId } = await makeBrand(world.backend, world.acme);
      const admin = await makeOperator(world.backend, world.acme, { role: "admin" });
      await expectRefusal(remove(brandId, { sessionToken: admin.sessionToken }), "FORBIDDEN");
      const { sessionToken } = world.rival;
      await expectRefusal(remove(brandId, { sessionToken }), "NOT_FOUND");
      await expectRefusal(remove(world.rival.brandId, { sessionToken }), "CONFLICT");
    });
  });

  const bytes = (head: readonly number[], length = 64): ArrayBuffer => {
    const file = new Uint8Array(length);
    file.set(head);
    return file.buffer;
  };
  const png = () => bytes(PNG);
  const upload = (brandId: string, file: ArrayBuffer, auth = owner()) =>
    world.backend.action(api.brands.uploadLogo, { ...auth, brandId, file });
  const fetchLogo = (url: string) => world.backend.fetch(new URL(url).pathname);

  describe("a brand's logo", () => {
    it("is shown as the picture that its bytes are, at an address that keeps", async () => {
      const { brandId, widgetId } = await makeBrand(world.backend, world.acme, {
        avatarUrl: "https://acme.test/old.png",
      });
      await upload(brandId, png());
      const url = (await rowOf(brandId))?.avatarUrl ?? "";
      expect(url).toMatch(/\/widget\/logo\/[^/]+$/);
      const config = await world.backend.query(api.widgets.getConfigByWidgetId, { widgetId });
      expect(config?.avatarUrl).toBe(url);
      const shown = await fetchLogo(url);
      expect(shown.status).toBe(200);
      expect(Object.fromEntries(shown.headers)).toMatchObject({
        "content-type": "image/png",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
        "cache-control": "public, max-age=31536000, immutable",
        "access-control-allow-origin": "*",
      });
      expect(new Uint8Array(await shown.arrayBuffer())).toEqual(new Uint8Array(png()));
    });

    it("gives way to another, to an address and to none, and its file goes", async () => {
      const { brandId } = await makeBrand(world.backend, world.acme);
      const addresses: string[] = [];
      for (const file of [png(), bytes([0xff, 0xd8, 0xff, 0xe0])]) {
        await upload(brandId, file);
        addresses.push((await rowOf(brandId))?.avatarUrl ?? "");
      }
      const [first = "", second = ""] = addresses;
      expect((await fetchLogo(first)).status).toBe(404);
      expect((await fetchLogo(second)).headers.get("content-type")).toBe("image/jpeg");
      const avatarUrl = "https://acme.test/logo.png";
      await world.backend.mutation(api.brands.update, { ...owner(), brandId, avatarUrl });
      expect((await rowOf(brandId))?.avatarUrl).toBe(avatarUrl);
      expect((await fetchLogo(second)).status).toBe(404);
      await upload(brandId, png());
      await world.backend.mutation(api.brands.update, { ...owner(), brandId, avatarUrl: null });
      expect(await rowOf(brandId)).not.toHaveProperty("avatarUrl");
    });

    it("is refused when it is no picture, too large, or not theirs to change", async () => {
      const { brandId } = await makeBrand(world.backend, world.acme);
      const svg = [...new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>')];
      for (const file of [
        bytes(svg),
        bytes([]),
        bytes([], 0),
        bytes(PNG.slice(0, 4)),
        bytes(PNG, LOGO_MAX + 1),
      ]) {
        await expect(upload(brandId, file)).rejects.toMatchObject({
          data: { code: "VALIDATION", field: "file" },
        });
      }
      const agent = await makeOperator(world.backend, world.acme);
      await expectRefusal(upload(brandId, bytes(svg), { sessionToken: agent.sessionToken }), "FORBIDDEN");
      await expectRefusal(upload(brandId, png(), { sessionToken: world.rival.sessionToken }), "NOT_FOUND");
      expect(await rowOf(brandId)).not.toHaveProperty("avatarUrl");
      await upload(brandId, bytes(PNG, LOGO_MAX));
      expect((await rowOf(brandId))?.avatarUrl).toBeDefined();
    });
  });

  describe("where a widget was seen", () => {
    const load = ({ widgetId }: Brand, headers: Record<string, string>) =>
      world.backend.fetch(`/widget/config?widgetId=${widgetId}`, { headers });
    const seen = ({ brandId }: Brand, auth = owner()) =>
      world.backend.query(api.brands.listWidgetSightings, { ...auth, brandId });
    const written = async ({ brandId }: Brand) =>
      (await world.backend.rows("widgetSightings")).filter((row) => row.brandId === brandId);

    it("is told by the pages that asked for it, refused ones too", async () => {
      const b = await makeBrand(world.backend, world.acme, { allowedOrigins: [SHOP] });
      expect(await seen(b)).toEqual([]);
      const before = Date.now();
      await load(b, { Origin: SHOP });
      await load(b, { Origin: SHOP });
      expect((await load(b, { Origin: "https://other.test" })).status).toBe(403);
      await load(b, { Origin: "null" });
      await load(b, { Referer: "https://same.test/cart?x=1" });
      await load(b, {});
      const rows = await seen(b);
      expect(new Map(rows.map(({ origin, isAllowed }) => [origin, isAllowed]))).toEqual(
        new Map([
          ["https://same.test", false],
          ["null", false],
          ["https://other.test", false],
          [SHOP, true],
        ]),
      );
      expect(rows).toHaveLength(4);
      for (const { seenAt } of rows) expect(seenAt).toBeGreaterThanOrEqual(before);
    });

    it("is not told by what is no page", async () => {
      const b = await makeBrand(world.backend, world.acme);
      for (const Origin of ["chrome-extension://abcdef", "nonsense", `https://${"x".repeat(300)}.test`]) {
        await load(b, { Origin });
      }
      expect(await seen(b)).toEqual([]);
    });

    it("follows the list of pages at once", async () => {
      const b = await makeBrand(world.backend, world.acme);
      await load(b, { Origin: "https://other.test" });
      const change = { ...owner(), brandId: b.brandId, allowedOrigins: [SHOP] };
      expect(await seen(b)).toMatchObject([{ isAllowed: true }]);
      await world.backend.mutation(api.brands.update, change);
      expect(await seen(b)).toMatchObject([{ isAllowed: false }]);
    });

    it("is written once a minute for a page, and for so many pages only", async () => {
      const b = await makeBrand(world.backend, world.acme);
      for (let n = 0; n < WIDGET_SIGHTINGS_MAX; n++) await load(b, { Origin: `https://s${n}.test` });
      const rows = await written(b);
      expect(rows).toHaveLength(WIDGET_SIGHTINGS_MAX);
      // Made-up pages push nobody out while the rows are fresh.
      await load(b, { Origin: "https://made-up.test" });
      expect(await written(b)).toEqual(rows);
      // By an hour: other cases have moved the clock of mutations, and that of routes stays behind it.
      for (const { _id, seenAt } of rows) {
        await world.backend.patch("widgetSightings", _id, { seenAt: seenAt - 60 * MINUTE });
      }
      await load(b, { Origin: "https://s3.test" });
      await load(b, { Origin: "https://new.test" });
      const after = await seen(b);
      expect(after).toHaveLength(WIDGET_SIGHTINGS_MAX);
      expect(new Set(after.slice(0, 2).map(({ origin }) => origin))).toEqual(
        new Set(["https://s3.test", "https://new.test"]),
      );
      expect(after.map(({ origin }) => origin)).not.toContain("https://s0.test");
    });

    it("comes with who waits there, for those who work for the brand", async () => {
      const b = await makeBrand(world.backend, world.acme);
      const activity = (auth = owner()) =>
        world.backend.query(api.brands.getActivity, { ...auth, brandId: b.brandId });
      expect(await activity()).toEqual({ lastSeen: null, waiting: 0 });
      await load(b, { Origin: SHOP });
      await startChat(world.backend, b);
      const { conversationId } = await startChat(world.backend, b);
      await world.backend.mutation(api.messages.send, { ...owner(), conversationId, body: "Hello" });
      expect(await activity()).toMatchObject({ lastSeen: { origin: SHOP, isAllowed: true }, waiting: 1 });
      const other = await makeOperator(world.backend, world.acme, { brandAccess: [world.acme.brandId] });
      for (const { sessionToken } of [other, world.rival]) {
        await expectRefusal(activity({ sessionToken }), "NOT_FOUND");
        await expectRefusal(seen(b, { sessionToken }), "NOT_FOUND");
      }
    });
  });
}
