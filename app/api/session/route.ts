import type { NextRequest } from "next/server";
import { backend, backendFor, vouchedClient } from "@/app/_server/backend";
import { answer, badBody, ownRoute, readTexts } from "@/app/_server/request";
import { beginSession } from "@/app/_server/session";
import { clearSessionToken, readSessionToken } from "@/app/_server/session-cookie";
import { api } from "@/convex/_generated/api";

const FIELDS = ["email", "password"] as const;

/** Login: email and password become a session cookie. */
export function POST(request: NextRequest) {
  return ownRoute(request, async () => {
    const fields = await readTexts(request, FIELDS);
    if (fields === null) return badBody(FIELDS);
    const userAgent = request.headers.get("user-agent") ?? undefined;
    const { sessionToken, expiresAt } = await backendFor(request.headers).action(api.auth.login, {
      ...fields,
      userAgent,
      client: await vouchedClient(request.headers),
    });
    await beginSession(sessionToken, expiresAt);
    return answer({});
  });
}

/** Logout: ends the session with its children, then forgets the cookie. */
export function DELETE(request: NextRequest) {
  return ownRoute(request, async () => {
    const sessionToken = await readSessionToken();
    if (sessionToken !== null) await backend().mutation(api.auth.logout, { sessionToken });
    await clearSessionToken();
    return answer({});
  });
}
