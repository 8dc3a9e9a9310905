import { SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { World } from "../backend.cases";
import { expectRefusal, makeBrand, makeOperator, newClientId, newVisitorKey, startChat } from "./backend";
import type { Brand } from "./backend";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

/** What a site does for somebody who is logged in there. */
function sign(
  secret: string,
  claims: Record<string, unknown>,
  expiresAt = Date.now() + HOUR,
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256" })
    .setIssuedAt(Math.floor(Date.now() / 1000))
    .setExpirationTime(Math.floor(expiresAt / 1000))
    .sign(new TextEncoder().encode(secret));
}

export function identityCases(world: World): void {
  const owner = () => ({ sessionToken: world.acme.sessionToken });
  const settings = (brandId: string) => world.backend.query(api.brands.getIdentity, { ...owner(), brandId });
  const rotate = async (brandId: string) =>
    (await world.backend.action(api.brands.rotateIdentitySecret, { ...owner(), brandId })).secret;
  const setMode = (brandId: string, mode: "off" | "optional" | "required") =>
    world.backend.mutation(api.brands.setIdentityMode, { ...owner(), brandId, mode });
  /** A brand that checks identities, with its secret. */
  const signedBrand = async (mode: "optional" | "required" = "optional") => {
    const brand = await makeBrand(world.backend, world.acme);
    const secret = await rotate(brand.brandId);
    await setMode(brand.brandId, mode);
    return { ...brand, secret };
  };
  const signIn = (
    { widgetId }: Brand,
    args: { visitorKey: string; identityToken: string; earlierKey?: string },
  ) => world.backend.mutation(api.identity.signIn, { widgetId, ...args });
  const start = (brand: Brand, args: { visitorKey: string; identityToken?: string; email?: string }) =>
    world.backend.mutation(api.visitors.identifyAndStartConversation, {
      widgetId: brand.widgetId,
      message: "Hello",
      clientMessageId: newClientId(),
      ...args,
    });
  const resume = ({ widgetId }: Brand, visitorKey: string) =>
    world.backend.query(api.visitors.resume, { widgetId, visitorKey });
  const send = ({ widgetId }: Brand, visitorKey: string, conversationId: string) =>
    world.backend.mutation(api.visitors.sendVisitorMessage, {
      widgetId,
      visitorKey,
      conversationId,
      body: "Still there?",
    });
  const detail = (conversationId: string) =>
    world.backend.query(api.conversations.getById, { ...owner(), conversationId });

  describe("a brand's identity secret", () => {
    it("is shown once, kept sealed, and needed by every mode but off", async () => {
      const { brandId } = await makeBrand(world.backend, world.acme);
      expect(await settings(brandId)).toEqual({ mode: "off", isAvailable: true, secret: null });
      await expectRefusal(setMode(brandId, "optional"), "CONFLICT");
      const secret = await rotate(brandId);
      expect(secret).toMatch(/^idsec_[0-9a-f]{64}$/);
      const shown = { preview: secret.slice(0, 12), previousUntil: null };
      expect(await settings(brandId)).toEqual({ mode: "off", isAvailable: true, secret: shown });
      await setMode(brandId, "required");
      expect((await settings(brandId)).mode).toBe("required");
      expect(JSON.stringify(await world.backend.rows("brandIdentities"))).not.toContain(secret.slice(12));
    });

    it("is for owners and admins of the workspace, whose changes are recorded", async () => {
      const { brandId } = await makeBrand(world.backend, world.acme, { name: "Audited identity" });
      const { sessionToken } = await makeOperator(world.backend, world.acme);
      const args = { sessionToken, brandId };
      for (const call of [
        () => world.backend.query(api.brands.getIdentity, args),
        () => world.backend.action(api.brands.rotateIdentitySecret, args),
        () => world.backend.mutation(api.brands.setIdentityMode, { ...args, mode: "off" }),
        () => world.backend.mutation(api.brands.endIdentityRotation, args),
      ]) {
        await expectRefusal(call(), "FORBIDDEN");
      }
      await expectRefusal(settings(world.rival.brandId), "NOT_FOUND");
      await expectRefusal(rotate(world.rival.brandId), "NOT_FOUND");
      await rotate(brandId);
      await setMode(brandId, "optional");
      await setMode(brandId, "optional");
      const entries = (await world.backend.rows("auditLogs")).filter((entry) => entry.brandId === brandId);
      expect(entries.map(({ action, target, details }) => [action, target, details])).toEqual([
        ["brand.identity_secret_rotated", "Audited identity", undefined],
        ["brand.identity_mode_changed", "Audited identity", "optional"],
      ]);
    });

    it("counts beside the new one until the rotation is ended", async () => {
      const brand = await signedBrand();
      const next = await rotate(brand.brandId);
      const { secret } = await settings(brand.brandId);
      expect(secret?.preview).toBe(next.slice(0, 12));
      expect(secret?.previousUntil).toBeGreaterThan(Date.now() + 6 * DAY);
      await expectRefusal(rotate(brand.brandId), "CONFLICT");
      const tokens = await Promise.all([brand.secret, next].map((each) => sign(each, { sub: "u1" })));
      for (const identityToken of tokens) await signIn(brand, { visitorKey: newVisitorKey(), identityToken });

      await world.backend.mutation(api.brands.endIdentityRotation, { ...owner(), brandId: brand.brandId });
      const [old = "", fresh = ""] = tokens;
      await expectRefusal(
        signIn(brand, { visitorKey: newVisitorKey(), identityToken: old }),
        "IDENTITY_INVALID",
      );
      await signIn(brand, { visitorKey: newVisitorKey(), identityToken: fresh });
    });
  });

  describe("a signed identity", () => {
    let brand: Brand & { secret: string };
    beforeAll(async () => {
      brand = await signedBrand();
    });

    it("opens the person's chats in every browser, and says who they are", async () => {
      const claims = { sub: "user-1", name: "Maya Ahmed", email: "Maya@Example.com" };
      const first = newVisitorKey();
      const token = await sign(brand.secret, claims);
      const { conversationId } = await start(brand, { visitorKey: first, identityToken: token });
      const second = newVisitorKey();
      const signedIn = await signIn(brand, { visitorKey: second, identityToken: token });
      expect(signedIn.conversationId).toBe(conversationId);
      expect(await resume(brand, second)).toMatchObject({ conversationId });
      await send(brand, second, conversationId);
      const known = { name: "Maya Ahmed", email: "maya@example.com" };
      const verified = { externalId: "user-1", verified: true, emailVerified: true };
      expect((await detail(conversationId))?.visitor).toMatchObject({ ...known, ...verified });
      const [row] = await world.backend.query(api.conversations.listInbox, {
        ...owner(),
        brandId: brand.brandId,
      });
      expect(row?.visitor).toEqual({ ...known, ...verified });
    });

    it("is another person in another brand", async () => {
      const other = await signedBrand();
      const args = async (of: { secret: string }) => ({
        visitorKey: newVisitorKey(),
        identityToken: await sign(of.secret, { sub: "user-2" }),
      });
      const one = await start(brand, await args(brand));
      const two = await start(other, await args(other));
      expect(two.visitorId).not.toBe(one.visitorId);
      await expectRefusal(start(other, await args(brand)), "IDENTITY_INVALID");
    });

    it("never opens another person's chats, whoever uses the browser next", async () => {
      const visitorKey = newVisitorKey();
      const token = (sub: string) => sign(brand.secret, { sub });
      await start(brand, { visitorKey, identityToken: await token("user-3") });
      const next = await token("user-4");
      await expectRefusal(signIn(brand, { visitorKey, identityToken: next }), "CONFLICT");
      await expectRefusal(start(brand, { visitorKey, identityToken: next }), "CONFLICT");
      const own = newVisitorKey();
      // Not by naming the other's key as one's earlier one either.
      const signedIn = await signIn(brand, {
        visitorKey: own,
        identityToken: next,
        earlierKey: visitorKey,
      });
      expect(signedIn.conversationId).toBeNull();
      expect(await resume(brand, own)).toBeNull();
    });

    it("takes along what its browser wrote before, and shuts the key of that time", async () => {
      const { visitorKey: earlierKey, conversationId } = await startChat(world.backend, brand);
      const visitorKey = newVisitorKey();
      const identityToken = await sign(brand.secret, { sub: "user-5", name: "Signed Maya" });
      // Others may know an anonymous key: it never becomes the person's.
      await expectRefusal(signIn(brand, { visitorKey: earlierKey, identityToken }), "CONFLICT");
      await signIn(brand, { visitorKey, identityToken, earlierKey });
      expect(await resume(brand, visitorKey)).toMatchObject({ conversationId });
      expect(await resume(brand, earlierKey)).toBeNull();
      expect((await detail(conversationId))?.visitor).toMatchObject({
        name: "Signed Maya",
        email: "maya@example.com",
        verified: true,
      });
      expect((await detail(conversationId))?.visitor).not.toHaveProperty("emailVerified");

      // On a second device, where the person is known already.
      const elsewhere = await startChat(world.backend, brand, { name: "Nobody" });
      const args = {
        widgetId: brand.widgetId,
        conversationId: elsewhere.conversationId,
        body: "One more",
        clientMessageId: newClientId(),
      };
      const sendFrom = (visitorKey: string) =>
        world.backend.mutation(api.visitors.sendVisitorMessage, { ...args, visitorKey });
      const sent = await sendFrom(elsewhere.visitorKey);
      const there = newVisitorKey();
      const known = await signIn(brand, {
        visitorKey: there,
        identityToken,
        earlierKey: elsewhere.visitorKey,
      });
      expect(known.conversationId).toBe(elsewhere.conversationId);
      expect(await resume(brand, elsewhere.visitorKey)).toBeNull();
      // A message whose answer was lost goes again under the new key, and is still the same one.
      expect(await sendFrom(there)).toBe(sent);
      expect((await detail(elsewhere.conversationId))?.visitor?.name).toBe("Signed Maya");
    });

    it("is not had by an email: an unsigned one opens no older thread", async () => {
      const email = "victim@example.com";
      const identityToken = await sign(brand.secret, { sub: "user-6", email });
      const theirs = await start(brand, { visitorKey: newVisitorKey(), identityToken });
      const guess = await start(brand, { visitorKey: newVisitorKey(), email });
      expect(guess.conversationId).not.toBe(theirs.conversationId);
      expect(guess.visitorId).not.toBe(theirs.visitorId);
      expect((await detail(guess.conversationId))?.visitor).not.toHaveProperty("verified");
    });

    it("of a wrong or missing signature proves nothing", async () => {
      const claims = { sub: "user-7" };
      const rotten = [
        await sign("idsec_guess", claims),
        await sign(brand.secret, claims, Date.now() - HOUR),
        "",
        "not.a.token",
      ];
      for (const identityToken of rotten) {
        await expectRefusal(
          signIn(brand, { visitorKey: newVisitorKey(), identityToken }),
          "IDENTITY_INVALID",
        );
      }
      await setMode(brand.brandId, "off");
      const identityToken = await sign(brand.secret, claims);
      await expectRefusal(start(brand, { visitorKey: newVisitorKey(), identityToken }), "IDENTITY_INVALID");
      await setMode(brand.brandId, "optional");
    });
  });

  describe("a brand that requires a signed identity", () => {
    it("takes messages of nobody else, over the websocket and over HTTP", async () => {
      const brand = await makeBrand(world.backend, world.acme);
      const anonymous = await startChat(world.backend, brand);
      const secret = await rotate(brand.brandId);
      await setMode(brand.brandId, "required");
      await expectRefusal(send(brand, anonymous.visitorKey, anonymous.conversationId), "IDENTITY_REQUIRED");
      await expectRefusal(start(brand, { visitorKey: anonymous.visitorKey }), "IDENTITY_REQUIRED");
      const post = async (fields: Record<string, unknown>) => {
        const form = { widgetId: brand.widgetId, clientMessageId: newClientId(), message: "Hi", ...fields };
        const response = await world.backend.fetch("/widget/start", {
          method: "POST",
          body: JSON.stringify(form),
        });
        return { status: response.status, body: (await response.json()) as Record<string, unknown> };
      };
      const visitorKey = newVisitorKey();
      const typed = { name: "Maya", email: "maya@example.com", phone: "+442079460958" };
      const refused = await post({ visitorKey, ...typed });
      expect(refused.status).toBe(401);
      expect(refused.body).toMatchObject({ code: "IDENTITY_REQUIRED" });
      expect(refused.body.error).toContain("Sign in");

      const claims = { sub: "u", ...typed };
      // What the token says need not be typed.
      // Nor is whom the site vouches for taken for a script.
      const identityToken = await sign(secret, claims);
      const started = await post({ visitorKey, identityToken, topic: "filled", openMs: 0 });
      expect(started.status).toBe(200);
      await send(brand, visitorKey, started.body.conversationId as string);
      const forged = await post({ visitorKey: newVisitorKey(), identityToken: 7 });
      expect(forged.body).toMatchObject({ code: "IDENTITY_INVALID" });
      const { widgetId } = brand;
      const config = await world.backend.query(api.widgets.getConfigByWidgetId, { widgetId });
      expect(config?.isIdentityRequired).toBe(true);
    });
  });

  describe("a visitor's session", () => {
    it("ends with its token, and goes on with a fresh one", async () => {
      const brand = await signedBrand();
      const visitorKey = newVisitorKey();
      const claims = { sub: "user-8" };
      const short = await sign(brand.secret, claims, Date.now() + 2 * 60_000);
      const { conversationId } = await start(brand, { visitorKey, identityToken: short });
      await world.backend.advance(4 * 60_000);
      await expectRefusal(send(brand, visitorKey, conversationId), "IDENTITY_EXPIRED");
      await expectRefusal(resume(brand, visitorKey), "IDENTITY_EXPIRED");
      await expect
        .poll(async () => (await world.backend.rows("visitorSessions")).map(({ isOver }) => isOver))
        .toContain(true);
      await signIn(brand, { visitorKey, identityToken: await sign(brand.secret, claims) });
      expect(await resume(brand, visitorKey)).toMatchObject({ conversationId });
      await send(brand, visitorKey, conversationId);
    });
  });
}
