/** Reading the change feed: in the order of commits, none of which ever appears behind a cursor. */
import { v } from "convex/values";
import type { Infer } from "convex/values";
import { EVENT_DAYS } from "../../lib/limits";
import type { Doc } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal } from "../errors";
import type { EventType } from "../validators";
import type { Scope } from "./inbox";
import type { KeyScope } from "./keyScope";
import { keysetPage } from "./keyset";
import type { KeysetPage } from "./keyset";

/** How far a reader has come: through a row, or without one through everything up to a commit timestamp. */
export const feedPosition = v.object({
  at: v.int64(),
  row: v.union(v.object({ createdAt: v.number(), id: v.string() }), v.null()),
});
export type FeedPosition = Infer<typeof feedPosition>;

const LIFETIME = EVENT_DAYS * 24 * 60 * 60 * 1000;
/** Rows that one purge deletes: of some 30 KB each, read twice, they stay far below what a transaction may read. */
const PURGE_PAGE = 100;
const NANOSECONDS = 1_000_000n;

const INDEXES = {
  workspace: { all: "by_workspace_and_commit_ts", type: "by_workspace_and_type_and_commit_ts" },
  brand: { all: "by_brand_and_commit_ts", type: "by_brand_and_type_and_commit_ts" },
} as const;

export type FeedRequest = {
  scope: KeyScope;
  type?: EventType; // absent: all
  after: FeedPosition | null; // null: from the oldest that is kept
  limit: number;
  now: number;
};

/**
 * A page of the feed. Its reads have no end, though none lies behind the snapshot: a deployment may answer the same question
 * from what it has kept for as long as nothing changes that was read.
 */
export async function pageFeed(
  db: DatabaseReader,
  { scope, type, after, limit, now }: FeedRequest,
): Promise<KeysetPage<"events">> {
  const oldest = BigInt(now - LIFETIME) * NANOSECONDS;
  if (after !== null && after.at < oldest) {
    throw refusal(
      "CURSOR_EXPIRED",
      `Events are kept for ${EVENT_DAYS} days, and this cursor is older: some that followed it are gone. Read the lists anew and start without a cursor.`,
    );
  }
  const owner = scope.kind === "workspace" ? scope.workspaceId : scope.brandId;
  return await keysetPage(db, {
    table: "events",
    index: INDEXES[scope.kind][type === undefined ? "all" : "type"],
    prefix: type === undefined ? [owner] : [owner, type],
    order: "asc",
    after: after?.row ? { at: after.at, ...after.row } : null,
    from: after?.at ?? oldest,
    limit,
  });
}

/** The feed of an operator, who may be limited to several brands: the first rows of all their brands' pages together. */
export async function pageOperatorFeed(
  db: DatabaseReader,
  { scope, ...request }: Omit<FeedRequest, "scope"> & { scope: Scope },
): Promise<KeysetPage<"events">> {
  if (scope.kind !== "brands") return await pageFeed(db, { scope, ...request });
  const pages = await Promise.all(
    scope.brandIds.map((brandId) => pageFeed(db, { scope: { kind: "brand", brandId }, ...request })),
  );
  const rows = pages.flatMap(({ page }) => page).sort(byCommit);
  return {
    page: rows.slice(0, request.limit),
    hasMore: rows.length > request.limit || pages.some(({ hasMore }) => hasMore),
  };
}

/** The newest event; null when none is kept. */
export async function newestEvent(
  db: DatabaseReader,
  scope: Scope,
  type: EventType | undefined,
): Promise<Doc<"events"> | null> {
  if (scope.kind === "brands") {
    const newest = await Promise.all(
      scope.brandIds.map((brandId) => newestEvent(db, { kind: "brand", brandId }, type)),
    );
    return (
      newest
        .flatMap((event) => event ?? [])
        .sort(byCommit)
        .at(-1) ?? null
    );
  }
  const events = db.query("events");
  if (scope.kind === "workspace") {
    const { workspaceId } = scope;
    return await (
      type === undefined
        ? events.withIndex("by_workspace_and_commit_ts", (q) => q.eq("workspaceId", workspaceId))
        : events.withIndex("by_workspace_and_type_and_commit_ts", (q) =>
            q.eq("workspaceId", workspaceId).eq("type", type),
          )
    )
      .order("desc")
      .first();
  }
  const { brandId } = scope;
  return await (
    type === undefined
      ? events.withIndex("by_brand_and_commit_ts", (q) => q.eq("brandId", brandId))
      : events.withIndex("by_brand_and_type_and_commit_ts", (q) => q.eq("brandId", brandId).eq("type", type))
  )
    .order("desc")
    .first();
}

/** The order of the feed's indexes. */
function byCommit(a: Doc<"events">, b: Doc<"events">): number {
  if (a.commitTs !== b.commitTs) return a.commitTs < b.commitTs ? -1 : 1;
  return a._creationTime - b._creationTime || (a._id < b._id ? -1 : 1);
}

/** Where to read on. At the end that is the snapshot: nothing will ever be committed before it. */
export function nextPosition({ page, hasMore }: KeysetPage<"events">, snapshotTs: bigint): FeedPosition {
  const last = page.at(-1);
  return !hasMore || last === undefined ? { at: snapshotTs, row: null } : positionOf(last);
}

/** Behind this event. */
export function positionOf({ commitTs, _creationTime, _id }: Doc<"events">): FeedPosition {
  if (typeof commitTs !== "bigint") throw new Error("A query read a row that is not committed.");
  return { at: commitTs, row: { createdAt: _creationTime, id: _id } };
}

/** Deletes events that are too old for the feed; true when there may be more. */
export async function purgeFeed(ctx: MutationCtx, now: number): Promise<boolean> {
  const expired = await ctx.db
    .query("events")
    .withIndex("by_occurred_at", (q) => q.lt("occurredAt", now - LIFETIME))
    .take(PURGE_PAGE);
  for (const event of expired) await ctx.db.delete("events", event._id);
  return expired.length === PURGE_PAGE;
}
