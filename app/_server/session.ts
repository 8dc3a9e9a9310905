import { cache } from "react";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import type { SessionHandover } from "@/components/session/session-provider";
import { api } from "@/convex/_generated/api";
import { backend } from "./backend";
import { clerkKey } from "./clerk";
import { readAddresses, webOrigin } from "./config";
import { withQuery } from "./next-path";
import { readSessionToken, writeSessionToken } from "./session-cookie";

/** Who this browser is signed in as; null without a valid session. One look-up per request. */
export const currentSession = cache(async () => {
  const sessionToken = await readSessionToken();
  if (sessionToken === null) return null;
  const me = await backend().query(api.auth.me, { sessionToken });
  return me === null ? null : { sessionToken, ...me };
});

/** Whether this deployment still waits for its first workspace. */
export async function needsSetup(): Promise<boolean> {
  return (await backend().query(api.setup.status, {})).needsSetup;
}

/** Leaves for set-up or login unless somebody is signed in; the login leads back to this page as it was asked for. */
export async function requireSession(
  path: string,
  searchParams: Record<string, string | string[] | undefined>,
): Promise<void> {
  if ((await currentSession()) !== null) return;
  if (await needsSetup()) redirect("/setup");
  const query = new URLSearchParams({ next: withQuery(path, searchParams) });
  // A cookie that is no longer good is a session that ended, not a first visit.
  if ((await readSessionToken()) !== null) query.set("expired", "1");
  redirect(`/login?${query}`);
}

/** Signs this browser in. The session that it had ends: no page of ours could end it any more. Only for route handlers. */
export async function beginSession(sessionToken: string, expiresAt: number): Promise<void> {
  const former = await readSessionToken();
  if (former !== null) await backend().mutation(api.auth.logout, { sessionToken: former });
  await writeSessionToken(sessionToken, expiresAt);
}

/** What a signed-in page gets for its websocket: a child token of its own. Null without a session. */
export async function sessionHandover(): Promise<SessionHandover | null> {
  const session = await currentSession();
  if (session === null) return null;
  const addresses = readAddresses();
  const { sessionToken } = session;
  const [child, { locale, timeZone }] = await Promise.all([
    backend().action(api.auth.createChildToken, { sessionToken }),
    backend().query(api.preferences.get, { sessionToken }),
  ]);
  const { _id, name, email, role, brandAccess } = session.operator;
  return {
    convexUrl: addresses.convexUrl,
    webUrl: webOrigin(await headers(), addresses),
    childToken: child.sessionToken,
    expiresInMs: child.expiresAt - Date.now(),
    operator: { _id, name, email, role, brandAccess },
    workspace: { name: session.workspace.name },
    formats: { locale, timeZone },
    usesClerk: clerkKey() !== null,
  };
}
