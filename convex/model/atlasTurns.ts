/** When Atlas begins: once a visitor has finished writing. */
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { brandSettingsOf } from "./atlasSettings";

/** Visitors write in several messages: Atlas waits until nothing has come for so long. */
const TURN_MS = 1_500;

async function findTurn(db: DatabaseReader, conversationId: Id<"conversations">) {
  return await db
    .query("atlasTurns")
    .withIndex("by_conversation", (q) => q.eq("conversationId", conversationId))
    .unique();
}

/** The visitor wrote: Atlas is to answer once they have finished. One turn waits for each conversation. */
export async function awaitTurn(
  ctx: MutationCtx,
  { _id: conversationId, workspaceId, brandId, channel }: Doc<"conversations">,
  sequence: number,
): Promise<void> {
  if (channel !== "web_chat") return;
  if ((await brandSettingsOf(ctx.db, brandId)).mode === "off") return;
  const jobId = await ctx.scheduler.runAfter(TURN_MS, internal.atlasRuns.beginTurn, {
    conversationId,
    sequence,
  });
  const turn = await findTurn(ctx.db, conversationId);
  if (turn === null) {
    await ctx.db.insert("atlasTurns", { workspaceId, conversationId, sequence, jobId });
    return;
  }
  await ctx.scheduler.cancel(turn.jobId);
  await ctx.db.patch("atlasTurns", turn._id, { sequence, jobId });
}

/** Takes back a turn that waits; whether there was one. */
export async function cancelTurn(ctx: MutationCtx, conversationId: Id<"conversations">): Promise<boolean> {
  const turn = await findTurn(ctx.db, conversationId);
  if (turn === null) return false;
  await ctx.scheduler.cancel(turn.jobId);
  await ctx.db.delete("atlasTurns", turn._id);
  return true;
}

/** The turn is taken up, unless it is already that of a later message. */
export async function endTurn(
  ctx: MutationCtx,
  conversationId: Id<"conversations">,
  sequence: number,
): Promise<void> {
  const turn = await findTurn(ctx.db, conversationId);
  if (turn?.sequence === sequence) await ctx.db.delete("atlasTurns", turn._id);
}
