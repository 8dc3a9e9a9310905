/** What a query means, without index, snapshot or cursor: the whole table, sorted and filtered as `convex/values` orders values. */
import { compareValues, type Value } from "convex/values";

/** A stored document; `_id` and `_creationTime` are fields like others. */
export type ModelDocument = { [field: string]: Value | undefined };

export type Bound = { type: "Eq" | "Gt" | "Gte" | "Lt" | "Lte"; field: string; value: Value | undefined };

export type Operand = { field: string } | { literal: Value | undefined };

export type Condition =
  | { type: "and" | "or"; conditions: Condition[] }
  | { type: "not"; condition: Condition }
  | { type: "eq" | "neq" | "lt" | "lte" | "gt" | "gte"; left: Operand; right: Operand };

export type Operator = { filter: Condition } | { limit: number };

/** `index`: names of its fields as declared. */
export type ModelQuery = {
  index: readonly string[];
  bounds: readonly Bound[];
  order: "asc" | "desc";
  operators: readonly Operator[];
};

const HOLDS = {
  eq: (order: number) => order === 0,
  neq: (order: number) => order !== 0,
  lt: (order: number) => order < 0,
  lte: (order: number) => order <= 0,
  gt: (order: number) => order > 0,
  gte: (order: number) => order >= 0,
};

/** What the query gives of these documents, in its order. */
export function answer(documents: Iterable<ModelDocument>, query: ModelQuery): ModelDocument[] {
  const sign = query.order === "asc" ? 1 : -1;
  let rows = [...documents]
    .filter((document) => query.bounds.every((bound) => isWithin(document, bound)))
    .sort((a, b) => sign * compareDocuments(a, b, query.index));
  for (const operator of query.operators) {
    rows =
      "limit" in operator ? rows.slice(0, operator.limit) : rows.filter((row) => holds(operator.filter, row));
  }
  return rows;
}

/** The order of an index: its fields, then `_creationTime`, then `_id`. */
function compareDocuments(a: ModelDocument, b: ModelDocument, fields: readonly string[]): number {
  for (const field of [...fields, "_creationTime", "_id"]) {
    const order = compareValues(at(a, field), at(b, field));
    if (order !== 0) return order;
  }
  return 0;
}

function isWithin(document: ModelDocument, { type, field, value }: Bound): boolean {
  const operator = type.toLowerCase() as "eq" | "gt" | "gte" | "lt" | "lte";
  return HOLDS[operator](compareValues(at(document, field), value));
}

function holds(condition: Condition, row: ModelDocument): boolean {
  switch (condition.type) {
    case "and":
      return condition.conditions.every((inner) => holds(inner, row));
    case "or":
      return condition.conditions.some((inner) => holds(inner, row));
    case "not":
      return !holds(condition.condition, row);
    default:
      return HOLDS[condition.type](compareValues(read(condition.left, row), read(condition.right, row)));
  }
}

function read(operand: Operand, row: ModelDocument): Value | undefined {
  return "field" in operand ? at(row, operand.field) : operand.literal;
}

function at(document: ModelDocument, path: string): Value | undefined {
  let value: Value | undefined = document;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    if (value instanceof ArrayBuffer) return undefined;
    value = Object.hasOwn(value, name) ? (value as Record<string, Value>)[name] : undefined;
  }
  return value;
}
