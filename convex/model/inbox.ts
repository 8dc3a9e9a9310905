/**
 * Lists of conversations. Each view is one index range for the whole workspace or for one brand; operators limited
 * to several brands get the merge of those brands' ranges.
 */
import type { PaginationOptions, PaginationResult } from "convex/server";
import { mergedStream, stream } from "convex-helpers/server/stream";
import type { QueryStream } from "convex-helpers/server/stream";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader } from "../_generated/server";
import schema from "../schema";
import type { Channel, ConversationStatus } from "../validators";
import { findBrand, listBrands } from "./brands";
import { emptyPage } from "./paging";

type Conversations = Doc<"conversations">[];
type Page = PaginationResult<Doc<"conversations">>;

/** What part of the workspace a list covers. */
export type Scope =
  | { kind: "workspace"; workspaceId: Id<"workspaces"> }
  | { kind: "brand"; brandId: Id<"brands"> }
  | { kind: "brands"; brandIds: Id<"brands">[] };

const NOTHING: Scope = { kind: "brands", brandIds: [] };

/** The operator's own scope, or that one brand; a brand the operator may not see is an empty scope. */
export async function scopeOf(
  db: DatabaseReader,
  operator: Doc<"operators">,
  brandId: string | undefined,
): Promise<Scope> {
  if (brandId !== undefined) {
    const brand = await findBrand(db, operator, brandId);
    return brand === null ? NOTHING : { kind: "brand", brandId: brand._id };
  }
  if (operator.brandAccess === "all") return { kind: "workspace", workspaceId: operator.workspaceId };
  const brands = await listBrands(db, operator);
  return { kind: "brands", brandIds: brands.map((brand) => brand._id) };
}

/** Newest activity first. */
export async function listNewest(
  db: DatabaseReader,
  scope: Scope,
  { status, channel, limit }: { status: ConversationStatus; channel?: Channel; limit: number },
): Promise<Conversations> {
  if (scope.kind === "workspace") {
    return await inWorkspace(db, scope.workspaceId, status, channel).take(limit);
  }
  if (scope.kind === "brand") return await inBrand(db, scope.brandId, status, channel).take(limit);
  const ranges = scope.brandIds.map((brandId) => inBrand(db, brandId, status, channel));
  return ranges.length === 0 ? [] : await mergedStream(ranges, ["lastMessageAt"]).take(limit);
}

function inWorkspace(
  db: DatabaseReader,
  workspaceId: Id<"workspaces">,
  status: ConversationStatus,
  channel: Channel | undefined,
) {
  const conversations = db.query("conversations");
  return channel === undefined
    ? conversations
        .withIndex("by_workspace_and_status_and_last_message_at", (q) =>
          q.eq("workspaceId", workspaceId).eq("status", status),
        )
        .order("desc")
    : conversations
        .withIndex("by_workspace_and_status_and_channel_and_last_message_at", (q) =>
          q.eq("workspaceId", workspaceId).eq("status", status).eq("channel", channel),
        )
        .order("desc");
}

function inBrand(
  db: DatabaseReader,
  brandId: Id<"brands">,
  status: ConversationStatus,
  channel: Channel | undefined,
): QueryStream<Doc<"conversations">> {
  const conversations = stream(db, schema).query("conversations");
  return channel === undefined
    ? conversations
        .withIndex("by_brand_and_status_and_last_message_at", (q) =>
          q.eq("brandId", brandId).eq("status", status),
        )
        .order("desc")
    : conversations
        .withIndex("by_brand_and_status_and_channel_and_last_message_at", (q) =>
          q.eq("brandId", brandId).eq("status", status).eq("channel", channel),
        )
        .order("desc");
}

type PageOptions = { status: ConversationStatus; paginationOpts: PaginationOptions };

/** Those in which a visitor waits for an answer, longest wait first. */
export async function pageWaiting(db: DatabaseReader, scope: Scope, options: PageOptions): Promise<Page> {
  const { status, paginationOpts } = options;
  if (scope.kind === "workspace") {
    return await db
      .query("conversations")
      .withIndex("by_workspace_and_status_and_waiting_since", (q) =>
        q.eq("workspaceId", scope.workspaceId).eq("status", status).gte("waitingSince", 0),
      )
      .paginate(paginationOpts);
  }
  if (scope.kind === "brand") {
    return await db
      .query("conversations")
      .withIndex("by_brand_and_status_and_waiting_since", (q) =>
        q.eq("brandId", scope.brandId).eq("status", status).gte("waitingSince", 0),
      )
      .paginate(paginationOpts);
  }
  const ranges = scope.brandIds.map((brandId) =>
    stream(db, schema)
      .query("conversations")
      .withIndex("by_brand_and_status_and_waiting_since", (q) =>
        q.eq("brandId", brandId).eq("status", status).gte("waitingSince", 0),
      ),
  );
  return await pageMerged(ranges, ["waitingSince", "lastMessageAt"], paginationOpts);
}

/** Those in which nobody waits, newest activity first. */
export async function pageAnswered(db: DatabaseReader, scope: Scope, options: PageOptions): Promise<Page> {
  const { status, paginationOpts } = options;
  if (scope.kind === "workspace") {
    return await db
      .query("conversations")
      .withIndex("by_workspace_and_status_and_waiting_since", (q) =>
        q.eq("workspaceId", scope.workspaceId).eq("status", status).eq("waitingSince", undefined),
      )
      .order("desc")
      .paginate(paginationOpts);
  }
  if (scope.kind === "brand") {
    return await db
      .query("conversations")
      .withIndex("by_brand_and_status_and_waiting_since", (q) =>
        q.eq("brandId", scope.brandId).eq("status", status).eq("waitingSince", undefined),
      )
      .order("desc")
      .paginate(paginationOpts);
  }
  const ranges = scope.brandIds.map((brandId) =>
    stream(db, schema)
      .query("conversations")
      .withIndex("by_brand_and_status_and_waiting_since", (q) =>
        q.eq("brandId", brandId).eq("status", status).eq("waitingSince", undefined),
      )
      .order("desc"),
  );
  return await pageMerged(ranges, ["lastMessageAt"], paginationOpts);
}

/** Merged ranges keep no journal: a client that wants gapless live pages passes endCursor, as convex-helpers' hook does. */
async function pageMerged(
  ranges: QueryStream<Doc<"conversations">>[],
  order: string[],
  paginationOpts: PaginationOptions,
): Promise<Page> {
  if (ranges.length === 0) return emptyPage();
  return await mergedStream(ranges, order).paginate(paginationOpts);
}
