/** The signed identity of a visitor: a JWT that the embedding site makes for somebody who is logged in there. Pure. */
import { Base64 } from "convex/values";
import * as check from "../../lib/validation";
import type { Checked } from "../../lib/validation";
import { EXTERNAL_ID_MAX, IDENTITY_TOKEN_HOURS, IDENTITY_TOKEN_MAX } from "../../lib/limits";
import { toHex } from "./tokens";

export const IDENTITY_SECRET_BYTES = 32;
const SECRET_PREFIX = "idsec_";
/** Characters of a secret that may be shown after it was made. */
const SECRET_SHOWN = 12;
/** Seconds that the site's clock may differ from ours, either way. */
const LEEWAY = 60;

/** What a token says of the visitor. */
export type Identity = {
  /** The site's own id of the person: `sub`. */
  externalId: string;
  name?: string;
  email?: string;
  phone?: string;
  /** Unix milliseconds until which the token is good, with the leeway for clocks. */
  expiresAt: number;
};

/** `idsec_` and the bytes in hex. The whole text is the key that the site signs with. */
export function formatIdentitySecret(bytes: Uint8Array): string {
  return SECRET_PREFIX + toHex(bytes);
}

/** The part of a secret that a page may show. */
export function identitySecretPreview(secret: string): string {
  return secret.slice(0, SECRET_SHOWN);
}

type Context = { secrets: readonly string[]; widgetId: string; now: number };

/**
 * What the token says, if one of the secrets has signed it for this widget and its time has neither passed nor is to
 * come. The algorithm is HS256, whatever the token asks for.
 */
export async function verifyIdentityToken(token: string, context: Context): Promise<Checked<Identity>> {
  if (token.length > IDENTITY_TOKEN_MAX) {
    return refuse(`The identity token is longer than ${IDENTITY_TOKEN_MAX} characters.`);
  }
  const [head, body, signature, ...more] = token.split(".");
  const header = parseObject(head);
  if (header === null || body === undefined || signature === undefined || more.length > 0) {
    return refuse("The identity token is not a JWT in compact form.");
  }
  if (header.alg !== "HS256") return refuse("Sign the identity token with HS256.");
  if ("crit" in header)
    return refuse("The identity token has a crit header, which nothing here understands.");
  const isSigned = await verifySignature(`${head}.${body}`, decode(signature), context.secrets);
  if (!isSigned) return refuse("The identity token is not signed with this brand's secret.");
  const claims = parseObject(body);
  return claims === null ? refuse("The claims of the identity token are not JSON.") : judge(claims, context);
}

const refuse = (reason: string): Checked<never> => ({ ok: false, reason });

async function verifySignature(
  text: string,
  signature: Uint8Array<ArrayBuffer> | null,
  secrets: readonly string[],
): Promise<boolean> {
  if (signature === null) return false;
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  for (const secret of secrets) {
    const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["verify"]);
    if (await crypto.subtle.verify("HMAC", key, signature, encoder.encode(text))) return true;
  }
  return false;
}

function judge(claims: Record<string, unknown>, { widgetId, now }: Context): Checked<Identity> {
  const { sub, aud } = claims;
  const externalId = typeof sub === "string" ? check.checkExternalId(sub) : null;
  if (!externalId?.ok) {
    return refuse(`The identity token needs the person's id as sub: 1 to ${EXTERNAL_ID_MAX} characters.`);
  }
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  if (aud !== undefined && !audiences.includes(widgetId)) {
    return refuse("The identity token is for another widget: leave aud out, or make it this widget's id.");
  }
  const expiresAt = checkTimes(claims, now / 1000);
  if (!expiresAt.ok) return expiresAt;
  const identity = { externalId: externalId.value, ...profileIn(claims), expiresAt: expiresAt.value };
  return { ok: true, value: identity };
}

/** Until when the token is good, in Unix milliseconds. The claims and `now` are in Unix seconds. */
function checkTimes({ exp, iat, nbf }: Record<string, unknown>, now: number): Checked<number> {
  const isTime = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
  if (!isTime(exp)) return refuse("The identity token needs exp, in Unix seconds.");
  for (const [name, value] of Object.entries({ iat, nbf })) {
    if (value === undefined) continue;
    if (!isTime(value)) return refuse(`${name} of the identity token must be in Unix seconds.`);
    if (value > now + LEEWAY) return refuse(`The identity token is not good yet: its ${name} is to come.`);
  }
  if (exp + LEEWAY <= now) return refuse("The identity token has expired. Make a fresh one for each page.");
  // Times in milliseconds, a common mistake, are refused by this too.
  if (exp > now + IDENTITY_TOKEN_HOURS * 3600 + LEEWAY) {
    return refuse(`exp of the identity token is more than ${IDENTITY_TOKEN_HOURS} hours ahead.`);
  }
  return { ok: true, value: (exp + LEEWAY) * 1000 };
}

/** A claim that cannot be stored says nothing against the person: it is left out. */
function profileIn(claims: Record<string, unknown>): Pick<Identity, "name" | "email" | "phone"> {
  const take = (claim: unknown, checkText: (text: string) => Checked<string>): string | undefined => {
    const checked = typeof claim === "string" ? checkText(claim) : null;
    return checked?.ok ? checked.value : undefined;
  };
  const name = take(claims.name, (text) => check.checkName(text));
  const email = take(claims.email, check.checkEmail);
  const phone = take(claims.phone ?? claims.phone_number, check.checkPhone);
  return {
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
    ...(phone !== undefined && { phone }),
  };
}

/** The bytes of unpadded base64url, or null. */
function decode(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1) return null;
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return new Uint8Array(Base64.toByteArray(base64.padEnd(Math.ceil(base64.length / 4) * 4, "=")));
}

function parseObject(part: string | undefined): Record<string, unknown> | null {
  const bytes = part === undefined ? null : decode(part);
  if (bytes === null) return null;
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
