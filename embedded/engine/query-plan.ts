import { decodeId, encodeId } from "../storage/ids";
import { encodeValue, tupleEnd, utf8Bytes } from "../storage/key-encoding";
import type { VirtualTable } from "../storage/system-tables";
import type { JSONValue } from "../storage/types";
import {
  BY_CREATION_TIME,
  BY_ID,
  type Catalog,
  type IndexInfo,
  type TableInfo,
  type TableView,
} from "./catalog";
import { DatabaseError } from "./errors";
import { findDatabaseIndex } from "./find-index";
import type { KeyBounds } from "./index-scan";
import { MAX_QUERY_OPERATORS } from "./limits";
import type { RangeExpression, SerializedQuery } from "./query-types";
import { encodeQueryValue } from "./query-values";
import { planSearch, type SearchPlan } from "./search/search-plan";

/** Where the documents of a query come from. */
export type QueryPlan = IndexPlan | SearchPlan;

/** `index` null: by_id. */
type IndexPlan = {
  type: "index";
  table: TableInfo;
  virtual: VirtualTable | null;
  index: IndexInfo | null;
  bounds: KeyBounds;
  reverse: boolean;
};

/** The table that a query is on, as the query names it. */
export function queryTableName({ source }: SerializedQuery): string {
  if (source.type === "FullTableScan") return source.tableName;
  return source.indexName.slice(0, Math.max(source.indexName.indexOf("."), 0));
}

/** Null for a table that does not exist. */
export function planQuery(query: SerializedQuery, catalog: Catalog, component: string): QueryPlan | null {
  const { source, operators } = query;
  if (operators.length > MAX_QUERY_OPERATORS) {
    throw new DatabaseError("TooManyQueryOperators", `Query has too many operators: ${operators.length}`);
  }
  const view = catalog.view(component, queryTableName(query));
  if (view === null) return null;
  if (source.type === "Search") return planSearch(view, source);
  const reverse = source.order === "desc";
  if (source.type === "FullTableScan") {
    const index = findDatabaseIndex(view.table, BY_CREATION_TIME, source.tableName);
    return { type: "index", ...view, index, bounds: { lo: "", hi: null }, reverse };
  }
  const name = source.indexName.slice(source.indexName.indexOf(".") + 1);
  if (name === BY_ID) {
    return {
      type: "index",
      ...view,
      index: null,
      bounds: idBounds(source.range, source.indexName, view.virtual, view.table),
      reverse,
    };
  }
  const index = findDatabaseIndex(view.table, name, source.indexName);
  return { type: "index", ...view, index, bounds: indexBounds({ ...view, index }, source), reverse };
}

type FieldRange = {
  eq: string | null;
  lo: string | null;
  loOpen: boolean;
  hi: string | null;
  hiOpen: boolean;
};

/** Range expressions by field, with encoded values; `encodeIdValue` is how `_id` is encoded. */
function byField(
  range: RangeExpression[],
  encodeIdValue: (value: JSONValue) => string,
): Map<string, FieldRange> {
  const fields = new Map<string, FieldRange>();
  for (const { type, fieldPath, value } of range) {
    const encoded = fieldPath === "_id" ? encodeIdValue(value) : encodeQueryValue(value);
    const field = fields.get(fieldPath) ?? { eq: null, lo: null, loOpen: false, hi: null, hiOpen: false };
    fields.set(fieldPath, field);
    const slot = type === "Eq" ? "eq" : type === "Gt" || type === "Gte" ? "lo" : "hi";
    if (field[slot] !== null || (slot !== "eq" && field.eq !== null)) {
      throw new DatabaseError(
        "InvalidIndexRange",
        `Multiple bounds of one kind on field "${fieldPath}" in an index range.`,
      );
    }
    field[slot] = encoded;
    if (type === "Gt") field.loOpen = true;
    if (type === "Lt") field.hiOpen = true;
  }
  return fields;
}

/** Every index ends in `_creationTime`, then the bare text of the id. */
function indexBounds(
  { index, virtual, table }: TableView & { index: IndexInfo },
  source: { range: RangeExpression[]; indexName: string },
): KeyBounds {
  const fields = byField(source.range, (value) => encodeIdBound(value, virtual, table));
  let prefix = "";
  for (const name of [...index.fields, "_creationTime", "_id"]) {
    const field = fields.get(name);
    if (field === undefined) break;
    fields.delete(name);
    const after = name === "_id" ? (key: string) => `${key}\0` : tupleEnd;
    if (field.eq !== null) {
      prefix += field.eq;
      if (name === "_id") return { lo: prefix, hi: after(prefix) };
      continue;
    }
    if (fields.size > 0) break;
    const lo = field.lo === null ? prefix : prefix + field.lo;
    return {
      lo: field.loOpen ? (after(lo) ?? lo) : lo,
      hi: field.hi === null ? tupleEnd(prefix) : field.hiOpen ? prefix + field.hi : after(prefix + field.hi),
    };
  }
  if (fields.size > 0) throw notInOrder(source.indexName);
  return { lo: prefix, hi: tupleEnd(prefix) };
}

/** by_id is keyed by the bare text of ids; a bound that is no string lies below or above all of them. */
function idBounds(
  range: RangeExpression[],
  shownName: string,
  virtual: VirtualTable | null,
  table: TableInfo,
): KeyBounds {
  const fields = byField(range, (value) => encodeIdBound(value, virtual, table));
  const field = fields.get("_id");
  if (field === undefined && fields.size > 0) throw notInOrder(shownName);
  if (field === undefined) return { lo: "", hi: null };
  if (field.eq !== null) return { lo: field.eq, hi: `${field.eq}\0` };
  const lo = field.lo ?? "";
  return {
    lo: field.loOpen ? `${lo}\0` : lo,
    hi: field.hi === null || field.hiOpen ? field.hi : `${field.hi}\0`,
  };
}

function encodeIdBound(value: JSONValue, virtual: VirtualTable | null, table: TableInfo): string {
  if (typeof value === "string") {
    const id = virtual === null ? null : decodeId(value);
    if (id !== null && id.tableNumber === virtual?.number) return encodeId(table.number, id.internal);
    return utf8Bytes(value);
  }
  return encodeQueryValue(value) < encodeValue("") ? "" : "\xff";
}

function notInOrder(shownName: string): DatabaseError {
  return new DatabaseError(
    "InvalidIndexRange",
    `Tried to query index ${shownName} but the query didn't use the index fields in order.`,
  );
}
