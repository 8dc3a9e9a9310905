/** From the claims of a verified token to what `ctx.auth.getUserIdentity()` gives. Pure. */
import type { JSONObject, JSONValue } from "../storage/types";

/** Claims nested deeper than this are no identity. */
const MAX_NESTING = 32;

export type VerifiedClaims = JSONObject & { iss: string; sub: string };

/** Standard claims of OpenID Connect: the field that each becomes. */
const STANDARD: Record<string, { field: string; type: "string" | "boolean" }> = {
  name: { field: "name", type: "string" },
  given_name: { field: "givenName", type: "string" },
  family_name: { field: "familyName", type: "string" },
  nickname: { field: "nickname", type: "string" },
  preferred_username: { field: "preferredUsername", type: "string" },
  profile: { field: "profileUrl", type: "string" },
  picture: { field: "pictureUrl", type: "string" },
  website: { field: "websiteUrl", type: "string" },
  email: { field: "email", type: "string" },
  email_verified: { field: "emailVerified", type: "boolean" },
  gender: { field: "gender", type: "string" },
  birthdate: { field: "birthday", type: "string" },
  zoneinfo: { field: "timezone", type: "string" },
  locale: { field: "language", type: "string" },
  phone_number: { field: "phoneNumber", type: "string" },
  phone_number_verified: { field: "phoneNumberVerified", type: "boolean" },
};

/** Registered claims of any JWT: about the token, not about the user. */
const REGISTERED = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
/** Grows from refresh to refresh, which would change the identity each time. */
const VOLATILE = ["fva"];
/** About the ID token and how it was obtained. */
const OIDC_PROTOCOL = ["auth_time", "nonce", "acr", "amr", "azp", "at_hash", "c_hash"];
const CONVERTED = [...Object.keys(STANDARD), "address", "updated_at"];

const HIDDEN_CUSTOM_JWT = new Set([...REGISTERED, ...VOLATILE]);
const HIDDEN_OIDC = new Set([...HIDDEN_CUSTOM_JWT, ...OIDC_PROTOCOL, ...CONVERTED]);

/** Standard claims in camelCase, all others under their own names. Null: the claims cannot be an identity. */
export function oidcIdentity(claims: VerifiedClaims): JSONObject | null {
  if (isTooNested(claims)) return null;
  return { ...without(claims, HIDDEN_OIDC), ...standardFields(claims), ...identifiers(claims) };
}

/** Private claims under their own names, nested ones as `outer.inner`. Null: the claims cannot be an identity. */
export function customJwtIdentity(claims: VerifiedClaims): JSONObject | null {
  if (isTooNested(claims)) return null;
  const flat = flatten(without(claims, HIDDEN_CUSTOM_JWT), "");
  return { ...Object.fromEntries(flat), ...identifiers(claims) };
}

/** Last of all, so that no custom claim can take their place. */
function identifiers({ iss, sub }: VerifiedClaims): JSONObject {
  return { tokenIdentifier: `${iss}|${sub}`, issuer: iss, subject: sub };
}

/** A claim of another type than the standard says is left out. */
function standardFields(claims: JSONObject): JSONObject {
  const fields: JSONObject = {};
  for (const [claim, { field, type }] of Object.entries(STANDARD)) {
    const value = claims[claim];
    if (value !== undefined && typeof value === type) fields[field] = value;
  }
  const { address, updated_at: updatedAt } = claims;
  if (isObject(address) && typeof address["formatted"] === "string") fields.address = address["formatted"];
  if (typeof updatedAt === "number") {
    const text = rfc3339(updatedAt);
    if (text !== null) fields.updatedAt = text;
  }
  return fields;
}

/** Of Unix seconds. */
function rfc3339(seconds: number): string | null {
  const date = new Date(Math.floor(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString().replace(".000Z", "+00:00");
}

function without(claims: JSONObject, hidden: ReadonlySet<string>): JSONObject {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !hidden.has(name)));
}

function flatten(object: JSONObject, prefix: string): [string, JSONValue][] {
  return Object.entries(object).flatMap(([name, value]): [string, JSONValue][] =>
    isObject(value) ? flatten(value, `${prefix}${name}.`) : [[`${prefix}${name}`, value]],
  );
}

function isTooNested(value: JSONValue, depth = 0): boolean {
  if (typeof value !== "object" || value === null) return false;
  return depth >= MAX_NESTING || Object.values(value).some((inner) => isTooNested(inner, depth + 1));
}

function isObject(value: JSONValue | undefined): value is JSONObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
