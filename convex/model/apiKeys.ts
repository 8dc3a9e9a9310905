/** API keys: rows hold a hash; the key itself is shown once, by the action that made it. */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";

type NewApiKey = {
  name: string;
  prefix: string;
  keyHash: string;
  scope: Doc<"apiKeys">["scope"];
  now: number;
};

/** A key for all brands of the operator's workspace. */
export async function insertApiKey(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  { now, ...key }: NewApiKey,
): Promise<Id<"apiKeys">> {
  return await ctx.db.insert("apiKeys", {
    workspaceId: operator.workspaceId,
    ...key,
    createdBy: operator._id,
    createdAt: now,
  });
}
