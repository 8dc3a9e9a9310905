/** A table of the engine beside its model: writes go to both, queries are put to both. */
import { convexToJson, jsonToConvex, type Value } from "convex/values";
import type { SerializedQuery } from "@/embedded/engine/query-types";
import type { Transaction } from "@/embedded/engine/transaction";
import type { JSONObject, JSONValue } from "@/embedded/storage/types";
import { getDocument } from "../engine";
import type { Content, NamedQuery, Write } from "./arbitraries";
import type { Condition, ModelDocument, Operand } from "./brute-force";

/** Documents of one table by id, as some transaction sees them. */
export class TableModel {
  readonly documents: Map<string, ModelDocument>;
  readonly table: string;

  constructor(table: string, documents: Iterable<[string, ModelDocument]> = []) {
    this.table = table;
    this.documents = new Map(documents);
  }

  copy(): TableModel {
    return new TableModel(this.table, this.documents);
  }

  /** Does the write in the transaction and here. */
  write(tx: Transaction, one: Write): void {
    if (one.type === "insert") {
      const id = tx.insert(this.table, fieldsJson(one.content));
      // Id and creation time are the engine's to choose.
      this.#store(id, one.content, getDocument(tx, id)?.["_creationTime"] as number);
      return;
    }
    const id = this.#pick(one.document);
    if (id === null) return;
    const creationTime = this.documents.get(id)?.["_creationTime"] as number;
    if (one.type === "remove") {
      tx.remove(id);
      this.documents.delete(id);
    } else {
      if (one.type === "replace") tx.replace(id, fieldsJson(one.content));
      else tx.patch(id, patchJson(one.content));
      this.#store(id, one.content, creationTime);
    }
  }

  #pick(document: number): string | null {
    const ids = [...this.documents.keys()];
    return ids[document % Math.max(1, ids.length)] ?? null;
  }

  #store(id: string, { a, b, "o.x": x }: Content, creationTime: number): void {
    const fields: [string, Value | undefined][] = [
      ["a", a],
      ["b", b],
      ["o", x === undefined ? undefined : { x }],
      ["_id", id],
      ["_creationTime", creationTime],
    ];
    this.documents.set(id, Object.fromEntries(fields.filter(([, value]) => value !== undefined)));
  }
}

/** As the engine stores it. */
export function toStored(document: ModelDocument): JSONObject {
  return Object.fromEntries(
    Object.entries(document).map(([name, value]) => [name, convexToJson(value as Value)]),
  );
}

export function fromStored(text: string): ModelDocument {
  return jsonToConvex(JSON.parse(text) as JSONValue) as ModelDocument;
}

function fieldsJson({ a, b, "o.x": x }: Content): JSONObject {
  const fields = { a, b, o: x === undefined ? undefined : { x } };
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, convexToJson(value)]],
    ),
  );
}

/** A patch names the fields that it removes. */
function patchJson(content: Content): JSONObject {
  const { a = null, b = null, o = null } = fieldsJson(content);
  const orRemoved = (value: JSONValue, given: Value | undefined): JSONValue =>
    given === undefined ? { $undefined: null } : value;
  return { a: orRemoved(a, content.a), b: orRemoved(b, content.b), o: orRemoved(o, content["o.x"]) };
}

export function toQuery(table: string, query: NamedQuery): SerializedQuery {
  return {
    source: {
      type: "IndexRange",
      indexName: `${table}.${query.name}`,
      range: query.bounds.map(({ type, field, value }) => ({
        type,
        fieldPath: field,
        value: valueJson(value),
      })),
      order: query.order,
    },
    operators: query.operators.map((operator) =>
      "limit" in operator ? operator : { filter: conditionJson(operator.filter) },
    ),
  };
}

function conditionJson(condition: Condition): JSONValue {
  switch (condition.type) {
    case "and":
    case "or":
      return { [`$${condition.type}`]: condition.conditions.map(conditionJson) };
    case "not":
      return { $not: conditionJson(condition.condition) };
    default:
      return { [`$${condition.type}`]: [operandJson(condition.left), operandJson(condition.right)] };
  }
}

function operandJson(operand: Operand): JSONValue {
  return "field" in operand ? { $field: operand.field } : { $literal: valueJson(operand.literal) };
}

function valueJson(value: Value | undefined): JSONValue {
  return value === undefined ? { $undefined: null } : convexToJson(value);
}
