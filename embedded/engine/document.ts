import type { JSONObject, JSONValue } from "../storage/types";
import { DatabaseError } from "./errors";
import {
  MAX_ARRAY_LENGTH,
  MAX_DOCUMENT_BYTES,
  MAX_DOCUMENT_NESTING,
  MAX_FIELD_NAME_LENGTH,
  MAX_OBJECT_FIELDS,
  MAX_VALUE_BYTES,
  MAX_VALUE_NESTING,
} from "./limits";

/** A Convex value found valid: its fields in order, its size in bytes as limits count it. */
export type CheckedValue = { value: JSONValue; size: number; hasCommitTs: boolean };

export type CheckedDocument = { document: JSONObject; text: string; size: number; hasCommitTs: boolean };

type Checker = { hasCommitTs: boolean; maxNesting: number };

/** Throws DatabaseError unless this is the JSON encoding of a Convex value within the limits for values. */
export function checkConvexValue(value: JSONValue): CheckedValue {
  const checker = { hasCommitTs: false, maxNesting: MAX_VALUE_NESTING };
  const checked = check(value, 0, checker);
  if (checked.size > MAX_VALUE_BYTES) throw tooLarge(checked.size, "32 MiB");
  return { ...checked, hasCommitTs: checker.hasCommitTs };
}

/** The document as stored: all fields, `_id` and `_creationTime` among them, in order of their names. */
export function checkDocument(fields: JSONObject, id: string, creationTime: number): CheckedDocument {
  for (const name of Object.keys(fields)) {
    if (name.startsWith("_") && name !== "_id" && name !== "_creationTime") {
      throw new DatabaseError(
        "InvalidFieldName",
        `Field "${name}" starts with an underscore, which is reserved for system fields like "_id".`,
      );
    }
  }
  const checker = { hasCommitTs: false, maxNesting: MAX_DOCUMENT_NESTING };
  const { value, size } = check({ ...fields, _creationTime: creationTime, _id: id }, 0, checker);
  if (size > MAX_DOCUMENT_BYTES) throw tooLarge(size, "1 MiB");
  const document = value as JSONObject;
  return { document, text: JSON.stringify(document), size, hasCommitTs: checker.hasCommitTs };
}

export function isObject(value: JSONValue | undefined): value is JSONObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function check(value: JSONValue, depth: number, checker: Checker): { value: JSONValue; size: number } {
  if (value === null || typeof value === "boolean") return { value, size: 1 };
  if (typeof value === "number") return checkNumber(value);
  if (typeof value === "string") return checkString(value);
  if (depth >= checker.maxNesting && !isSpecial(value)) {
    throw new DatabaseError(
      "ValueTooNested",
      `Value is too nested (nested ${depth + 1} levels deep > maximum nesting ${checker.maxNesting})`,
    );
  }
  if (Array.isArray(value)) return checkArray(value, depth, checker);
  return checkObject(value, depth, checker);
}

function checkNumber(value: number): { value: JSONValue; size: number } {
  if (Number.isFinite(value) && !Object.is(value, -0)) return { value, size: 9 };
  throw invalid(`${value} must be encoded as $float`);
}

function checkString(value: string): { value: JSONValue; size: number } {
  const size = 2 + Buffer.byteLength(value, "utf8");
  // Only a lone surrogate makes a string longer or shorter when its UTF-8 is read back.
  if (size !== value.length + 2 && Buffer.from(value, "utf8").toString("utf8") !== value) {
    throw invalid("the string holds half of a surrogate pair, which is no Unicode text");
  }
  return { value, size };
}

function checkArray(value: JSONValue[], depth: number, checker: Checker): { value: JSONValue; size: number } {
  if (value.length > MAX_ARRAY_LENGTH) {
    throw new DatabaseError(
      "ArrayTooLong",
      `Array length is too long (${value.length} > maximum length ${MAX_ARRAY_LENGTH})`,
    );
  }
  let size = 2;
  const elements = value.map((element) => {
    const checked = check(element, depth + 1, checker);
    size += checked.size;
    return checked.value;
  });
  return { value: elements, size };
}

function checkObject(value: JSONObject, depth: number, checker: Checker): { value: JSONValue; size: number } {
  const names = Object.keys(value);
  if (isSpecial(value)) return checkSpecial(names[0] ?? "", value, checker);
  if (names.length > MAX_OBJECT_FIELDS) {
    throw new DatabaseError(
      "TooManyFields",
      `Object has too many fields (${names.length} > maximum number ${MAX_OBJECT_FIELDS})`,
    );
  }
  let size = 2;
  const entries: [string, JSONValue][] = [];
  for (const name of names.sort()) {
    checkFieldName(name);
    const checked = check(value[name] as JSONValue, depth + 1, checker);
    size += name.length + 1 + checked.size;
    entries.push([name, checked.value]);
  }
  return { value: Object.fromEntries(entries), size };
}

function isSpecial(value: JSONValue[] | JSONObject): boolean {
  if (Array.isArray(value)) return false;
  const names = Object.keys(value);
  return names.length === 1 && names[0]?.startsWith("$") === true;
}

function checkSpecial(name: string, value: JSONObject, checker: Checker): { value: JSONValue; size: number } {
  const inner = value[name];
  if (name === "$commitTs" && inner === null) {
    checker.hasCommitTs = true;
    return { value, size: 9 };
  }
  if (!["$bytes", "$integer", "$float", "$commitTs"].includes(name)) {
    throw invalid(`field name ${name} starts with '$', which is reserved`);
  }
  if (typeof inner !== "string" || name === "$commitTs") throw invalid(`malformed ${name}`);
  const bytes = Buffer.from(inner, "base64");
  if (bytes.toString("base64") !== inner) throw invalid(`malformed base64 in ${name}`);
  if (name === "$bytes") return { value, size: 2 + bytes.length };
  if (bytes.length !== 8) throw invalid(`${bytes.length} bytes in ${name}, expected 8`);
  if (name === "$float") {
    const float = bytes.readDoubleLE();
    if (Number.isFinite(float) && !Object.is(float, -0)) {
      throw invalid(`float ${float} should be encoded as a number`);
    }
  }
  return { value, size: 9 };
}

function checkFieldName(name: string): void {
  if (name.length > MAX_FIELD_NAME_LENGTH) {
    throw invalid(`field name ${name} exceeds maximum field name length ${MAX_FIELD_NAME_LENGTH}`);
  }
  if (name.startsWith("$")) throw invalid(`field name ${name} starts with '$', which is reserved`);
  if (!/^[ -~]*$/.test(name)) {
    throw invalid(`field name ${name} has characters other than non-control ASCII ones`);
  }
}

function invalid(why: string): DatabaseError {
  return new DatabaseError("InvalidValue", `Invalid Convex value: ${why}.`);
}

function tooLarge(size: number, maximum: string): DatabaseError {
  const mebibytes = (size / (1024 * 1024)).toFixed(2);
  return new DatabaseError(
    "ValueTooLargeError",
    `Value is too large (${mebibytes} MiB > maximum size ${maximum})`,
  );
}
