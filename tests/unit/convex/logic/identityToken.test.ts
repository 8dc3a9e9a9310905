// @vitest-environment node
import { createHmac } from "node:crypto";
import { CompactSign, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import {
  formatIdentitySecret,
  identitySecretPreview,
  verifyIdentityToken,
} from "../../../../convex/logic/identityToken";
import { EXTERNAL_ID_MAX } from "../../../../lib/limits";

const NOW = 1_800_000_000;
const secret = formatIdentitySecret(new Uint8Array(32).fill(9));
const widgetId = "ws_0011223344556677";
const context = { secrets: [secret], widgetId, now: NOW * 1000 };
const good = { sub: "user-1", exp: NOW + 3600 };

const bytes = (text: string) => new TextEncoder().encode(text);
const sign = (claims: Record<string, unknown>, key = secret, header: Record<string, unknown> = {}) =>
  new SignJWT(claims).setProtectedHeader({ alg: "HS256", ...header }).sign(bytes(key));
const verify = async (token: string, secrets = [secret]) =>
  await verifyIdentityToken(token, { ...context, secrets });
const judge = async (claims: Record<string, unknown>) => await verify(await sign(claims));
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("a secret", () => {
  it("shows only its beginning", () => {
    expect(secret).toMatch(/^idsec_[0-9a-f]{64}$/);
    expect(identitySecretPreview(secret)).toBe("idsec_090909");
  });
});

describe("an identity token", () => {
  it("tells who the visitor is", async () => {
    const claims = {
      ...good,
      aud: [widgetId, "another"],
      iat: NOW,
      nbf: NOW,
      name: " Zoë 👋 ",
      email: "Zoe@Example.com",
      phone: "+44 20 7946 0958",
    };
    const known = { name: "Zoë 👋", email: "zoe@example.com", phone: "+442079460958" };
    const expiresAt = (NOW + 3660) * 1000;
    expect(await judge(claims)).toEqual({ ok: true, value: { externalId: "user-1", ...known, expiresAt } });
    expect(await judge({ ...good, phone_number: "+442079460958" })).toMatchObject({
      value: { phone: "+442079460958" },
    });
  });

  it("loses claims that cannot be stored, and nothing else", async () => {
    const claims = { ...good, name: "x".repeat(500), email: "nobody", phone: "020 7946", admin: true };
    expect(await judge(claims)).toEqual({
      ok: true,
      value: { externalId: "user-1", expiresAt: (NOW + 3660) * 1000 },
    });
    expect(await judge({ ...good, name: ["Zoë"], email: 7 })).toMatchObject({ ok: true });
  });

  it("counts under each of two secrets, and under no other", async () => {
    expect(await verify(await sign(good, "idsec_new"), ["idsec_new", secret])).toMatchObject({ ok: true });
    expect(await verify(await sign(good), ["idsec_new", secret])).toMatchObject({ ok: true });
    expect(await verify(await sign(good), ["idsec_new"])).toMatchObject({
      ok: false,
      reason: expect.stringContaining("not signed with this brand's secret") as string,
    });
    expect(await verify(await sign(good), [])).toMatchObject({ ok: false });
  });

  it("is HS256, whatever it says of itself", async () => {
    const unsigned = `${base64url({ alg: "none" })}.${base64url(good)}.`;
    const [, body = "", signature = ""] = (await sign(good)).split(".");
    // Signed as HS256 is, but under another name.
    const named = (header: Record<string, unknown>) => {
      const text = `${base64url(header)}.${body}`;
      return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
    };
    expect(await verify(named({ alg: "HS256" }))).toMatchObject({ ok: true });
    const hs512 = await new SignJWT(good).setProtectedHeader({ alg: "HS512" }).sign(bytes(secret));
    for (const token of [
      unsigned,
      `${base64url({ alg: "none" })}.${body}.${signature}`,
      ...[{ alg: "none" }, { alg: "hs256" }, { alg: "RS256" }, {}].map(named),
      hs512,
    ]) {
      expect(await verify(token)).toMatchObject({ ok: false });
    }
    expect(await verify(await sign(good, secret, { kid: "../../etc/passwd", typ: "JWT" }))).toMatchObject({
      ok: true,
    });
    const critical = { alg: "HS256", crit: ["b64"], b64: true };
    const withCrit = await new CompactSign(bytes(JSON.stringify(good)))
      .setProtectedHeader(critical)
      .sign(bytes(secret));
    expect(await verify(withCrit)).toMatchObject({ reason: expect.stringContaining("crit") as string });
  });

  it("is no JWT in any other form", async () => {
    const token = await sign(good);
    const [head = "", body = "", signature = ""] = token.split(".");
    const notJson = await new CompactSign(bytes("user-1"))
      .setProtectedHeader({ alg: "HS256" })
      .sign(bytes(secret));
    const list = await new CompactSign(bytes("[]")).setProtectedHeader({ alg: "HS256" }).sign(bytes(secret));
    for (const text of [
      "",
      ".",
      "..",
      "a.b.c",
      `${token}.`,
      ` ${token}`,
      `${token}=`,
      `${head}.${body}`,
      `${head}.${body}.${signature}.${signature}`,
      `${head}.${body}.${signature.slice(0, -1)}`,
      `${head}.${base64url({ ...good, sub: "user-2" })}.${signature}`,
      `${base64url([])}.${body}.${signature}`,
      notJson,
      list,
      "x".repeat(5000),
    ]) {
      expect(await verify(text), text.slice(0, 40)).toMatchObject({ ok: false });
    }
  });

  it("needs the person's id as a text", async () => {
    const { sub, ...without } = good;
    expect(sub).toBe("user-1");
    for (const bad of ["", "  ", 7, null, ["user-1"], "x".repeat(EXTERNAL_ID_MAX + 1), "a\u0000b"]) {
      expect(await judge({ ...good, sub: bad })).toMatchObject({
        ok: false,
        reason: expect.stringContaining("sub") as string,
      });
    }
    expect(await judge(without)).toMatchObject({ ok: false });
    expect(await judge({ ...good, sub: "x".repeat(EXTERNAL_ID_MAX) })).toMatchObject({ ok: true });
  });

  it("is for this widget or for none in particular", async () => {
    for (const aud of ["ws_ffffffffffffffff", [], ["another"], 7, null]) {
      expect(await judge({ ...good, aud })).toMatchObject({
        ok: false,
        reason: expect.stringContaining("aud") as string,
      });
    }
    expect(await judge({ ...good, aud: widgetId })).toMatchObject({ ok: true });
  });

  it.each([
    ["exp is missing", { exp: undefined }, "exp"],
    ["exp is no number", { exp: "soon" }, "exp"],
    ["exp has passed by the leeway", { exp: NOW - 60 }, "expired"],
    ["exp is more than a day ahead", { exp: NOW + 24 * 3600 + 61 }, "24 hours"],
    ["exp is in milliseconds", { exp: (NOW + 3600) * 1000 }, "24 hours"],
    ["iat is to come", { iat: NOW + 61 }, "iat"],
    ["iat is no number", { iat: "now" }, "iat"],
    ["nbf is to come", { nbf: NOW + 61 }, "nbf"],
  ])("is refused when %s", async (_, claims, reason) => {
    const payload = JSON.stringify({ ...good, ...claims });
    const token = await new CompactSign(bytes(payload))
      .setProtectedHeader({ alg: "HS256" })
      .sign(bytes(secret));
    expect(await verify(token)).toMatchObject({
      ok: false,
      reason: expect.stringContaining(reason) as string,
    });
  });

  it("is good within a minute of clocks that differ", async () => {
    for (const claims of [
      { exp: NOW - 59 },
      { exp: NOW + 24 * 3600 + 60 },
      { iat: NOW + 60 },
      { nbf: NOW + 60 },
    ]) {
      expect(await judge({ ...good, ...claims })).toMatchObject({ ok: true });
    }
  });
});
