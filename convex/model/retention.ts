/**
 * How long a workspace keeps things. Conversations that are over and were not changed for so many days are deleted at night,
 * a page a run, as those of a person who is erased; but leads that were made from them stay.
 */
import * as limits from "../../lib/limits";
import { erasedText } from "../../lib/erased-text";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal } from "../errors";
import { canManageWorkspace } from "../logic/permissions";
import type { Retention } from "../validators/retention";
import { recordAudit, recordOwnAudit } from "./audit";
import { NOTHING_ERASED, eraseContents, eraseEmptied, eraseVisitorRows } from "./conversationErasure";
import type { Tally } from "./conversationErasure";
import { keysetPage } from "./keyset";
import type { Position } from "./keyset";
import { DELIVERIES_PAGE, purgeDelivery } from "./webhookPurge";

const DAY = 24 * 60 * 60 * 1000;
/** In which nobody waits for anything any more: open and snoozed ones are never touched. */
const OVER = ["closed", "resolved"] as const;

/** Conversations that one run deletes, and rows with which it ends earlier: a long one is deleted in runs of its own. */
const PAGE = 10;
const PAGE_ROWS = 50;

type Settings = Doc<"retentionSettings">;

async function findSettings(db: DatabaseReader, workspaceId: Id<"workspaces">): Promise<Settings | null> {
  return await db
    .query("retentionSettings")
    .withIndex("by_workspace", (q) => q.eq("workspaceId", workspaceId))
    .unique();
}

export async function retentionOf(db: DatabaseReader, workspaceId: Id<"workspaces">): Promise<Retention> {
  const row = await findSettings(db, workspaceId);
  return {
    conversationDays: row?.conversationDays ?? null,
    webhookDays: row?.webhookDays ?? limits.WEBHOOK_DAYS,
  };
}

function requireKeeper(operator: Doc<"operators">): void {
  if (canManageWorkspace(operator)) return;
  throw refusal(
    "FORBIDDEN",
    "Only owners and admins of all brands can set how long things are kept. Ask one of them.",
  );
}

function checkDays(field: keyof Retention, days: number, min: number, max: number): number {
  if (Number.isSafeInteger(days) && days >= min && days <= max) return days;
  throw refusal("VALIDATION", `Give a whole number of days from ${min} to ${max}.`, { field });
}

const checkConversationDays = (days: number): number =>
  checkDays("conversationDays", days, limits.RETENTION_DAYS_MIN, limits.RETENTION_DAYS_MAX);

/** The same values change nothing. */
export async function setRetention(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  { conversationDays, webhookDays }: Retention,
  now: number,
): Promise<void> {
  requireKeeper(operator);
  const { workspaceId } = operator;
  if (conversationDays !== null) checkConversationDays(conversationDays);
  checkDays("webhookDays", webhookDays, 1, limits.WEBHOOK_DAYS);
  const before = await retentionOf(ctx.db, workspaceId);
  if (before.conversationDays === conversationDays && before.webhookDays === webhookDays) return;
  const row = await findSettings(ctx.db, workspaceId);
  const fields = { conversationDays: conversationDays ?? undefined, webhookDays };
  if (row === null) await ctx.db.insert("retentionSettings", { workspaceId, ...fields });
  else await ctx.db.patch("retentionSettings", row._id, fields);
  const target = `conversations ${daysText(conversationDays)}, webhook log ${daysText(webhookDays)}`;
  const details = `before: ${daysText(before.conversationDays)}, ${daysText(before.webhookDays)}`;
  await recordAudit(ctx, operator, { action: "retention.changed", target, details }, now);
}

const daysText = (days: number | null): string =>
  days === null ? "for good" : `${days} ${days === 1 ? "day" : "days"}`;

function expiredIn(db: DatabaseReader, workspaceId: Id<"workspaces">, before: number) {
  return OVER.map((status) =>
    db
      .query("conversations")
      .withIndex("by_workspace_and_status_and_updated_at", (q) =>
        q.eq("workspaceId", workspaceId).eq("status", status).lt("updatedAt", before),
      ),
  );
}

/** How many conversations would go now if they were kept for so many days; counts to RETENTION_PREVIEW_MAX. */
export async function countExpired(
  db: DatabaseReader,
  operator: Doc<"operators">,
  days: number,
  now: number,
): Promise<{ count: number; isMore: boolean }> {
  requireKeeper(operator);
  const before = now - checkConversationDays(days) * DAY;
  let count = 0;
  for (const range of expiredIn(db, operator.workspaceId, before)) {
    count += (await range.take(limits.RETENTION_PREVIEW_MAX + 1 - count)).length;
  }
  const most = limits.RETENTION_PREVIEW_MAX;
  return { count: Math.min(count, most), isMore: count > most };
}

/** Begins the night's run of a workspace, or goes on with one that was cut off; false when it keeps everything. */
export async function beginRun(ctx: MutationCtx, settings: Settings, now: number): Promise<boolean> {
  if (settings.run === undefined && settings.conversationDays === undefined) return false;
  if (settings.run === undefined) {
    const run = { startedAt: now, counts: NOTHING_ERASED };
    await ctx.db.patch("retentionSettings", settings._id, { run });
  }
  return true;
}

/** Deletes a page of the run; true when there may be more. The end of a run that deleted something is in the audit log. */
export async function eraseExpiredPage(
  ctx: MutationCtx,
  settingsId: Id<"retentionSettings">,
  now: number,
): Promise<boolean> {
  const settings = await ctx.db.get("retentionSettings", settingsId);
  if (settings?.run === undefined) return false;
  const { workspaceId, conversationDays, run } = settings;
  // Whoever turns it off meanwhile, or gives more days, is heard.
  const before = conversationDays === undefined ? 0 : run.startedAt - conversationDays * DAY;
  const counts = { ...run.counts };
  let rows = 0;
  const tally: Tally = (kind, count) => {
    counts[kind] += count;
    rows += count;
  };
  let conversation = await firstOf(expiredIn(ctx.db, workspaceId, before));
  if (conversation === null) {
    await ctx.db.patch("retentionSettings", settingsId, { run: undefined });
    if (counts.conversations === 0) return false;
    const entry = { action: "retention.ran" as const, target: erasedText(counts) };
    await recordOwnAudit(ctx, workspaceId, entry, now);
    return false;
  }
  for (let n = 0; conversation !== null && n < PAGE && rows < PAGE_ROWS; n++) {
    const isRest =
      (await eraseContents(ctx, conversation, "kept", tally)) ||
      (await eraseForgotten(ctx, conversation.visitorId, before, tally));
    if (isRest) break;
    await eraseEmptied(ctx, conversation, tally);
    conversation = await firstOf(expiredIn(ctx.db, workspaceId, before));
  }
  await ctx.db.patch("retentionSettings", settingsId, { run: { ...run, counts } });
  return true;
}

async function firstOf(ranges: ReturnType<typeof expiredIn>): Promise<Doc<"conversations"> | null> {
  for (const range of ranges) {
    const first = await range.first();
    if (first !== null) return first;
  }
  return null;
}

/** A visitor whose last conversation goes, and of whom nothing else is kept, goes with it; true when there is more to delete first. */
async function eraseForgotten(
  ctx: MutationCtx,
  visitorId: Id<"visitors">,
  before: number,
  tally: Tally,
): Promise<boolean> {
  const visitor = await ctx.db.get("visitors", visitorId);
  if (visitor === null || visitor.lastSeenAt >= before) return false;
  const conversations = await ctx.db
    .query("conversations")
    .withIndex("by_visitor", (q) => q.eq("visitorId", visitorId))
    .take(2);
  const lead = await ctx.db
    .query("leads")
    .withIndex("by_visitor", (q) => q.eq("visitorId", visitorId))
    .first();
  if (conversations.length > 1 || lead !== null) return false;
  if (await eraseVisitorRows(ctx, visitorId, tally)) return true;
  await ctx.db.delete("visitors", visitorId);
  tally("people", 1);
  return false;
}

/**
 * Deletes a page of a workspace's own webhook log; gives behind which row the next begins, null when there is none. What is
 * still being delivered stays.
 */
export async function purgeOwnDeliveries(
  ctx: MutationCtx,
  settingsId: Id<"retentionSettings">,
  after: Position | null,
  now: number,
): Promise<{ after: Position | null } | null> {
  const settings = await ctx.db.get("retentionSettings", settingsId);
  if (settings?.webhookDays === undefined) return null;
  const { page, hasMore } = await keysetPage(ctx.db, {
    table: "webhookDeliveries",
    index: "by_workspace",
    prefix: [settings.workspaceId],
    order: "asc",
    after,
    upTo: now - settings.webhookDays * DAY,
    limit: DELIVERIES_PAGE,
  });
  let last = after;
  for (const delivery of page) {
    if (delivery.state === "ended" && (await purgeDelivery(ctx, delivery))) return { after: last };
    last = { at: delivery.createdAt, createdAt: delivery._creationTime, id: delivery._id };
  }
  return hasMore ? { after: last } : null;
}
