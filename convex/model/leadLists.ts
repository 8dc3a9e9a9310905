/** Lists of leads. Each combination of scope, status and owner is one index range. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import { mergedStream, streamIndexRange } from "convex-helpers/server/stream";
import type { QueryStream } from "convex-helpers/server/stream";
import { LEADS_LIMIT_DEFAULT, LEADS_LIMIT_MAX } from "../../lib/limits";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader } from "../_generated/server";
import schema from "../schema";
import type { LeadStatus } from "../validators";
import { scopeOf } from "./inbox";
import type { Scope } from "./inbox";
import type { KeyScope } from "./keyScope";
import { keysetPage } from "./keyset";
import type { KeysetPage, Position } from "./keyset";
import { clampLimit, emptyPage } from "./paging";

/** What a list is narrowed to. */
export type LeadFilter = {
  status?: LeadStatus;
  assignee?: Id<"operators"> | null; // null: nobody
};

/** The filter as it is asked for, as the indexes know it; null where it names no operator at all, and so no lead. */
export function leadFilterOf(
  db: DatabaseReader,
  { status, assignee }: { status?: LeadStatus; assignee?: string | null },
): LeadFilter | null {
  if (typeof assignee !== "string") return { status, assignee };
  const id = db.normalizeId("operators", assignee);
  return id === null ? null : { status, assignee: id };
}

type Order = "asc" | "desc";

const INDEXES = {
  workspace: {
    all: "by_workspace_and_updated_at",
    status: "by_workspace_and_status_and_updated_at",
  },
  brand: {
    all: "by_brand_and_updated_at",
    status: "by_brand_and_status_and_updated_at",
    assignee: "by_brand_and_assignee_and_updated_at",
    statusAndAssignee: "by_brand_and_status_and_assignee_and_updated_at",
  },
} as const;

/** Newest change first, within all the operator's brands or one of them. */
export async function listLeads(
  db: DatabaseReader,
  operator: Doc<"operators">,
  { status, brandId, limit: asked }: { status?: LeadStatus; brandId?: string; limit?: number },
): Promise<Doc<"leads">[]> {
  const scope = await scopeOf(db, operator, brandId);
  const limit = clampLimit(asked, LEADS_LIMIT_DEFAULT, LEADS_LIMIT_MAX);
  if (scope.kind !== "brands") return (await pageLeads(db, { scope, status, after: null, limit })).page;
  const merged = mergedBrands(db, scope.brandIds, { status }, "desc");
  return merged === null ? [] : await merged.take(limit);
}

export type LeadsRequest = {
  scope: KeyScope;
  status?: LeadStatus; // absent: all
  updatedAfter?: number; // absent: newest change first; else oldest first
  after: Position | null;
  limit: number;
};

/** A page for a program. */
export async function pageLeads(
  db: DatabaseReader,
  { scope, status, updatedAfter, after, limit }: LeadsRequest,
): Promise<KeysetPage<"leads">> {
  return await keysetPage(db, {
    table: "leads",
    index: INDEXES[scope.kind][status === undefined ? "all" : "status"],
    prefix: [
      scope.kind === "workspace" ? scope.workspaceId : scope.brandId,
      undefined, // not removed
      ...(status === undefined ? [] : [status]),
    ],
    order: updatedAfter === undefined ? "desc" : "asc",
    from: updatedAfter,
    after,
    limit,
  });
}

/** A page for an operator: by the last change, newest first or oldest first. */
export async function pageLeadsOf(
  db: DatabaseReader,
  scope: Scope,
  { filter, order, paginationOpts }: { filter: LeadFilter; order: Order; paginationOpts: PaginationOptions },
): Promise<PaginationResult<Doc<"leads">>> {
  if (scope.kind === "workspace") {
    return await inWorkspace(db, scope.workspaceId, filter).order(order).paginate(paginationOpts);
  }
  if (scope.kind === "brand") {
    return await inBrand(db, scope.brandId, filter).order(order).paginate(paginationOpts);
  }
  const merged = mergedBrands(db, scope.brandIds, filter, order);
  return merged === null ? emptyPage() : await merged.paginate(paginationOpts);
}

function inWorkspace(db: DatabaseReader, workspaceId: Id<"workspaces">, { status, assignee }: LeadFilter) {
  const leads = db.query("leads");
  const assignedOperatorId = assignee ?? undefined;
  if (status === undefined && assignee === undefined) {
    return leads.withIndex("by_workspace_and_updated_at", (q) =>
      q.eq("workspaceId", workspaceId).eq("removedAt", undefined),
    );
  }
  if (status === undefined) {
    return leads.withIndex("by_workspace_and_assignee_and_updated_at", (q) =>
      q
        .eq("workspaceId", workspaceId)
        .eq("removedAt", undefined)
        .eq("assignedOperatorId", assignedOperatorId),
    );
  }
  if (assignee === undefined) {
    return leads.withIndex("by_workspace_and_status_and_updated_at", (q) =>
      q.eq("workspaceId", workspaceId).eq("removedAt", undefined).eq("status", status),
    );
  }
  return leads.withIndex("by_workspace_and_status_and_assignee_and_updated_at", (q) =>
    q
      .eq("workspaceId", workspaceId)
      .eq("removedAt", undefined)
      .eq("status", status)
      .eq("assignedOperatorId", assignedOperatorId),
  );
}

function inBrand(db: DatabaseReader, brandId: Id<"brands">, { status, assignee }: LeadFilter) {
  const leads = db.query("leads");
  const assignedOperatorId = assignee ?? undefined;
  if (status === undefined && assignee === undefined) {
    return leads.withIndex("by_brand_and_updated_at", (q) =>
      q.eq("brandId", brandId).eq("removedAt", undefined),
    );
  }
  if (status === undefined) {
    return leads.withIndex("by_brand_and_assignee_and_updated_at", (q) =>
      q.eq("brandId", brandId).eq("removedAt", undefined).eq("assignedOperatorId", assignedOperatorId),
    );
  }
  if (assignee === undefined) {
    return leads.withIndex("by_brand_and_status_and_updated_at", (q) =>
      q.eq("brandId", brandId).eq("removedAt", undefined).eq("status", status),
    );
  }
  return leads.withIndex("by_brand_and_status_and_assignee_and_updated_at", (q) =>
    q
      .eq("brandId", brandId)
      .eq("removedAt", undefined)
      .eq("status", status)
      .eq("assignedOperatorId", assignedOperatorId),
  );
}

/** The same range of several brands as one list; null for no brand. */
function mergedBrands(
  db: DatabaseReader,
  brandIds: Id<"brands">[],
  { status, assignee }: LeadFilter,
  order: Order,
): QueryStream<Doc<"leads">> | null {
  const narrowed = status === undefined ? "assignee" : "statusAndAssignee";
  const index = INDEXES.brand[assignee === undefined ? (status === undefined ? "all" : "status") : narrowed];
  const ranges = brandIds.map((brandId) => {
    const prefix = [
      brandId,
      undefined, // not removed
      ...(status === undefined ? [] : [status]),
      ...(assignee === undefined ? [] : [assignee ?? undefined]),
    ];
    const bounds = {
      lowerBound: prefix,
      lowerBoundInclusive: true,
      upperBound: prefix,
      upperBoundInclusive: true,
    };
    return streamIndexRange(db, schema, "leads", index, bounds, order);
  });
  return ranges.length === 0 ? null : mergedStream(ranges, ["updatedAt"]);
}
