import type { NextRequest } from "next/server";
import { backend } from "@/app/_server/backend";
import { answer, ownRoute, refuse } from "@/app/_server/request";
import { readSessionToken } from "@/app/_server/session-cookie";
import { api } from "@/convex/_generated/api";

/** A new token for the page's websocket, and whose it is. 401 means that the session is over. */
export function POST(request: NextRequest) {
  return ownRoute(request, async () => {
    const sessionToken = await readSessionToken();
    if (sessionToken === null) return refuse(401, { code: "UNAUTHENTICATED", message: "Sign in first." });
    const child = await backend().action(api.auth.createChildToken, { sessionToken });
    const { operatorId, expiresAt } = child;
    return answer({ sessionToken: child.sessionToken, operatorId, expiresInMs: expiresAt - Date.now() });
  });
}
