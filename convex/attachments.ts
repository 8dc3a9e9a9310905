/** What the routes of files need: the permission behind a ticket, and the file behind an address. */
import { v } from "convex/values";
import { internalMutation, internalQuery } from "./functions";
import { findPermission, findSentFile, keepFile } from "./model/attachments";

const storedFile = v.object({
  storageId: v.id("_storage"),
  name: v.string(),
  type: v.string(),
  size: v.number(),
});

/** The pages that may use a ticket; null for one that is used up, expired or unknown. */
export const getTicket = internalQuery({
  args: { ticket: v.string() },
  returns: v.union(v.object({ allowedOrigins: v.array(v.string()) }), v.null()),
  handler: async (ctx, { ticket }) => {
    const permission = await findPermission(ctx.db, ticket, Date.now());
    if (permission === null) return null;
    // An operator's page is the dashboard, which no brand lists.
    if (permission.visitorId === undefined) return { allowedOrigins: [] };
    const brand = await ctx.db.get("brands", permission.brandId);
    return brand === null ? null : { allowedOrigins: brand.allowedOrigins };
  },
});

/** Takes the file for the ticket; false when another was faster, or it has expired meanwhile. */
export const keep = internalMutation({
  args: { ticket: v.string(), file: storedFile },
  returns: v.boolean(),
  handler: async (ctx, { ticket, file }) => await keepFile(ctx, ticket, file, Date.now()),
});

/** The file of a message that was sent; null for any other id. */
export const getSent = internalQuery({
  args: { uploadId: v.string() },
  returns: v.union(storedFile, v.null()),
  handler: async (ctx, { uploadId }) => await findSentFile(ctx.db, uploadId),
});
