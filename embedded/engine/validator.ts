import { compareValues } from "../storage/key-encoding";
import type { FieldValidatorJSON, JSONObject, JSONValue, ValidatorJSON } from "../storage/types";
import { isObject } from "./document";
import { formatName, formatValue } from "./format-value";

/**
 * Tells to which table an id belongs: its name, or null if the text is no id of a table that exists.
 * `Transaction.tableOfId` and `idTableResolver(catalog, component)` are such functions.
 */
export type IdTable = (text: string) => string | null;

/** `quiet`: only whether it fails is asked, so that no text is made up for members of a union. */
type Context = { idTable: IdTable; path: (string | number)[]; quiet: boolean };

/** Null if the value satisfies the validator, else the text of the first mismatch (several lines). */
export function checkValue(validator: ValidatorJSON, value: JSONValue, idTable: IdTable): string | null {
  return check(validator, value, { idTable, path: [], quiet: false });
}

/** Parses a validator from outside (schema or `exportArgs()`); throws an Error naming what is wrong. */
export function parseValidator(json: JSONValue): ValidatorJSON {
  if (!isObject(json)) throw malformed(json);
  switch (json["type"]) {
    case "null":
    case "number":
    case "bigint":
    case "commitTs":
    case "boolean":
    case "string":
    case "bytes":
    case "any":
      return { type: json["type"] };
    case "literal":
      return { type: "literal", value: required(json, "value") };
    case "id":
      if (typeof json["tableName"] !== "string") throw malformed(json);
      return { type: "id", tableName: json["tableName"] };
    case "array":
      return { type: "array", value: parseValidator(required(json, "value")) };
    case "record":
      return {
        type: "record",
        keys: parseRecordKeys(required(json, "keys")),
        values: parseRecordValues(required(json, "values")),
      };
    case "object":
      return { type: "object", value: parseFields(required(json, "value")) };
    case "union": {
      const members = required(json, "value");
      if (!Array.isArray(members)) throw malformed(json);
      return { type: "union", value: members.map(parseValidator) };
    }
    default:
      throw malformed(json);
  }
}

/** The validator in the notation of `convex/values`, as error texts show it: `v.object({a: v.string()})`. */
export function formatValidator(validator: ValidatorJSON): string {
  switch (validator.type) {
    case "number":
      return "v.float64()";
    case "bigint":
      return "v.int64()";
    case "literal":
      return `v.literal(${formatValue(validator.value)})`;
    case "id":
      return `v.id(${JSON.stringify(validator.tableName)})`;
    case "array":
      return `v.array(${formatValidator(validator.value)})`;
    case "record":
      return `v.record(${formatValidator(validator.keys)}, ${formatField(validator.values)})`;
    case "union":
      return `v.union(${validator.value.map(formatValidator).join(", ")})`;
    case "object": {
      const fields = Object.entries(validator.value).sort(([a], [b]) => (a < b ? -1 : 1));
      return `v.object({${fields.map(([name, field]) => `${formatName(name)}: ${formatField(field)}`).join(", ")}})`;
    }
    default:
      return `v.${validator.type}()`;
  }
}

function formatField({ fieldType, optional }: FieldValidatorJSON): string {
  return optional ? `v.optional(${formatValidator(fieldType)})` : formatValidator(fieldType);
}

function parseFields(json: JSONValue): Record<string, FieldValidatorJSON> {
  if (!isObject(json)) throw malformed(json);
  return Object.fromEntries(Object.entries(json).map(([name, field]) => [name, parseField(field)]));
}

function parseField(json: JSONValue): FieldValidatorJSON {
  if (!isObject(json)) throw malformed(json);
  return { fieldType: parseValidator(required(json, "fieldType")), optional: json["optional"] === true };
}

function parseRecordKeys(json: JSONValue): ValidatorJSON {
  const keys = parseValidator(json);
  const members = keys.type === "union" ? keys.value : [keys];
  for (const member of members) {
    if (member.type !== "string" && member.type !== "id" && member.type !== "union") {
      throw new Error(`Keys of v.record() must be strings or ids, got ${formatValidator(member)}`);
    }
  }
  return keys;
}

function parseRecordValues(json: JSONValue): FieldValidatorJSON {
  const values = parseField(json);
  if (values.optional) throw new Error("Values of v.record() cannot be optional");
  return values;
}

function required(json: JSONObject, name: string): JSONValue {
  const value = json[name];
  if (value === undefined) throw malformed(json);
  return value;
}

function malformed(json: JSONValue): Error {
  return new Error(`Not a validator: ${JSON.stringify(json).slice(0, 200)}`);
}

function check(validator: ValidatorJSON, value: JSONValue, context: Context): string | null {
  switch (validator.type) {
    case "any":
      return null;
    case "null":
      return value === null ? null : noMatch(validator, value, context);
    case "boolean":
    case "string":
      return typeof value === validator.type ? null : noMatch(validator, value, context);
    case "number":
      return typeof value === "number" || isSpecial(value, "$float")
        ? null
        : noMatch(validator, value, context);
    case "bigint":
      return isSpecial(value, "$integer") ? null : noMatch(validator, value, context);
    case "commitTs":
      return isSpecial(value, "$integer") || isSpecial(value, "$commitTs")
        ? null
        : noMatch(validator, value, context);
    case "bytes":
      return isSpecial(value, "$bytes") ? null : noMatch(validator, value, context);
    case "literal":
      if (compareValues(validator.value, value) === 0) return null;
      return fail(
        context,
        () =>
          `\`${formatValue(value)}\` does not match literal validator \`${formatValidator(validator)}\`.` +
          pathLine(context),
      );
    case "id":
      return checkId(validator.tableName, value, validator, context);
    case "array":
      return checkArray(validator.value, value, validator, context);
    case "record":
      return checkRecord(validator.keys, validator.values.fieldType, value, validator, context);
    case "object":
      return checkObject(validator.value, value, validator, context);
    case "union":
      return checkUnion(validator.value, value, validator, context);
  }
}

function checkId(
  tableName: string,
  value: JSONValue,
  validator: ValidatorJSON,
  context: Context,
): string | null {
  const actual = typeof value === "string" ? context.idTable(value) : null;
  if (actual === null) return noMatch(validator, value, context);
  if (actual === tableName) return null;
  return fail(
    context,
    () =>
      `Found ID ${JSON.stringify(value)} from table \`${actual}\`, which does not match the table name in validator ` +
      `\`${formatValidator(validator)}\`.${pathLine(context)}`,
  );
}

function checkArray(
  element: ValidatorJSON,
  value: JSONValue,
  validator: ValidatorJSON,
  context: Context,
): string | null {
  if (!Array.isArray(value)) return noMatch(validator, value, context);
  for (const [position, item] of value.entries()) {
    const error = within(position, context, () => check(element, item, context));
    if (error !== null) return error;
  }
  return null;
}

function checkRecord(
  keys: ValidatorJSON,
  values: ValidatorJSON,
  value: JSONValue,
  validator: ValidatorJSON,
  context: Context,
): string | null {
  if (!isPlainObject(value)) return noMatch(validator, value, context);
  for (const [name, item] of Object.entries(value)) {
    const error = within(name, context, () => check(keys, name, context) ?? check(values, item, context));
    if (error !== null) return error;
  }
  return null;
}

function checkObject(
  fields: Record<string, FieldValidatorJSON>,
  value: JSONValue,
  validator: ValidatorJSON,
  context: Context,
): string | null {
  if (!isPlainObject(value)) return noMatch(validator, value, context);
  for (const name of Object.keys(fields).sort()) {
    const { fieldType, optional } = fields[name] as FieldValidatorJSON;
    const item = Object.hasOwn(value, name) ? value[name] : undefined;
    if (item === undefined) {
      if (optional) continue;
      return fail(
        context,
        () =>
          `Object is missing the required field \`${name}\`. Consider wrapping the field validator in ` +
          `\`v.optional(...)\` if this is expected.${objectTail(validator, value, context)}`,
      );
    }
    const error = within(name, context, () => check(fieldType, item, context));
    if (error !== null) return error;
  }
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(fields, name)) continue;
    return fail(
      context,
      () =>
        `Object contains extra field \`${name}\` that is not in the validator.` +
        objectTail(validator, value, context),
    );
  }
  return null;
}

function checkUnion(
  members: ValidatorJSON[],
  value: JSONValue,
  validator: ValidatorJSON,
  context: Context,
): string | null {
  const [only] = members;
  if (members.length === 1 && only !== undefined) return check(only, value, context);
  const quiet = { ...context, quiet: true };
  if (members.some((member) => check(member, value, quiet) === null)) return null;
  return noMatch(validator, value, context);
}

function within(step: string | number, context: Context, body: () => string | null): string | null {
  context.path.push(step);
  const error = body();
  context.path.pop();
  return error;
}

function noMatch(validator: ValidatorJSON, value: JSONValue, context: Context): string {
  return fail(
    context,
    () =>
      `Value does not match validator.${pathLine(context)}\n` +
      `Value: ${formatValue(value)}\nValidator: ${formatValidator(validator)}`,
  );
}

function fail({ quiet }: Context, text: () => string): string {
  return quiet ? "mismatch" : text();
}

/** In the place of the path, an object's error at the root has an empty line. */
function objectTail(validator: ValidatorJSON, value: JSONValue, context: Context): string {
  return `${pathLine(context) || "\n"}\nObject: ${formatValue(value)}\nValidator: ${formatValidator(validator)}`;
}

function pathLine({ path }: Context): string {
  if (path.length === 0) return "";
  return `\nPath: ${path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("")}`;
}

function isPlainObject(value: JSONValue): value is JSONObject {
  if (!isObject(value)) return false;
  const names = Object.keys(value);
  return names.length !== 1 || names[0]?.startsWith("$") !== true;
}

function isSpecial(value: JSONValue, name: "$integer" | "$float" | "$bytes" | "$commitTs"): boolean {
  return isObject(value) && Object.hasOwn(value, name);
}
