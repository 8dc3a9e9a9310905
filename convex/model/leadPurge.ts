/** Removed leads go for good after their time. */
import { LEAD_RESTORE_DAYS } from "../../lib/limits";
import type { MutationCtx } from "../_generated/server";
import { purgeRemarks } from "./leadRemarks";

/** Leads that one run purges: all the remarks of as many fit into a transaction. */
const PURGE_PAGE = 2;
const DAY = 24 * 60 * 60 * 1000;

/** Deletes a page of leads whose time to be restored is over; whether there may be more. */
export async function purgeLeads(ctx: MutationCtx, now: number): Promise<boolean> {
  const expired = await ctx.db
    .query("leads")
    .withIndex("by_removed_at", (q) => q.gt("removedAt", 0).lt("removedAt", now - LEAD_RESTORE_DAYS * DAY))
    .take(PURGE_PAGE);
  for (const { _id } of expired) {
    await purgeRemarks(ctx, _id);
    await ctx.db.delete("leads", _id);
  }
  return expired.length === PURGE_PAGE;
}
