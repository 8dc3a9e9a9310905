/**
 * Search over all history. An index answers for the whole workspace or for one brand; operators limited to several brands
 * get one search of each, merged. Indexes rank by relevance: what they find best is put in an order that people can follow,
 * the most of the query's words first, then the newest.
 */
import { countFound, findHits, phoneQuery, searchTerms, snippetOf } from "../../lib/search-text";
import type { Hit } from "../../lib/search-text";
import { SEARCH_SNIPPET_MAX } from "../../lib/limits";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader } from "../_generated/server";
import type { FoundMessage, FoundPerson } from "../validators/search";
import { loadBrands } from "./brands";
import { newestConversation } from "./conversations";
import type { Scope } from "./inbox";

/** Documents that one search reads of an index, all of its ranges together. */
const READS_MAX = 400;

/** One index range's filter. */
type Range = { field: "workspaceId"; id: Id<"workspaces"> } | { field: "brandId"; id: Id<"brands"> };
export type Found<T> = { rows: T[]; hasMore: boolean };

function rangesOf(scope: Scope): Range[] {
  if (scope.kind === "workspace") return [{ field: "workspaceId", id: scope.workspaceId }];
  if (scope.kind === "brand") return [{ field: "brandId", id: scope.brandId }];
  return scope.brandIds.map((id) => ({ field: "brandId", id }));
}

/** The best of all ranges, one past `limit` where there are more. */
export async function searchRanges<T extends { _id: string }>(
  scope: Scope,
  limit: number,
  search: (range: Range, count: number) => Promise<T[]>,
): Promise<Found<T>> {
  const ranges = rangesOf(scope);
  const count = Math.min(limit + 1, Math.max(1, Math.floor(READS_MAX / Math.max(1, ranges.length))));
  const parts = await Promise.all(ranges.map((range) => search(range, count)));
  return { rows: parts.flat(), hasMore: parts.some((part) => part.length === count) };
}

/** The most words first, then the newest; the rest is left out and said to be there. */
export function best<T>(
  { rows, hasMore }: Found<T>,
  limit: number,
  rank: (row: T) => { found: number; at: number },
): Found<T> {
  const ranked = rows.map((row) => ({ row, ...rank(row) }));
  ranked.sort((a, b) => b.found - a.found || b.at - a.at);
  return { rows: ranked.slice(0, limit).map(({ row }) => row), hasMore: hasMore || ranked.length > limit };
}

/** Messages, internal notes among them, whose text has words of the query. */
export async function searchMessages(
  db: DatabaseReader,
  scope: Scope,
  { query, limit }: { query: string; limit: number },
): Promise<Found<FoundMessage>> {
  const terms = searchTerms(query);
  const found = await searchRanges(scope, limit, (range, count) =>
    db
      .query("messages")
      .withSearchIndex("search_words", (q) => {
        const search = q.search("searchWords", terms.join(" "));
        return range.field === "brandId"
          ? search.eq("brandId", range.id)
          : search.eq("workspaceId", range.id);
      })
      .take(count),
  );
  const { rows, hasMore } = best(found, limit, ({ body, createdAt }) => ({
    found: countFound(body, terms),
    at: createdAt,
  }));
  return { rows: await toFoundMessages(db, rows, terms), hasMore };
}

async function toFoundMessages(
  db: DatabaseReader,
  messages: Doc<"messages">[],
  terms: string[],
): Promise<FoundMessage[]> {
  const brands = await loadBrands(
    db,
    messages.map(({ brandId }) => brandId),
  );
  const ids = [...new Set(messages.map(({ conversationId }) => conversationId))];
  const loaded = await Promise.all(ids.map((id) => db.get("conversations", id)));
  const conversations = new Map(loaded.filter((each) => each !== null).map((each) => [each._id, each]));
  return messages.flatMap((message) => {
    const conversation = conversations.get(message.conversationId);
    if (conversation === undefined) return [];
    const { name, email, phone } = conversation.visitor;
    return {
      messageId: message._id,
      role: message.role,
      senderName: message.senderName,
      snippet: snippetOf(message.body, terms, SEARCH_SNIPPET_MAX),
      createdAt: message.createdAt,
      brand: toBrand(brands.get(message.brandId)),
      conversation: {
        _id: conversation._id,
        status: conversation.status,
        channel: conversation.channel,
        visitorName: name ?? email ?? phone,
      },
    };
  });
}

const PERSON_INDEXES = { searchWords: "search_words", phone: "search_phone" } as const;
type PersonField = keyof typeof PERSON_INDEXES;

/** Visitors by name, email address or phone number. */
export async function searchPeople(
  db: DatabaseReader,
  scope: Scope,
  { query, limit }: { query: string; limit: number },
): Promise<Found<FoundPerson>> {
  const terms = searchTerms(query);
  const digits = phoneQuery(query);
  const searches = await Promise.all([
    searchPersonField(db, scope, { field: "searchWords", text: terms.join(" "), limit }),
    digits === null ? null : searchPersonField(db, scope, { field: "phone", text: digits, limit }),
  ]);
  const found = searches.filter((each) => each !== null);
  const people = new Map(found.flatMap(({ rows }) => rows).map((row) => [row._id, row]));
  const { rows, hasMore } = best(
    { rows: [...people.values()], hasMore: found.some((each) => each.hasMore) },
    limit,
    ({ name = "", email = "", phone = "", lastSeenAt }) => ({
      // A number is one word in the index however it was typed.
      found: digits !== null && phone.includes(digits) ? terms.length : countFound(`${name} ${email}`, terms),
      at: lastSeenAt,
    }),
  );
  return { rows: await toFoundPeople(db, rows, { terms, digits }), hasMore };
}

function searchPersonField(
  db: DatabaseReader,
  scope: Scope,
  { field, text, limit }: { field: PersonField; text: string; limit: number },
): Promise<Found<Doc<"visitors">>> {
  return searchRanges(scope, limit, (range, count) =>
    db
      .query("visitors")
      .withSearchIndex(PERSON_INDEXES[field], (q) => {
        const search = q.search(field, text);
        return range.field === "brandId"
          ? search.eq("brandId", range.id)
          : search.eq("workspaceId", range.id);
      })
      .take(count),
  );
}

async function toFoundPeople(
  db: DatabaseReader,
  visitors: Doc<"visitors">[],
  { terms, digits }: { terms: string[]; digits: string | null },
): Promise<FoundPerson[]> {
  const brands = await loadBrands(
    db,
    visitors.map(({ brandId }) => brandId),
  );
  const newest = await Promise.all(visitors.map((visitor) => newestConversation(db, visitor)));
  return visitors.map((visitor, index) => {
    const conversation = newest[index];
    return {
      visitorId: visitor._id,
      name: marked(visitor.name, terms),
      email: marked(visitor.email, terms),
      phone: marked(visitor.phone, digits === null ? [] : [digits]),
      brand: toBrand(brands.get(visitor.brandId)),
      lastSeenAt: visitor.lastSeenAt,
      conversation: conversation ? { _id: conversation._id, status: conversation.status } : null,
    };
  });
}

function marked(text: string | undefined, terms: string[]): { text: string; hits: Hit[] } | undefined {
  return text === undefined ? undefined : { text, hits: findHits(text, terms) };
}

function toBrand(brand: Doc<"brands"> | undefined) {
  return brand === undefined ? null : { _id: brand._id, name: brand.name, primaryColor: brand.primaryColor };
}
