import { cookies, headers } from "next/headers";
import { readAddresses, webOrigin, type Addresses } from "./config";

/**
 * Cookies ignore ports, so two instances on one host would overwrite each other's: the name ends with the deployment's
 * id. On https the prefix makes browsers refuse one that another host or path has set.
 */
export function cookieName({ deploymentId }: Pick<Addresses, "deploymentId">, secure: boolean): string {
  return `${secure ? "__Host-" : ""}praxtalk_session_${deploymentId}`;
}

async function cookiePlace() {
  const addresses = readAddresses();
  const secure = webOrigin(await headers(), addresses).startsWith("https://");
  return { store: await cookies(), name: cookieName(addresses, secure), secure };
}

/** The session token of this browser, if it has one. */
export async function readSessionToken(): Promise<string | null> {
  const { store, name } = await cookiePlace();
  return store.get(name)?.value ?? null;
}

/** Keeps the token in the browser until the session ends. Only route handlers may call this. */
export async function writeSessionToken(token: string, expiresAt: number): Promise<void> {
  const { store, name, secure } = await cookiePlace();
  store.set(name, token, {
    httpOnly: true,
    sameSite: "lax",
    path: "/",
    secure,
    expires: new Date(expiresAt),
  });
}

export async function clearSessionToken(): Promise<void> {
  const { store, name, secure } = await cookiePlace();
  store.set(name, "", { httpOnly: true, sameSite: "lax", path: "/", secure, maxAge: 0 });
}
