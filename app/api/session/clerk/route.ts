import type { NextRequest } from "next/server";
import { readAddresses } from "@/app/_server/config";
import { answer, badBody, ownRoute, readTexts, refuse, type RefusalBody } from "@/app/_server/request";
import { beginSession } from "@/app/_server/session";

const FIELDS = ["token", "invite"] as const;

/** Login through Clerk: its token becomes a session cookie. With an invite, somebody new joins by it. */
export function POST(request: NextRequest) {
  return ownRoute(request, async () => {
    const fields = await readTexts(request, FIELDS, ["invite"]);
    if (fields === null) return badBody(FIELDS);
    const { token, invite } = fields;
    const response = await fetch(`${readAddresses().siteInternalUrl}/clerk/session`, {
      method: "POST",
      headers: {
        // Every header is text of a line: a token that is not cannot be one.
        Authorization: `Bearer ${encodeURIComponent(token)}`,
        "User-Agent": request.headers.get("user-agent") ?? "",
      },
      body: invite === "" ? undefined : JSON.stringify({ invite }),
    });
    const body = (await response.json()) as Session | Refused;
    if (!("sessionToken" in body)) return refuse(response.status, { code: body.code, message: body.error });
    await beginSession(body.sessionToken, body.expiresAt);
    return answer({});
  });
}

type Session = { sessionToken: string; expiresAt: number };
/** As the routes of the deployment refuse. */
type Refused = { error: string; code: RefusalBody["code"] };
