import { ConvexHttpClient } from "convex/browser";
import { vouchFor } from "@/lib/vouched-address";
import { readAddresses } from "./config";

/** By this header the deployment believes the forwarded address. */
const PROXY_SECRET_HEADER = "x-praxtalk-proxy-secret";

/** A client for one request's calls. Without a cache and without a session of its own: tokens are arguments. */
export function backend(): ConvexHttpClient {
  return new ConvexHttpClient(readAddresses().convexInternalUrl, { logger: false });
}

/** The same where it matters who asks: passes on the browser's address, as our web server has resolved it. */
export function backendFor(request: Headers): ConvexHttpClient {
  const { convexInternalUrl, proxySecret } = readAddresses();
  const address = request.get("x-forwarded-for");
  if (proxySecret === null || address === null) return backend();
  const forwarded = { "x-forwarded-for": address, [PROXY_SECRET_HEADER]: proxySecret };
  const fetchForwarded: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    for (const [name, value] of Object.entries(forwarded)) headers.set(name, value);
    return fetch(input, { ...init, headers });
  };
  return new ConvexHttpClient(convexInternalUrl, { logger: false, fetch: fetchForwarded });
}

/** The browser's address, vouched for, where the deployment does not believe it otherwise: an argument of functions. */
export async function vouchedClient(request: Headers): Promise<string | undefined> {
  const { addressSecret } = readAddresses();
  const address = request.get("x-forwarded-for");
  return addressSecret === null || address === null ? undefined : await vouchFor(address, addressSecret);
}
