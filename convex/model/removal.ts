/** An operator leaves: at once for themselves, in pages for what they leave behind. */
import { API_KEYS_MAX } from "../../lib/limits";
import { internal } from "../_generated/api";
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { refusal } from "../errors";
import { recordAudit } from "./audit";
import { findColleague } from "./operators";
import { forgetPreferences } from "./preferences";
import { requireSubordinate } from "./team";

export type Removal = {
  operatorId: string;
  reassignTo: string | null; // null: nobody
  keepApiKeys: boolean;
};

/**
 * Deletes the colleague's row, by which every token of theirs is refused from now on, those of agents too. Names on what
 * they wrote stay. They know the API keys that they made, so these end as well unless asked otherwise.
 */
export async function removeOperator(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  { operatorId, reassignTo, keepApiKeys }: Removal,
  now: number,
): Promise<void> {
  const leaving = await requireSubordinate(ctx.db, operator, operatorId);
  const heir = reassignTo === null ? null : await findColleague(ctx.db, operator, reassignTo);
  if (reassignTo !== null && (heir === null || heir._id === leaving._id)) {
    throw refusal("VALIDATION", "Choose another operator of this workspace, or nobody.", {
      field: "reassignTo",
    });
  }
  await ctx.db.delete("operators", leaving._id);
  await forgetPreferences(ctx, leaving._id);
  const revoked = keepApiKeys ? 0 : await revokeKeysOf(ctx, leaving, now);
  const details = [
    heir === null ? "conversations to nobody" : `conversations to ${heir.email}`,
    ...(revoked > 0 ? [`${revoked} API keys revoked`] : []),
  ].join(", ");
  await recordAudit(ctx, operator, { action: "operator.removed", target: leaving.email, details }, now);
  await ctx.scheduler.runAfter(0, internal.operators.handOver, {
    workspaceId: leaving.workspaceId,
    from: leaving._id,
    to: heir?._id ?? null,
    brandIds: null,
  });
  await ctx.scheduler.runAfter(0, internal.operators.forget, { operatorId: leaving._id });
}

async function revokeKeysOf(
  ctx: MutationCtx,
  { _id, workspaceId }: Doc<"operators">,
  now: number,
): Promise<number> {
  const live = await ctx.db
    .query("apiKeys")
    .withIndex("by_workspace_and_revoked_at", (q) =>
      q.eq("workspaceId", workspaceId).eq("revokedAt", undefined),
    )
    .take(API_KEYS_MAX);
  const theirs = live.filter(({ createdBy }) => createdBy === _id);
  for (const key of theirs) await ctx.db.patch("apiKeys", key._id, { revokedAt: now });
  return theirs.length;
}
