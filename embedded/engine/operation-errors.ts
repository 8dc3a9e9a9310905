import { decodeId, MAX_ID_LENGTH, MIN_ID_LENGTH } from "../storage/ids";
import type { JSONObject } from "../storage/types";
import type { TableInfo, TableView } from "./catalog";
import { DatabaseError } from "./errors";

/** `_id` and `_creationTime` may be repeated in a write, not changed. */
export function checkSystemFields(value: JSONObject, current: JSONObject): void {
  if (Object.hasOwn(value, "_id") && value["_id"] !== current["_id"]) {
    throw new DatabaseError(
      "InvalidIdError",
      `Provided document ID ${JSON.stringify(current["_id"])} doesn't match '_id' field ${JSON.stringify(value["_id"])}`,
    );
  }
  if (Object.hasOwn(value, "_creationTime") && value["_creationTime"] !== current["_creationTime"]) {
    throw new DatabaseError(
      "InvalidCreationTimeError",
      `Provided creation time ${JSON.stringify(value["_creationTime"])} doesn't match the document's '_creationTime' ` +
        `${JSON.stringify(current["_creationTime"])}`,
    );
  }
}

/** The document is of the table that the caller says it is of. */
export function checkTable(
  { table, virtual }: TableView,
  expected: string | null | undefined,
  operation: string,
): void {
  const actual = virtual?.name ?? table.name;
  if (expected == null || expected === actual) return;
  throw new DatabaseError(
    "InvalidArgument",
    `Invalid argument \`id\` for \`${operation}\`: expected to be an Id<"${expected}">, got Id<"${actual}"> instead.`,
  );
}

/** The id that a restored document brings must be one of its table, and new. */
export function checkRestoredId({ name, number }: TableInfo, id: string, exists: boolean): void {
  const decoded = decodeId(id);
  if (decoded === null) throw new DatabaseError("InvalidId", `Document _id ${JSON.stringify(id)} is no ID`);
  if (decoded.tableNumber !== number) {
    throw new DatabaseError(
      "InvalidId",
      `_id ${id} cannot be imported into '${name}' because it has the table number ${decoded.tableNumber} and '${name}' has ${number}`,
    );
  }
  if (exists) throw new DatabaseError("DuplicateId", `Objects in table "${name}" have duplicate _id fields`);
}

export function notAnObject(operation: string): DatabaseError {
  return new DatabaseError(
    "InvalidArgument",
    `Invalid argument \`value\` for \`${operation}\`: Value must be an Object`,
  );
}

export function wrongSystem(isSystem: boolean): DatabaseError {
  return new DatabaseError(
    "SystemTableError",
    isSystem
      ? "User tables cannot be accessed with db.system."
      : "System tables can only be accessed with db.system.",
  );
}

export function undecodable(id: string, operation: string): DatabaseError {
  const why =
    id.length < MIN_ID_LENGTH || id.length > MAX_ID_LENGTH
      ? `Invalid ID length ${id.length}`
      : "It has characters that no ID has, or its checksum is wrong";
  return new DatabaseError(
    "InvalidArgument",
    `Invalid argument \`id\` for \`${operation}\`: Unable to decode ID: ${why}`,
  );
}
