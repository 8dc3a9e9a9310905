/** The audit log: one row for each change of the workspace by a person, written by the mutation that makes it. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal } from "../errors";
import { canReadAuditLog } from "../logic/permissions";
import type { AuditAction, AuditFilter, AuditRow } from "../validators/audit";
import { emptyPage } from "./paging";

export type AuditEntry = {
  action: AuditAction;
  target: string; // no secret
  details?: string; // no secret
  brandId?: Id<"brands">;
};

/** Records what the operator does. Call it in the mutation of the change, after its checks. */
export async function recordAudit(
  ctx: MutationCtx,
  operator: Pick<Doc<"operators">, "_id" | "workspaceId" | "name">,
  entry: AuditEntry,
  now: number,
): Promise<void> {
  await ctx.db.insert("auditLogs", {
    workspaceId: operator.workspaceId,
    operatorId: operator._id,
    operatorName: operator.name,
    ...entry,
    createdAt: now,
  });
}

/** Records what PraxTalk does by itself, as it was told to. */
export async function recordOwnAudit(
  ctx: MutationCtx,
  workspaceId: Id<"workspaces">,
  entry: AuditEntry,
  now: number,
): Promise<void> {
  await ctx.db.insert("auditLogs", { workspaceId, operatorName: "PraxTalk", ...entry, createdAt: now });
}

/** Newest first; a filter by a person who never was here gives nothing. */
export async function pageAuditLog(
  db: DatabaseReader,
  operator: Doc<"operators">,
  { filter, paginationOpts }: { filter: AuditFilter | undefined; paginationOpts: PaginationOptions },
): Promise<PaginationResult<AuditRow>> {
  if (!canReadAuditLog(operator)) {
    throw refusal(
      "FORBIDDEN",
      "Only owners and admins of all brands can read the audit log. Ask one of them.",
    );
  }
  const rows = rangeOf(db, operator.workspaceId, filter);
  if (rows === null) return emptyPage();
  const result = await rows.order("desc").paginate(paginationOpts);
  const page = result.page.map(({ _id, operatorId, operatorName, action, target, details, createdAt }) => {
    return { _id, operatorId, operatorName, action, target, details, createdAt };
  });
  return { ...result, page };
}

function rangeOf(db: DatabaseReader, workspaceId: Id<"workspaces">, filter: AuditFilter | undefined) {
  const rows = db.query("auditLogs");
  if (filter === undefined) return rows.withIndex("by_workspace", (q) => q.eq("workspaceId", workspaceId));
  if ("action" in filter) {
    return rows.withIndex("by_workspace_and_action", (q) =>
      q.eq("workspaceId", workspaceId).eq("action", filter.action),
    );
  }
  const operatorId = db.normalizeId("operators", filter.operatorId);
  if (operatorId === null) return null;
  return rows.withIndex("by_workspace_and_operator", (q) =>
    q.eq("workspaceId", workspaceId).eq("operatorId", operatorId),
  );
}
