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
import type { Retention, RetentionRun } from "../validators/retention";
import { recordAudit, recordOwnAudit } from "./audit";
import { NOTHING_ERASED, eraseContents, eraseConversation, eraseVisitorRows } from "./conversationErasure";
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
/** Conversations that are looked at for the next that may go. */
const LOOKED_AT = 5;
/** Merged conversations that go with the one that they lead to; more follow by themselves. */
const MERGED_PAGE = 50;

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

type Place = NonNullable<RetentionRun["place"]>;
type Begun = NonNullable<RetentionRun["begun"]>;

/**
 * Deletes a page of the run; true when there may be more. A conversation goes with its first page: nobody finds or reopens
 * it while the rest of it is on its way out. The end of a run that deleted something is in the audit log.
 */
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
  let begun = run.begun ?? [];
  let place: Place | null = run.place ?? { status: OVER[0], after: null };
  for (let n = 0; place !== null && n < PAGE && rows < PAGE_ROWS; n++) {
    if (begun.length === 0) {
      const next: Next = await nextExpired(ctx.db, workspaceId, before, place);
      place = next.place;
      if (next.conversation !== null) begun = await begin(ctx, next.conversation, tally);
    }
    const [current] = begun;
    if (current === undefined) continue;
    if (await eraseRest(ctx, { ...current, workspaceId, before }, tally)) break;
    begun = begun.slice(1);
  }
  if (place === null) return await endRun(ctx, settings, counts, now);
  await ctx.db.patch("retentionSettings", settingsId, { run: { ...run, counts, place, begun } });
  return true;
}

async function endRun(
  ctx: MutationCtx,
  { _id, workspaceId }: Settings,
  counts: RetentionRun["counts"],
  now: number,
): Promise<false> {
  await ctx.db.patch("retentionSettings", _id, { run: undefined });
  if (counts.conversations === 0) return false;
  const entry = { action: "retention.ran" as const, target: erasedText(counts) };
  await recordOwnAudit(ctx, workspaceId, entry, now);
  return false;
}

/** `place`: where to look next; null when nothing is left. Without a conversation there may still be one behind it. */
type Next = { conversation: Doc<"conversations"> | null; place: Place | null };

async function nextExpired(
  db: DatabaseReader,
  workspaceId: Id<"workspaces">,
  before: number,
  { status, after }: Place,
): Promise<Next> {
  // More days than when the run began may end before where it is.
  const isPast = after !== null && after.at >= before;
  const range = { prefix: [workspaceId, status], order: "asc" as const, after, upTo: before - 1 };
  const index = "by_workspace_and_status_and_updated_at" as const;
  const { page, hasMore } = isPast
    ? { page: [], hasMore: false }
    : await keysetPage(db, { table: "conversations", index, ...range, limit: LOOKED_AT });
  let last = after;
  for (const conversation of page) {
    last = { at: conversation.updatedAt, createdAt: conversation._creationTime, id: conversation._id };
    if (await isMergedIntoKept(db, conversation)) continue;
    return { conversation, place: { status, after: last } };
  }
  if (hasMore) return { conversation: null, place: { status, after: last } };
  const [, following] = OVER;
  return { conversation: null, place: status === following ? null : { status: following, after: null } };
}

/** Visitors go on by the id of what was merged: it stays as long as the conversation that it leads to. */
async function isMergedIntoKept(db: DatabaseReader, { mergedInto }: Doc<"conversations">): Promise<boolean> {
  return mergedInto !== undefined && (await db.get("conversations", mergedInto)) !== null;
}

/** Deletes the conversation, and those that were merged into it; what belonged to them follows. */
async function begin(ctx: MutationCtx, conversation: Doc<"conversations">, tally: Tally): Promise<Begun> {
  const { _id, visitorId } = conversation;
  const merged = await ctx.db
    .query("conversations")
    .withIndex("by_visitor_and_merged_into", (q) => q.eq("visitorId", visitorId).eq("mergedInto", _id))
    .take(MERGED_PAGE);
  const all = [conversation, ...merged];
  for (const each of all) await eraseConversation(ctx, each, tally);
  return all.map((each) => ({ conversationId: each._id, visitorId }));
}

/** Deletes a page of what belonged to a conversation, and its visitor with the last of theirs; true when there may be more. */
async function eraseRest(
  ctx: MutationCtx,
  { conversationId, visitorId, workspaceId, before }: RestOf,
  tally: Tally,
): Promise<boolean> {
  return (
    (await eraseContents(ctx, { _id: conversationId, workspaceId }, "kept", tally)) ||
    (await eraseForgotten(ctx, visitorId, before, tally))
  );
}
type RestOf = Begun[number] & { workspaceId: Id<"workspaces">; before: number };

/** A visitor whose last conversation is gone, and of whom nothing else is kept, goes too; true when there is more to delete first. */
async function eraseForgotten(
  ctx: MutationCtx,
  visitorId: Id<"visitors">,
  before: number,
  tally: Tally,
): Promise<boolean> {
  const visitor = await ctx.db.get("visitors", visitorId);
  if (visitor === null || visitor.lastSeenAt >= before) return false;
  const conversation = await ctx.db
    .query("conversations")
    .withIndex("by_visitor", (q) => q.eq("visitorId", visitorId))
    .first();
  const lead = await ctx.db
    .query("leads")
    .withIndex("by_visitor", (q) => q.eq("visitorId", visitorId))
    .first();
  if (conversation !== null || lead !== null) return false;
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
