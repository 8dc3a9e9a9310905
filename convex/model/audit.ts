/** The audit log: one row for each change of the workspace by a person, written by the mutation that makes it. */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import type { AuditAction } from "../validators/audit";

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
