import { MAX_ID_LENGTH, MIN_ID_LENGTH } from "../storage/ids";
import type { JSONObject } from "../storage/types";
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
