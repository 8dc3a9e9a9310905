/** The tables of signed identities, as in schema.ts. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import { identityMode, identitySecret } from "../validators/identity";

export const identityTables = {
  /** What a brand has set about signed identities. Absent: off. */
  brandIdentities: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    mode: identityMode,
    secret: v.optional(identitySecret), // there is one in every mode but "off"
    secretPreview: v.optional(v.string()), // first characters of the current one, for display
  }).index("by_brand", ["brandId"]),

  /**
   * A browser in which somebody has proven who they are. Its key is this person's for ever: whoever is there next gets a
   * key of their own.
   */
  visitorSessions: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    visitorId: v.id("visitors"),
    keyHash: v.string(), // SHA-256 of the browser's visitor key, hex; no anonymous visitor of the brand has it
    expiresAt: v.number(), // as the newest token says
    isOver: v.boolean(), // set at that time by a job, so that live queries notice
  })
    .index("by_brand_and_key_hash", ["brandId", "keyHash"])
    .index("by_expires_at", ["expiresAt"])
    .index("by_visitor", ["visitorId"]),
};
