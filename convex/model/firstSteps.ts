/** The first hour's list: read from what is there, so that nobody ticks anything off. */
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import type { FirstSteps } from "../validators/firstSteps";

type WorkspaceId = Id<"workspaces">;

/** Operators asked about their answers, oldest first, and messages of each: notes are among them. */
const OPERATORS_ASKED = 20;
const MESSAGES_ASKED = 10;

const findDismissal = (db: DatabaseReader, workspaceId: WorkspaceId) =>
  db
    .query("dismissedFirstSteps")
    .withIndex("by_workspace", (q) => q.eq("workspaceId", workspaceId))
    .unique();

/** Which steps are done; null: the workspace wants to see no more of them. */
export async function firstStepsOf(db: DatabaseReader, workspaceId: WorkspaceId): Promise<FirstSteps | null> {
  if ((await findDismissal(db, workspaceId)) !== null) return null;
  const team = await db
    .query("operators")
    .withIndex("by_workspace", (q) => q.eq("workspaceId", workspaceId))
    .take(OPERATORS_ASKED);
  const [sighting, conversation, endpoint, reply] = await Promise.all([
    db
      .query("widgetSightings")
      .withIndex("by_workspace", (q) => q.eq("workspaceId", workspaceId))
      .first(),
    db
      .query("conversations")
      .withIndex("by_workspace_and_status_and_last_message_at", (q) => q.eq("workspaceId", workspaceId))
      .first(),
    db
      .query("webhookSubscriptions")
      .withIndex("by_workspace_and_deleted_at", (q) =>
        q.eq("workspaceId", workspaceId).eq("deletedAt", undefined),
      )
      .first(),
    hasAnswered(db, team),
  ]);
  return {
    snippet: sighting !== null,
    message: conversation !== null,
    reply,
    teammate: team.length > 1,
    webhook: endpoint !== null,
  };
}

async function hasAnswered(db: DatabaseReader, team: readonly Doc<"operators">[]): Promise<boolean> {
  for (const { _id } of team) {
    const written = await db
      .query("messages")
      .withIndex("by_operator_and_client_message_id", (q) => q.eq("senderOperatorId", _id))
      .take(MESSAGES_ASKED);
    if (written.some(({ internal }) => !internal)) return true;
  }
  return false;
}

export async function setFirstStepsDismissed(
  ctx: MutationCtx,
  workspaceId: WorkspaceId,
  dismissed: boolean,
): Promise<void> {
  const stored = await findDismissal(ctx.db, workspaceId);
  if (dismissed && stored === null) await ctx.db.insert("dismissedFirstSteps", { workspaceId });
  if (!dismissed && stored !== null) await ctx.db.delete("dismissedFirstSteps", stored._id);
}
