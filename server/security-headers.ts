/** Where dashboard pages may connect to, besides their own origin. `clerkHost` is of Clerk's Frontend API, if any. */
export type Origins = { convexUrl: string; siteUrl: string; clerkHost: string | undefined };

/** Where Clerk tells people from robots. */
const CLERK_CHECKS = ["https://challenges.cloudflare.com", "https://*.protect.clerk.com:*"];

/**
 * The content security policy of dashboard pages. Scripts run by nonce only; Next puts the nonce of the request's own
 * policy header on the scripts that it writes. Styles may be inline: primitives position themselves that way.
 */
export function contentSecurityPolicy(nonce: string, origins: Origins, dev: boolean): string {
  const { clerkHost } = origins;
  const checks = clerkHost === undefined ? [] : CLERK_CHECKS;
  const clerk = clerkHost === undefined ? [] : [`https://${clerkHost}`, ...checks];
  const connect = [origins.convexUrl, origins.convexUrl.replace(/^http/, "ws"), origins.siteUrl];
  const directives = {
    "default-src": ["'self'"],
    // Hot reload evaluates code; a built dashboard never does.
    "script-src": ["'self'", `'nonce-${nonce}'`, "'strict-dynamic'", ...(dev ? ["'unsafe-eval'"] : [])],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:", "https:", origins.siteUrl], // files of messages and logos are on the site
    "font-src": ["'self'", "data:"],
    "connect-src": ["'self'", ...new Set(connect), ...clerk],
    ...(clerkHost !== undefined && { "frame-src": ["'self'", ...checks], "worker-src": ["'self'", "blob:"] }),
    "object-src": ["'none'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(" ")}`)
    .join("; ");
}

/** Sent with each answer of the dashboard, beside its policy. */
export const DASHBOARD_HEADERS: Readonly<Record<string, string>> = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
  "Cross-Origin-Opener-Policy": "same-origin",
};
