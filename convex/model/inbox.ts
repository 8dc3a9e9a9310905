/**
 * Lists of conversations. Each view is one index range for the whole workspace or for one brand; operators limited
 * to several brands get the merge of those brands' ranges.
 */
import type { IndexNames, IndexRange, NamedTableInfo, OrderedQuery } from "convex/server";
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { Value } from "convex/values";
import { mergedStream, stream } from "convex-helpers/server/stream";
import type { QueryStream } from "convex-helpers/server/stream";
import type { DataModel, Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader } from "../_generated/server";
import schema from "../schema";
import type { Channel, ConversationStatus } from "../validators";
import type { ViewNarrowing, ViewPart } from "../validators/conversations";
import { findBrand, listBrands } from "./brands";
import { findColleague } from "./operators";
import { emptyPage } from "./paging";

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

/** What narrows a view beside its status. */
export type Narrowing =
  | { by: "channel"; channel: Channel }
  | { by: "assignee"; assignee: Id<"operators"> | null }
  | { by: "tag"; tag: string }
  | null;

/** The narrowing with an operator who exists; undefined when there is none, and the view is empty. */
export async function resolveView(
  db: DatabaseReader,
  operator: Doc<"operators">,
  asked: ViewNarrowing | undefined,
): Promise<Narrowing | undefined> {
  if (asked === undefined) return null;
  if (asked.by !== "assignee") return asked;
  if (asked.assignee === null) return { by: "assignee", assignee: null };
  if (asked.assignee === "me") return { by: "assignee", assignee: operator._id };
  const colleague = await findColleague(db, operator, asked.assignee);
  return colleague === null ? undefined : { by: "assignee", assignee: colleague._id };
}

export type View = { status: ConversationStatus; narrowing: Narrowing; part: ViewPart };

/** The first rows of a view that no tag narrows. */
export async function listView(
  db: DatabaseReader,
  scope: Scope,
  view: View,
  limit: number,
): Promise<Doc<"conversations">[]> {
  const indexed = conversationsIn(view);
  if (scope.kind !== "brands") return await single(db, scope, view, indexed).take(limit);
  return scope.brandIds.length === 0 ? [] : await merged(db, scope.brandIds, view, indexed).take(limit);
}

/** One page of a view. */
export async function pageView(
  db: DatabaseReader,
  scope: Scope,
  view: View,
  paginationOpts: PaginationOptions,
): Promise<PaginationResult<Doc<"conversations">>> {
  if (view.narrowing?.by !== "tag") {
    return await pageOf(db, scope, view, conversationsIn(view), paginationOpts);
  }
  const result = await pageOf(db, scope, view, tagsIn(view), paginationOpts);
  const page = await Promise.all(
    result.page.map(({ conversationId }) => db.get("conversations", conversationId)),
  );
  return { ...result, page: page.filter((conversation) => conversation !== null) };
}

type Single = Exclude<Scope, { kind: "brands" }>;
type Listed = "conversations" | "conversationTags";
type Indexed<Table extends Listed> = {
  table: Table;
  index: Record<Single["kind"], IndexNames<NamedTableInfo<DataModel, Table>>>;
};

const INDEXES = {
  activity: {
    all: {
      workspace: "by_workspace_and_status_and_last_message_at",
      brand: "by_brand_and_status_and_last_message_at",
    },
    channel: {
      workspace: "by_workspace_and_status_and_channel_and_last_message_at",
      brand: "by_brand_and_status_and_channel_and_last_message_at",
    },
    assignee: {
      workspace: "by_workspace_and_status_and_assignee_and_last_message_at",
      brand: "by_brand_and_status_and_assignee_and_last_message_at",
    },
  },
  wait: {
    all: {
      workspace: "by_workspace_and_status_and_waiting_since",
      brand: "by_brand_and_status_and_waiting_since",
    },
    channel: {
      workspace: "by_workspace_and_status_and_channel_and_waiting_since",
      brand: "by_brand_and_status_and_channel_and_waiting_since",
    },
    assignee: {
      workspace: "by_workspace_and_status_and_assignee_and_waiting_since",
      brand: "by_brand_and_status_and_assignee_and_waiting_since",
    },
  },
} as const;

const TAG_INDEXES = {
  activity: {
    workspace: "by_workspace_and_status_and_tag_and_last_message_at",
    brand: "by_brand_and_status_and_tag_and_last_message_at",
  },
  wait: {
    workspace: "by_workspace_and_status_and_tag_and_waiting_since",
    brand: "by_brand_and_status_and_tag_and_waiting_since",
  },
} as const;

const sortOf = ({ part }: View) => (part === "all" ? "activity" : "wait");
const orderOf = ({ part }: View) => (part === "waiting" ? "asc" : "desc");

function conversationsIn(view: View): Indexed<"conversations"> {
  const by = view.narrowing?.by ?? "all";
  if (by === "tag") throw new Error("Conversations have no index by tag: their tags have.");
  return { table: "conversations", index: INDEXES[sortOf(view)][by] };
}

function tagsIn(view: View): Indexed<"conversationTags"> {
  return { table: "conversationTags", index: TAG_INDEXES[sortOf(view)] };
}

/** The builder of an index range whose fields are known only when it runs. */
type RangeBuilder = IndexRange & {
  eq: (field: string, value: Value | undefined) => RangeBuilder;
  gte: (field: string, value: Value) => IndexRange;
};

/** The view's range in its index: fields in the index's order. */
function rangeOf(builder: RangeBuilder, scope: Single, { status, narrowing, part }: View): IndexRange {
  const owned =
    scope.kind === "workspace"
      ? builder.eq("workspaceId", scope.workspaceId)
      : builder.eq("brandId", scope.brandId);
  const narrowed = narrow(owned.eq("status", status), narrowing);
  if (part === "waiting") return narrowed.gte("waitingSince", 0);
  return part === "answered" ? narrowed.eq("waitingSince", undefined) : narrowed;
}

function narrow(range: RangeBuilder, narrowing: Narrowing): RangeBuilder {
  switch (narrowing?.by) {
    case undefined:
      return range;
    case "channel":
      return range.eq("channel", narrowing.channel);
    case "assignee":
      return range.eq("assignedOperatorId", narrowing.assignee ?? undefined);
    case "tag":
      return range.eq("tag", narrowing.tag);
  }
}

/** Merged ranges keep no journal: their pages hold together by the client's endCursor. */
async function pageOf<Table extends Listed>(
  db: DatabaseReader,
  scope: Scope,
  view: View,
  indexed: Indexed<Table>,
  paginationOpts: PaginationOptions,
): Promise<PaginationResult<Doc<Table>>> {
  if (scope.kind !== "brands") return await single(db, scope, view, indexed).paginate(paginationOpts);
  if (scope.brandIds.length === 0) return emptyPage();
  return await merged(db, scope.brandIds, view, indexed).paginate(paginationOpts);
}

function single<Table extends Listed>(
  db: DatabaseReader,
  scope: Single,
  view: View,
  { table, index }: Indexed<Table>,
): OrderedQuery<NamedTableInfo<DataModel, Table>> {
  return db
    .query(table)
    .withIndex(index[scope.kind], (q) => rangeOf(q as unknown as RangeBuilder, scope, view))
    .order(orderOf(view));
}

function merged<Table extends Listed>(
  db: DatabaseReader,
  brandIds: Id<"brands">[],
  view: View,
  { table, index }: Indexed<Table>,
): QueryStream<Doc<Table>> {
  const ranges = brandIds.map((brandId) =>
    stream(db, schema)
      .query(table)
      .withIndex(index.brand, (q) => rangeOf(q as unknown as RangeBuilder, { kind: "brand", brandId }, view))
      .order(orderOf(view)),
  );
  const order = view.part === "waiting" ? ["waitingSince", "lastMessageAt"] : ["lastMessageAt"];
  return mergedStream(ranges, order);
}
