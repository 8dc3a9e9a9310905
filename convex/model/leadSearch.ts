/** Leads by name, email address or phone number, within what their list is narrowed to. */
import type { SearchFilter, SearchFilterFinalizer } from "convex/server";
import type { NamedSearchIndex, NamedTableInfo } from "convex/server";
import { LEAD_SEARCH_MAX } from "../../lib/limits";
import { countFound, phoneQuery, searchTerms } from "../../lib/search-text";
import type { DataModel, Doc } from "../_generated/dataModel";
import type { DatabaseReader } from "../_generated/server";
import type { Scope } from "./inbox";
import type { LeadFilter } from "./leadLists";
import { best, searchRanges } from "./search";
import type { Found } from "./search";

const INDEXES = { searchWords: "search_words", phone: "search_phone" } as const;
type Field = keyof typeof INDEXES;

type Finalizer = SearchFilterFinalizer<
  Doc<"leads">,
  NamedSearchIndex<NamedTableInfo<DataModel, "leads">, "search_words">
>;

/** The most words of the query first, then the newest change. */
export async function searchLeads(
  db: DatabaseReader,
  scope: Scope,
  { query, filter }: { query: string; filter: LeadFilter },
): Promise<Found<Doc<"leads">>> {
  const terms = searchTerms(query);
  const digits = phoneQuery(query);
  const searches = await Promise.all([
    searchField(db, scope, { field: "searchWords", text: terms.join(" "), filter }),
    digits === null ? null : searchField(db, scope, { field: "phone", text: digits, filter }),
  ]);
  const found = searches.filter((each) => each !== null);
  const leads = new Map(found.flatMap(({ rows }) => rows).map((lead) => [lead._id, lead]));
  const hasMore = found.some((each) => each.hasMore);
  return best({ rows: [...leads.values()], hasMore }, LEAD_SEARCH_MAX, (lead) => ({
    // A number is one word in the index however it was typed.
    found:
      digits !== null && lead.phone?.includes(digits)
        ? terms.length
        : countFound(`${lead.name} ${lead.email ?? ""}`, terms),
    at: lead.updatedAt,
  }));
}

function searchField(
  db: DatabaseReader,
  scope: Scope,
  { field, text, filter }: { field: Field; text: string; filter: LeadFilter },
): Promise<Found<Doc<"leads">>> {
  return searchRanges(scope, LEAD_SEARCH_MAX, (range, count) =>
    db
      .query("leads")
      .withSearchIndex(INDEXES[field], (q) => {
        const search = q.search(field, text).eq("removedAt", undefined);
        const scoped =
          range.field === "brandId" ? search.eq("brandId", range.id) : search.eq("workspaceId", range.id);
        return narrowed(scoped, filter);
      })
      .take(count),
  );
}

function narrowed(search: Finalizer, { status, assignee }: LeadFilter): SearchFilter {
  const byStatus = status === undefined ? search : search.eq("status", status);
  return assignee === undefined ? byStatus : byStatus.eq("assignedOperatorId", assignee ?? undefined);
}
