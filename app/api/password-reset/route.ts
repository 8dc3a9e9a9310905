import type { NextRequest } from "next/server";
import { backendFor, vouchedClient } from "@/app/_server/backend";
import { answer, badBody, ownRoute, readTexts } from "@/app/_server/request";
import { api } from "@/convex/_generated/api";

const FIELDS = ["email"] as const;

/** Asks for a link by mail. The answer does not tell whether the email has an account. */
export function POST(request: NextRequest) {
  return ownRoute(request, async () => {
    const fields = await readTexts(request, FIELDS);
    if (fields === null) return badBody(FIELDS);
    const client = await vouchedClient(request.headers);
    await backendFor(request.headers).action(api.passwordReset.request, { ...fields, client });
    return answer({});
  });
}
