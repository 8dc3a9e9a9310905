/**
 * The schema that a push brings (`schema.default.export()`), parsed and checked for what can be said without
 * looking at a document: names, index fields, top-level types.
 */
import * as z from "zod";
import type { JSONValue, SchemaJson, ValidatorJSON } from "../storage/types";
import { DeployError, notSupportedYet } from "./deploy-error";

const MAX_TABLES = 10_000;
const MAX_INDEXES_PER_TABLE = 64;
const MAX_INDEX_FIELDS = 16;
const MAX_NAME_LENGTH = 64;
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
const RESERVED_INDEX_NAMES = new Set(["by_id", "by_creation_time"]);

const indexDefinition = z.object({ indexDescriptor: z.string(), fields: z.array(z.string()) });
const unsupported = z.array(z.object({ indexDescriptor: z.string() })).nullish();

const validator: z.ZodType<ValidatorJSON> = z.lazy(() =>
  z.discriminatedUnion("type", [
    z.object({ type: z.enum(["null", "number", "bigint", "commitTs", "boolean", "string", "bytes", "any"]) }),
    z.object({ type: z.literal("literal"), value: z.json() }),
    z.object({ type: z.literal("id"), tableName: z.string() }),
    z.object({ type: z.literal("array"), value: validator }),
    z.object({ type: z.literal("union"), value: z.array(validator) }),
    z.object({ type: z.literal("record"), keys: validator, values: fieldValidator }),
    z.object({ type: z.literal("object"), value: z.record(z.string(), fieldValidator) }),
  ]),
);
const fieldValidator = z.object({ fieldType: validator, optional: z.boolean() });

const exportedSchema = z.object({
  tables: z.array(
    z.object({
      tableName: z.string(),
      indexes: z.array(indexDefinition),
      stagedDbIndexes: unsupported,
      searchIndexes: unsupported,
      stagedSearchIndexes: unsupported,
      vectorIndexes: unsupported,
      stagedVectorIndexes: unsupported,
      documentType: validator,
      stagedDocumentType: z.json().nullish(),
    }),
  ),
  schemaValidation: z.boolean(),
});
type ExportedTable = z.infer<typeof exportedSchema>["tables"][number];

export function parseSchema(exported: JSONValue): SchemaJson {
  const parsed = exportedSchema.safeParse(exported);
  if (!parsed.success) throw invalid(`The schema could not be read: ${z.prettifyError(parsed.error)}`);
  const { tables, schemaValidation } = parsed.data;
  if (tables.length > MAX_TABLES) throw invalid(`Number of tables cannot exceed ${MAX_TABLES}.`);
  for (const table of tables) {
    refuseUnsupported(table);
    checkTable(table, schemaValidation);
  }
  return {
    tables: tables.map(({ tableName, indexes, documentType }) => ({ tableName, indexes, documentType })),
    schemaValidation,
  };
}

function refuseUnsupported(table: ExportedTable): void {
  const where = ` (table "${table.tableName}")`;
  const has = (list: unknown[] | null | undefined) => (list?.length ?? 0) > 0;
  if (has(table.searchIndexes) || has(table.stagedSearchIndexes))
    throw notSupportedYet(`search indexes${where}`);
  if (has(table.vectorIndexes) || has(table.stagedVectorIndexes))
    throw notSupportedYet(`vector indexes${where}`);
  if (has(table.stagedDbIndexes)) throw notSupportedYet(`staged indexes${where}`);
  if (table.stagedDocumentType) throw notSupportedYet(`staged validators${where}`);
}

function checkTable(table: ExportedTable, schemaValidation: boolean): void {
  const { tableName, indexes, documentType } = table;
  checkIdentifier(tableName, "table");
  if (tableName.startsWith("_"))
    throw invalid(`"${tableName}" is not a valid table name: a leading underscore is for system tables.`);
  checkTopLevelType(tableName, documentType);
  checkRecords(documentType);
  if (indexes.length > MAX_INDEXES_PER_TABLE) {
    throw invalid(`Table "${tableName}" cannot have more than ${MAX_INDEXES_PER_TABLE} indexes.`);
  }
  const names = new Set<string>();
  const byFields = new Map<string, string>();
  for (const index of indexes) {
    const name = index.indexDescriptor;
    const where = `In table "${tableName}" the index "${name}"`;
    checkIdentifier(name, "index");
    if (RESERVED_INDEX_NAMES.has(name) || name.startsWith("_"))
      throw invalid(`${where} has a reserved name.`, "IndexNameReserved");
    if (names.has(name))
      throw invalid(`Table "${tableName}" has two or more indexes named "${name}".`, "IndexNamesNotUnique");
    names.add(name);
    checkIndexFields(where, index.fields);
    const twin = byFields.get(index.fields.join("\0"));
    if (twin !== undefined) {
      throw invalid(
        `In table "${tableName}" the indexes "${twin}" and "${name}" have the same fields.`,
        "IndexNotUnique",
      );
    }
    byFields.set(index.fields.join("\0"), name);
    if (schemaValidation) checkFieldsExist(where, index.fields, documentType);
  }
}

function checkIdentifier(name: string, what: string): void {
  const isGood = IDENTIFIER.test(name) && name.length <= MAX_NAME_LENGTH && !/^_+$/.test(name);
  if (isGood) return;
  throw invalid(
    `"${name.slice(0, 100)}" is not a valid ${what} name: it must start with a letter or underscore, have only letters, ` +
      `digits and underscores, at most ${MAX_NAME_LENGTH} of them.`,
  );
}

function checkIndexFields(where: string, fields: string[]): void {
  if (fields.length === 0) throw invalid(`${where} must have at least one field.`);
  if (fields.length > MAX_INDEX_FIELDS) throw invalid(`${where} has more than ${MAX_INDEX_FIELDS} fields.`);
  if (new Set(fields).size < fields.length) throw invalid(`${where} names a field twice.`);
  for (const field of fields) {
    if (field === "_id") throw invalid(`${where} cannot contain \`_id\`: it ends every index by itself.`);
    if (field === "_creationTime") {
      throw invalid(`${where} cannot contain \`_creationTime\`: it is added to every index by itself.`);
    }
    if (!field.split(".").every((part) => IDENTIFIER.test(part)))
      throw invalid(`${where} has the invalid field "${field}".`);
  }
}

function checkFieldsExist(where: string, fields: string[], documentType: ValidatorJSON): void {
  for (const field of fields) {
    if (!mayHaveField(documentType, field.split("."))) {
      throw invalid(
        `${where} is invalid because it references the field ${field} that does not exist.`,
        "InvalidIndexOnField",
      );
    }
  }
}

function mayHaveField(type: ValidatorJSON, path: string[]): boolean {
  const [field, ...rest] = path;
  if (field === undefined) return true;
  switch (type.type) {
    case "any":
    case "record":
      return true;
    case "object": {
      const child = type.value[field];
      return child !== undefined && mayHaveField(child.fieldType, rest);
    }
    case "union":
      return type.value.some((member) => mayHaveField(member, path));
    default:
      return false;
  }
}

function checkTopLevelType(tableName: string, type: ValidatorJSON): void {
  if (isDocumentType(type)) return;
  throw invalid(
    `The type of table "${tableName}" must be an object, a union of objects, or any.`,
    "InvalidTopLevelTypeInSchemaError",
  );
}

function isDocumentType(type: ValidatorJSON): boolean {
  if (type.type === "union") return type.value.every(isDocumentType);
  return type.type === "object" || type.type === "any";
}

/** Records are open-ended: their keys must be strings of no fixed set, their values always there. */
function checkRecords(type: ValidatorJSON): void {
  switch (type.type) {
    case "object":
      for (const field of Object.values(type.value)) checkRecords(field.fieldType);
      break;
    case "union":
      type.value.forEach(checkRecords);
      break;
    case "array":
      checkRecords(type.value);
      break;
    case "record":
      if (type.values.optional) throw invalid("Record values cannot be optional.", "InvalidRecordValue");
      if (!isStringLike(type.keys)) {
        throw invalid("Record keys must be strings or ids, not literals.", "InvalidRecordKey");
      }
      checkRecords(type.values.fieldType);
      break;
    default:
  }
}

function isStringLike(type: ValidatorJSON): boolean {
  if (type.type === "union") return type.value.every(isStringLike);
  return type.type === "string" || type.type === "id";
}

function invalid(message: string, code = "InvalidSchema"): DeployError {
  return new DeployError(code, message);
}
