import { systemQuery } from "../../system-tables";

/** Where clients reach the API. */
export const cloudUrl = systemQuery({
  args: {},
  handler: () => process.env.CONVEX_CLOUD_URL ?? null,
});

/** Where HTTP actions are served. */
export const siteUrl = systemQuery({
  args: {},
  handler: () => process.env.CONVEX_SITE_URL ?? null,
});
