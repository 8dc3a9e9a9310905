import type { NextRequest } from "next/server";
import { backendFor, vouchedClient } from "@/app/_server/backend";
import { answer, badBody, ownRoute, readTexts } from "@/app/_server/request";
import { beginSession } from "@/app/_server/session";
import { api } from "@/convex/_generated/api";

const FIELDS = ["challenge", "code"] as const;

/** The second step of a login: challenge and code become a session cookie. */
export function POST(request: NextRequest) {
  return ownRoute(request, async () => {
    const fields = await readTexts(request, FIELDS);
    if (fields === null) return badBody(FIELDS);
    const userAgent = request.headers.get("user-agent") ?? undefined;
    const { sessionToken, expiresAt } = await backendFor(request.headers).action(api.auth.completeLogin, {
      ...fields,
      userAgent,
      client: await vouchedClient(request.headers),
    });
    await beginSession(sessionToken, expiresAt);
    return answer({});
  });
}
