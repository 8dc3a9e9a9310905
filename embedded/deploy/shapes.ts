/** Shapes of stored documents, found by looking at some of them: for tools that describe tables to a reader. */
import { decodeId } from "../storage/ids";
import type { JSONObject, JSONValue } from "../storage/types";

export type Shape =
  | { type: "Never" | "Null" | "Boolean" | "Float64" | "Int64" | "String" | "Bytes" }
  | { type: "Id"; tableName: string }
  | { type: "Array"; shape: Shape }
  | { type: "Object"; fields: { fieldName: string; optional: boolean; shape: Shape }[] }
  | { type: "Union"; shapes: Shape[] };

const NEVER: Shape = { type: "Never" };

/** `tableOfId` names the table of an id's text; null for a text that is no id. */
export function shapeOf(value: JSONValue, tableOfId: (text: string) => string | null): Shape {
  if (value === null) return { type: "Null" };
  if (typeof value === "boolean") return { type: "Boolean" };
  if (typeof value === "number") return { type: "Float64" };
  if (typeof value === "string") {
    const tableName = decodeId(value) === null ? null : tableOfId(value);
    return tableName === null ? { type: "String" } : { type: "Id", tableName };
  }
  if (Array.isArray(value)) {
    return { type: "Array", shape: value.map((item) => shapeOf(item, tableOfId)).reduce(union, NEVER) };
  }
  return encodedShape(value) ?? objectShape(value, tableOfId);
}

/** Values that JSON has no form for are objects with one field that begins with `$`. */
function encodedShape(value: JSONObject): Shape | null {
  if ("$integer" in value) return { type: "Int64" };
  if ("$float" in value) return { type: "Float64" };
  return "$bytes" in value ? { type: "Bytes" } : null;
}

function objectShape(value: JSONObject, tableOfId: (text: string) => string | null): Shape {
  const fields = Object.entries(value).map(([fieldName, field]) => ({
    fieldName,
    optional: false,
    shape: shapeOf(field, tableOfId),
  }));
  return { type: "Object", fields };
}

/** A shape that both fit: objects and arrays grow together, everything else stands side by side. */
export function union(a: Shape, b: Shape): Shape {
  const parts = [...members(a), ...members(b)];
  const merged: Shape[] = [];
  for (const part of parts) {
    const at = merged.findIndex((other) => isMergeable(other, part));
    const other = merged[at];
    if (other === undefined) merged.push(part);
    else merged[at] = merge(other, part);
  }
  const [first = NEVER, ...others] = merged;
  return others.length === 0 ? first : { type: "Union", shapes: merged };
}

function members(shape: Shape): Shape[] {
  if (shape.type === "Never") return [];
  return shape.type === "Union" ? shape.shapes : [shape];
}

function isMergeable(a: Shape, b: Shape): boolean {
  return a.type === b.type && (a.type !== "Id" || a.tableName === (b as typeof a).tableName);
}

function merge(a: Shape, b: Shape): Shape {
  if (a.type === "Array" && b.type === "Array") return { type: "Array", shape: union(a.shape, b.shape) };
  if (a.type !== "Object" || b.type !== "Object") return a;
  const fields = new Map(a.fields.map((field) => [field.fieldName, field]));
  const names = new Set(b.fields.map(({ fieldName }) => fieldName));
  for (const [name, field] of fields) if (!names.has(name)) fields.set(name, { ...field, optional: true });
  for (const field of b.fields) {
    const known = fields.get(field.fieldName);
    if (known === undefined) fields.set(field.fieldName, { ...field, optional: true });
    else {
      const shape = union(known.shape, field.shape);
      fields.set(field.fieldName, { ...field, optional: known.optional || field.optional, shape });
    }
  }
  return { type: "Object", fields: [...fields.values()] };
}
