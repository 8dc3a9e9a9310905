import { describe, expect, it } from "vitest";
import { contentSecurityPolicy } from "../../../server/security-headers";

const directivesWith = (clerkHost: string | undefined) => {
  const origins = { convexUrl: "https://convex.test", siteUrl: "https://site.test", clerkHost };
  const policy = contentSecurityPolicy("n0nce", origins, false);
  return new Map(policy.split("; ").map((directive) => [directive.split(" ", 1)[0], directive]));
};

describe("the content security policy", () => {
  it("knows nothing of Clerk where nobody signs in through it", () => {
    const directives = directivesWith(undefined);
    expect(directives.get("connect-src")).toBe(
      "connect-src 'self' https://convex.test wss://convex.test https://site.test",
    );
    expect([...directives.values()].join()).not.toMatch(/clerk|cloudflare|frame-src|worker-src/);
  });

  it("lets pages reach Clerk's host and its checks, and opens nothing else", () => {
    const directives = directivesWith("clerk.acme.test");
    const without = directivesWith(undefined);
    expect(directives.get("connect-src")).toBe(
      `${without.get("connect-src")} https://clerk.acme.test https://challenges.cloudflare.com https://*.protect.clerk.com:*`,
    );
    const added = [...directives.keys()].filter((name) => !without.has(name));
    expect(added).toEqual(["frame-src", "worker-src"]);
    for (const [name, directive] of without) {
      if (name !== "connect-src") expect(directives.get(name)).toBe(directive);
    }
  });
});
