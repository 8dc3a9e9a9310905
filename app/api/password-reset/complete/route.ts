import type { NextRequest } from "next/server";
import { backend } from "@/app/_server/backend";
import { answer, badBody, ownRoute, readTexts } from "@/app/_server/request";
import { api } from "@/convex/_generated/api";

const FIELDS = ["token", "password"] as const;

/** Sets a password by the link. Every session of the operator ends. */
export function POST(request: NextRequest) {
  return ownRoute(request, async () => {
    const fields = await readTexts(request, FIELDS);
    if (fields === null) return badBody(FIELDS);
    await backend().action(api.passwordReset.complete, fields);
    return answer({});
  });
}
