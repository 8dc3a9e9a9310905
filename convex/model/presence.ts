/** Who has a conversation open: a row for each operator, renewed while they do and deleted soon after. */
import { VIEWER_MS } from "../../lib/limits";
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { writersOf } from "./typing";

/** More operators than look at one conversation at once. */
const VIEWERS_MAX = 50;

export type Viewer = { operatorId: Id<"operators">; name: string; isWriting: boolean };

const findViewer = (db: DatabaseReader, conversationId: Id<"conversations">, operatorId: Id<"operators">) =>
  db
    .query("viewers")
    .withIndex("by_conversation_and_operator", (q) =>
      q.eq("conversationId", conversationId).eq("operatorId", operatorId),
    )
    .unique();

/** Says that the operator has the conversation open. Costs one row, and one write in half of VIEWER_MS. */
export async function renewViewer(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  operator: Doc<"operators">,
  now: number,
): Promise<void> {
  const until = now + VIEWER_MS;
  const row = await findViewer(ctx.db, conversation._id, operator._id);
  if (row !== null) {
    if (row.until < until - VIEWER_MS / 2) await ctx.db.patch("viewers", row._id, { until });
    return;
  }
  const viewerId = await ctx.db.insert("viewers", {
    workspaceId: conversation.workspaceId,
    conversationId: conversation._id,
    operatorId: operator._id,
    name: operator.name,
    until,
  });
  await ctx.scheduler.runAt(until, internal.presence.expire, { viewerId });
}

export async function endViewer(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  operator: Doc<"operators">,
): Promise<void> {
  const row = await findViewer(ctx.db, conversation._id, operator._id);
  if (row !== null) await ctx.db.delete("viewers", row._id);
}

/** Deletes a row that nobody renewed; looks again when its new time has come. */
export async function expireViewer(ctx: MutationCtx, viewerId: Id<"viewers">, now: number): Promise<void> {
  const row = await ctx.db.get("viewers", viewerId);
  if (row === null) return;
  if (row.until <= now) await ctx.db.delete("viewers", viewerId);
  else await ctx.scheduler.runAt(row.until, internal.presence.expire, { viewerId });
}

/** The other operators who have the conversation open, and whether they write a reply. */
export async function viewersBeside(
  db: DatabaseReader,
  conversationId: Id<"conversations">,
  operatorId: Id<"operators">,
): Promise<Viewer[]> {
  const present = await operatorsBeside(db, conversationId, operatorId);
  return present
    .filter(({ isViewing }) => isViewing)
    .map(({ operatorId, name, isWriting }) => ({ operatorId, name, isWriting }));
}

export type PresentOperator = Viewer & { isViewing: boolean };

/** The other operators who have the conversation open or write in it: software may write without having it open. */
export async function operatorsBeside(
  db: DatabaseReader,
  conversationId: Id<"conversations">,
  operatorId: Id<"operators">,
): Promise<PresentOperator[]> {
  const present = new Map<Id<"operators">, PresentOperator>();
  const viewers = await db
    .query("viewers")
    .withIndex("by_conversation_and_operator", (q) => q.eq("conversationId", conversationId))
    .take(VIEWERS_MAX);
  for (const { operatorId, name } of viewers) {
    present.set(operatorId, { operatorId, name, isViewing: true, isWriting: false });
  }
  for (const { operatorId, name = "" } of await writersOf(db, conversationId)) {
    if (operatorId === null) continue;
    const viewer = present.get(operatorId);
    present.set(operatorId, {
      operatorId,
      name: viewer?.name ?? name,
      isViewing: viewer !== undefined,
      isWriting: true,
    });
  }
  present.delete(operatorId);
  return [...present.values()];
}
