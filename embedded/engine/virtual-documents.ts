import { decodeId, encodeId } from "../storage/ids";
import type { VirtualTable } from "../storage/system-tables";
import type { TableView } from "./catalog";
import type { JSONObject, JSONValue } from "../storage/types";

/** What user code sees of a system document through a virtual table, as JSON text. */
export function virtualDocument(virtual: VirtualTable, text: string): string {
  const document = JSON.parse(text) as JSONObject;
  const entries: [string, JSONValue][] = [
    ["_creationTime", document["_creationTime"] as JSONValue],
    ["_id", renumberId(document["_id"] as string, virtual.number)],
  ];
  for (const field of [...virtual.fields].sort()) {
    const value = document[field];
    if (value !== undefined) entries.push([field, value]);
  }
  return JSON.stringify(Object.fromEntries(entries));
}

/** The same document's id under another table number. */
export function renumberId(id: string, tableNumber: number): string {
  const decoded = decodeId(id);
  if (decoded === null) throw new Error(`Not an id: ${id}`);
  return encodeId(tableNumber, decoded.internal);
}

/** The id under which the document of a view is stored. */
export function physicalIdOf({ table, virtual }: TableView, id: string): string {
  return virtual === null ? id : renumberId(id, table.number);
}
