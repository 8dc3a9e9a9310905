/**
 * Whose tokens `ctx.auth` believes: Clerk's, where people sign in through it. A variable that is not set would fail the push,
 * so "none" stands for no issuer; `npm start` sets either.
 */
import type { AuthConfig } from "convex/server";
import { env } from "./_generated/server";

const domain = env.CLERK_JWT_ISSUER_DOMAIN;

export default {
  providers: domain === undefined || domain === "none" ? [] : [{ domain, applicationID: "convex" }],
} satisfies AuthConfig;
