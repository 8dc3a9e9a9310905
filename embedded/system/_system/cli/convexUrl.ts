import { queryGeneric } from "convex/server";

/** Where clients reach the API. */
export const cloudUrl = queryGeneric({
  args: {},
  handler: () => process.env.CONVEX_CLOUD_URL ?? null,
});

/** Where HTTP actions are served. */
export const siteUrl = queryGeneric({
  args: {},
  handler: () => process.env.CONVEX_SITE_URL ?? null,
});
