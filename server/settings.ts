import { frontendApiOf } from "../lib/clerk-key";

/** What the web server reads from its environment. Origins have no slash at the end. */
export type Settings = {
  host: string;
  /** 0 takes any free port. */
  port: number;
  dev: boolean;
  /** Public addresses, as browsers reach them; `web` is undefined when it follows from the listening address. */
  webUrl: string | undefined;
  convexUrl: string;
  siteUrl: string;
  /** The site address as this process reaches it: behind a reverse proxy the public one may lead nowhere from here. */
  siteUpstream: string;
  /** Makes the embedded deployment believe this server's X-Forwarded-* headers; other deployments are not told it. */
  proxySecret: string | undefined;
  /** Signs the addresses of clients for a deployment that is not of this instance. */
  addressSecret: string | undefined;
  trustedProxies: string[];
  /** Host of Clerk's Frontend API, where people sign in through Clerk. */
  clerkHost: string | undefined;
};

export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const siteUrl = required(env, "PRAXTALK_SITE_URL");
  return {
    host: env.HOST ?? "127.0.0.1",
    port: Number(env.PORT ?? 3000),
    dev: env.NODE_ENV === "development",
    webUrl: env.PRAXTALK_WEB_URL || undefined,
    convexUrl: required(env, "PRAXTALK_CONVEX_URL"),
    siteUrl,
    siteUpstream: env.PRAXTALK_SITE_INTERNAL_URL || siteUrl,
    proxySecret: env.PRAXTALK_PROXY_SECRET || undefined,
    addressSecret: env.PRAXTALK_ADDRESS_SECRET || undefined,
    clerkHost: frontendApiOf(env.NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY ?? "") ?? undefined,
    trustedProxies: (env.PRAXTALK_TRUSTED_PROXIES ?? "").split(",").flatMap((entry) => entry.trim() || []),
  };
}

function required(env: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`${name} is not set: the web server is started by npm start.`);
  return value;
}

/** The address to print and to open: a wildcard host is not one, so it becomes localhost. */
export function listeningUrl(host: string, port: number): string {
  const isWildcard = host === "0.0.0.0" || host === "::";
  const name = isWildcard ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
