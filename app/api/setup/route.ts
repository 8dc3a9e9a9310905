import type { NextRequest } from "next/server";
import { backend } from "@/app/_server/backend";
import { answer, badBody, ownRoute, readTexts } from "@/app/_server/request";
import { beginSession } from "@/app/_server/session";
import { api } from "@/convex/_generated/api";

const FIELDS = ["workspaceName", "ownerName", "ownerEmail", "ownerPassword", "setupToken"] as const;

/** The first workspace and its owner, who is then signed in. */
export function POST(request: NextRequest) {
  return ownRoute(request, async () => {
    const fields = await readTexts(request, FIELDS, ["setupToken"]);
    if (fields === null) return badBody(FIELDS);
    const { sessionToken, expiresAt } = await backend().action(api.workspaces.create, fields);
    await beginSession(sessionToken, expiresAt);
    return answer({});
  });
}
