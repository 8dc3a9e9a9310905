/** What operators should know of: one row for each who should, so that each reads it for themselves. */
import { NOTIFICATION_DAYS, OPERATORS_MAX, UNREAD_ACTIVITY_MAX } from "../../lib/limits";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { canAccessBrand, canManageWebhooks } from "../logic/permissions";
import type { NotificationRow } from "../validators";
import { wantsNotice } from "./preferences";

const LIFETIME = NOTIFICATION_DAYS * 24 * 60 * 60 * 1000;
/** Rows that one run writes or deletes. */
const PAGE = 200;

export type Notice = Pick<Doc<"notifications">, "kind" | "severity" | "title" | "body" | "link">;

type Concerned = { workspaceId: Id<"workspaces">; brandId?: Id<"brands"> };

/** Tells the owners and admins who may see the brand; without one, all of them. */
export async function notifyManagers(
  ctx: MutationCtx,
  concerned: Concerned,
  notice: Notice,
  now: number,
): Promise<void> {
  await notifyThose(ctx, concerned, canManageWebhooks, notice, now);
}

/** Tells everybody who works for the brand. */
export async function notifyTeam(
  ctx: MutationCtx,
  concerned: Concerned,
  notice: Notice,
  now: number,
): Promise<void> {
  await notifyThose(ctx, concerned, () => true, notice, now);
}

async function notifyThose(
  ctx: MutationCtx,
  { workspaceId, brandId }: Concerned,
  isMeant: (operator: Doc<"operators">) => boolean,
  notice: Notice,
  now: number,
): Promise<void> {
  const operators = await ctx.db
    .query("operators")
    .withIndex("by_workspace", (q) => q.eq("workspaceId", workspaceId))
    .take(OPERATORS_MAX);
  for (const operator of operators) {
    if (!isMeant(operator)) continue;
    if (brandId !== undefined && !canAccessBrand(operator, brandId)) continue;
    await notify(ctx, operator, notice, now);
  }
}

/** Tells one operator, unless they do not want to know of this kind. */
export async function notify(
  ctx: MutationCtx,
  { _id: operatorId, workspaceId }: Doc<"operators">,
  notice: Notice,
  now: number,
): Promise<void> {
  if (!(await wantsNotice(ctx.db, operatorId, notice.kind))) return;
  await ctx.db.insert("notifications", { workspaceId, operatorId, ...notice, createdAt: now });
}

/** Where notices about a conversation lead; one about a message has `&message=` and its id behind it. */
export const conversationLink = (conversationId: Id<"conversations">): string =>
  `/app?conversation=${conversationId}`;

/** A page of the notices that lead to the conversation, or to one of its messages. */
export async function noticesOf(
  db: DatabaseReader,
  { _id, workspaceId }: Pick<Doc<"conversations">, "_id" | "workspaceId">,
  limit: number,
): Promise<Doc<"notifications">[]> {
  const link = conversationLink(_id);
  return await db
    .query("notifications")
    .withIndex("by_workspace_and_link", (q) =>
      q.eq("workspaceId", workspaceId).gte("link", link).lt("link", `${link}~`),
    )
    .take(limit);
}

/** The operator's own, newest first. */
export async function listNotifications(
  db: DatabaseReader,
  operator: Doc<"operators">,
  limit: number,
): Promise<NotificationRow[]> {
  const rows = await db
    .query("notifications")
    .withIndex("by_operator", (q) => q.eq("operatorId", operator._id))
    .order("desc")
    .take(limit);
  return rows.map(({ _id, kind, severity, title, body, link, readAt, createdAt }) => {
    return { _id, kind, severity, title, body, link, readAt, createdAt };
  });
}

/** The operator's notification of this id; null for any other. */
export async function findNotification(
  db: DatabaseReader,
  operator: Doc<"operators">,
  notificationId: string,
): Promise<Doc<"notifications"> | null> {
  const id = db.normalizeId("notifications", notificationId);
  const notification = id === null ? null : await db.get("notifications", id);
  return notification?.operatorId === operator._id ? notification : null;
}

async function takeUnread(
  db: DatabaseReader,
  operatorId: Id<"operators">,
  count: number,
): Promise<Doc<"notifications">[]> {
  return await db
    .query("notifications")
    .withIndex("by_operator_and_read_at", (q) => q.eq("operatorId", operatorId).eq("readAt", undefined))
    .take(count);
}

export async function countUnread(db: DatabaseReader, operator: Doc<"operators">): Promise<number> {
  return (await takeUnread(db, operator._id, UNREAD_ACTIVITY_MAX)).length;
}

/** Marks those made until `now` as read, a page of them; true when there may be more. */
export async function markPageRead(
  ctx: MutationCtx,
  operatorId: Id<"operators">,
  now: number,
): Promise<boolean> {
  const unread = await takeUnread(ctx.db, operatorId, PAGE);
  const older = unread.filter(({ createdAt }) => createdAt <= now);
  for (const { _id } of older) await ctx.db.patch("notifications", _id, { readAt: now });
  return older.length === PAGE;
}

/** Deletes those that are too old; true when there may be more. */
export async function purgeNotifications(ctx: MutationCtx, now: number): Promise<boolean> {
  const expired = await ctx.db
    .query("notifications")
    .withIndex("by_created_at", (q) => q.lt("createdAt", now - LIFETIME))
    .take(PAGE);
  for (const { _id } of expired) await ctx.db.delete("notifications", _id);
  return expired.length === PAGE;
}
