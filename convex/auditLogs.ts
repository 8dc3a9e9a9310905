import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { operatorQuery } from "./functions";
import { pageAuditLog } from "./model/audit";
import { boundedPage } from "./model/paging";
import { auditFilter, auditRow } from "./validators/audit";

/** Who did what to the workspace, newest first: all of it, one kind of change, or one person's. For owners and admins of all brands. */
export const list = operatorQuery({
  args: { filter: v.optional(auditFilter), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(auditRow),
  handler: async (ctx, { filter, paginationOpts }) =>
    await pageAuditLog(ctx.db, ctx.operator, { filter, paginationOpts: boundedPage(paginationOpts) }),
});
