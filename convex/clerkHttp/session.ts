/** The route by which what Clerk says of somebody becomes a session. An HTTP action, since it alone sees the token itself. */
import { USER_AGENT_MAX } from "../../lib/limits";
import { readBytes } from "../../lib/request-body";
import { internal } from "../_generated/api";
import type { ActionCtx } from "../_generated/server";
import { refusal } from "../errors";
import { httpAction } from "../functions";
import { readIdentity, readToken } from "../logic/clerk";
import { SESSION_TOKEN_BYTES, sha256Hex } from "../logic/tokens";
import { clerkIssuer } from "../model/clerk";
import { randomHex } from "../model/provisioning";
import { runMutation } from "../model/retry";
import { errorResponse, json, refusalResponse } from "../rest/responses";
import type { ClerkIdentity, ClerkToken } from "../validators/clerk";

const BODY_MAX = 1_024;

/**
 * `POST /clerk/session` with Clerk's token as Bearer: a session of the operator whom it stands for, `{operatorId, workspaceId,
 * sessionToken, expiresAt}`. The body may hold `{"invite": "inv_…"}`, by which somebody new joins. The token is used up.
 */
export const create = httpAction(async (ctx: ActionCtx, request) => {
  const body = await readBody(request);
  if (body === null) {
    const message = 'Send nothing, or JSON like {"invite": "inv_…"}.';
    return errorResponse({ status: 400, code: "BAD_REQUEST", message });
  }
  try {
    const proof = await requireProof(ctx, request);
    const sessionToken = randomHex(SESSION_TOKEN_BYTES);
    const session = await runMutation(ctx, internal.clerk.createSession, {
      ...proof,
      ...body,
      tokenHash: await sha256Hex(sessionToken),
      userAgent: request.headers.get("User-Agent")?.slice(0, USER_AGENT_MAX),
    });
    return json(200, { ...session, sessionToken });
  } catch (error) {
    return refusalResponse(error);
  }
});

/** Who the request is of, by Clerk's word alone: an app's other providers make no operators. */
async function requireProof(
  ctx: ActionCtx,
  request: Request,
): Promise<{ identity: ClerkIdentity; token: ClerkToken }> {
  const issuer = clerkIssuer();
  if (issuer === null) {
    throw refusal("NOT_CONFIGURED", "People sign in with email and password here. Open the sign-in page.");
  }
  // A token that the deployment does not believe makes this reject.
  const verified = await ctx.auth.getUserIdentity().catch(() => null);
  const identity = verified === null ? null : readIdentity(verified, issuer);
  const token = await readToken(request.headers.get("Authorization"));
  if (identity !== null && token !== null) return { identity, token };
  throw refusal(
    "UNAUTHENTICATED",
    "This server does not accept what Clerk says of you. Sign in again; if that does not help, tell whoever runs it.",
  );
}

/** Null for a body that is not what the route takes. */
async function readBody(request: Request): Promise<{ invite: string | null } | null> {
  const bytes = await readBytes(request, BODY_MAX);
  if (bytes?.length === 0) return { invite: null };
  if (bytes === null) return null;
  try {
    const body: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof body !== "object" || body === null) return null;
    const invite: unknown = "invite" in body ? body.invite : null;
    return invite === null || typeof invite === "string" ? { invite } : null;
  } catch {
    return null;
  }
}
