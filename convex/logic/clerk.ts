/** Reading what Clerk has issued. Nothing is verified here: the deployment does that, with `auth.config.ts`. Pure. */
import type { UserIdentity } from "convex/server";
import { decodeJwt } from "jose";
import { checkEmail } from "../../lib/validation";
import type { ClerkIdentity, ClerkToken } from "../validators/clerk";
import { sha256Hex } from "./tokens";

/** The issuer of a deployment where nobody signs in through Clerk. */
const NO_ISSUER = "none";

/** The setting as an issuer; null where Clerk is not in use. */
export function readIssuer(setting: string | undefined): string | null {
  return setting === undefined || setting === "" || setting === NO_ISSUER ? null : comparable(setting);
}

/** As deployments compare issuers: with a scheme, and without a slash at the end. */
function comparable(issuer: string): string {
  const withScheme = /^\w+:\/\//.test(issuer) ? issuer : `https://${issuer}`;
  return withScheme.replace(/\/$/, "");
}

/** The identity as PraxTalk uses it; null when another provider than this issuer vouches for it. */
export function readIdentity(identity: UserIdentity, issuer: string): ClerkIdentity | null {
  if (comparable(identity.issuer) !== issuer) return null;
  const { tokenIdentifier, email, emailVerified, name } = identity;
  const checked = emailVerified === true && email !== undefined ? checkEmail(email) : null;
  return { tokenIdentifier, email: checked?.ok ? checked.value : null, name: name?.trim() || null };
}

/**
 * The token of an Authorization header that the deployment has verified; null for anything else. It is known by its signed
 * part: the signature's text can be written in several ways.
 */
export async function readToken(authorization: string | null): Promise<ClerkToken | null> {
  const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined) return null;
  try {
    const { exp, sid } = decodeJwt(token);
    if (exp === undefined) return null;
    const hash = await sha256Hex(token.slice(0, token.lastIndexOf(".")));
    return { hash, expiresAt: exp * 1000, sessionId: typeof sid === "string" ? sid : null };
  } catch {
    return null;
  }
}
