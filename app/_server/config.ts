import { createHash } from "node:crypto";

/** Where things are. Read on each request, never at build: one build serves any host. Origins have no slash at the end. */
export type Addresses = {
  /** The deployment, as browsers reach it. */
  convexUrl: string;
  /** The deployment, as this server reaches it. */
  convexInternalUrl: string;
  /** The deployment's HTTP actions, as this server reaches them. */
  siteInternalUrl: string;
  /** Our own public origin; null when it follows from the request. */
  webUrl: string | null;
  deploymentId: string;
  /** What the deployment believes our forwarded addresses by; null when it is not ours to tell. */
  proxySecret: string | null;
  /** What the addresses of clients are signed with for a deployment that is not of this instance; else null. */
  addressSecret: string | null;
};

export function readAddresses(env: NodeJS.ProcessEnv = process.env): Addresses {
  const convexUrl = env.PRAXTALK_CONVEX_URL;
  if (!convexUrl) throw new Error("PRAXTALK_CONVEX_URL is not set: start the app with npm start.");
  const siteInternalUrl = env.PRAXTALK_SITE_INTERNAL_URL || env.PRAXTALK_SITE_URL;
  if (!siteInternalUrl) throw new Error("PRAXTALK_SITE_URL is not set: start the app with npm start.");
  return {
    convexUrl,
    convexInternalUrl: env.PRAXTALK_CONVEX_INTERNAL_URL || convexUrl,
    siteInternalUrl,
    webUrl: env.PRAXTALK_WEB_URL || null,
    proxySecret: env.PRAXTALK_PROXY_SECRET || null,
    addressSecret: env.PRAXTALK_ADDRESS_SECRET || null,
    deploymentId:
      env.PRAXTALK_DEPLOYMENT_ID || createHash("sha256").update(convexUrl).digest("hex").slice(0, 8),
  };
}

/** Our own origin as this request's browser knows it. */
export function webOrigin(headers: Headers, { webUrl }: Pick<Addresses, "webUrl">): string {
  if (webUrl) return webUrl;
  const proto = headers.get("x-forwarded-proto") === "https" ? "https" : "http";
  return `${proto}://${requestHost(headers)}`;
}

/** Host and port that the browser asked. Our web server has already replaced whatever a client claimed. */
export function requestHost(headers: Headers): string {
  return headers.get("x-forwarded-host") ?? headers.get("host") ?? "";
}
