import type { NextRequest } from "next/server";
import { backend } from "@/app/_server/backend";
import { answer, badBody, ownRoute, readTexts } from "@/app/_server/request";
import { beginSession } from "@/app/_server/session";
import { api } from "@/convex/_generated/api";

const FIELDS = ["token", "name", "password"] as const;

/** Accepting an invite: the new operator is then signed in. */
export function POST(request: NextRequest) {
  return ownRoute(request, async () => {
    const fields = await readTexts(request, FIELDS);
    if (fields === null) return badBody(FIELDS);
    const userAgent = request.headers.get("user-agent") ?? undefined;
    const { sessionToken, expiresAt } = await backend().action(api.invites.accept, { ...fields, userAgent });
    await beginSession(sessionToken, expiresAt);
    return answer({});
  });
}
