import type {
  JSONObject,
  JSONValue,
  SchemaIndexJson,
  SchemaJson,
  SchemaTableJson,
  ValidatorJSON,
} from "../storage/types";
import { BY_CREATION_TIME, BY_ID } from "./catalog";
import { checkTableName, identifierFault } from "./catalog-changes";
import { isObject } from "./document";
import { DatabaseError } from "./errors";
import { MAX_INDEX_FIELDS, MAX_INDEXES_PER_TABLE } from "./limits";
import { mayHold } from "./schema-fields";
import {
  checkSearchIndexes,
  checkVectorFields,
  parseSearchIndex,
  parseVectorIndex,
} from "./schema-search-indexes";
import { parseValidator } from "./validator";

/** Parses what `SchemaDefinition.export()` gives. Throws DatabaseError for a schema that cannot be pushed. */
export function parseSchema(json: JSONValue): SchemaJson {
  if (!isObject(json) || !Array.isArray(json["tables"])) throw invalid("it is no exported schema");
  const schema = {
    tables: json["tables"].map(parseTable),
    schemaValidation: json["schemaValidation"] !== false,
  };
  const names = new Set<string>();
  for (const table of schema.tables) {
    if (names.has(table.tableName)) throw invalid(`table "${table.tableName}" is defined twice`);
    names.add(table.tableName);
    checkTableName(table.tableName);
    checkDocumentType(table);
    checkNames(table);
    checkIndexes(table);
    checkSearchIndexes(table);
    if (schema.schemaValidation) checkReferences(table);
  }
  return schema;
}

function parseTable(json: JSONValue): SchemaTableJson {
  if (!isObject(json) || typeof json["tableName"] !== "string") throw invalid("a table has no name");
  const tableName = json["tableName"];
  const list = <T>(name: string, parse: (tableName: string, json: JSONValue) => T): T[] =>
    listOf(json, name).map((index) => parse(tableName, index));
  return {
    tableName,
    indexes: list("indexes", parseIndex),
    stagedDbIndexes: list("stagedDbIndexes", parseIndex),
    searchIndexes: list("searchIndexes", parseSearchIndex),
    stagedSearchIndexes: list("stagedSearchIndexes", parseSearchIndex),
    vectorIndexes: list("vectorIndexes", parseVectorIndex),
    stagedVectorIndexes: list("stagedVectorIndexes", parseVectorIndex),
    documentType: parseDocumentType(tableName, json["documentType"] ?? null),
  };
}

function parseDocumentType(tableName: string, json: JSONValue): ValidatorJSON | null {
  if (json === null) return null;
  try {
    return parseValidator(json);
  } catch (error) {
    throw invalid(`table "${tableName}": ${(error as Error).message}`);
  }
}

function parseIndex(tableName: string, json: JSONValue): SchemaIndexJson {
  const name = isObject(json) ? json["indexDescriptor"] : undefined;
  const fields = isObject(json) ? json["fields"] : undefined;
  if (typeof name !== "string" || !Array.isArray(fields))
    throw invalid(`table "${tableName}" has a malformed index`);
  return {
    indexDescriptor: name,
    fields: fields.map((field) => {
      if (typeof field !== "string")
        throw invalid(`index "${name}" of table "${tableName}" has a malformed field`);
      return field;
    }),
  };
}

function listOf(json: JSONObject, name: string): JSONValue[] {
  const list = json[name];
  return Array.isArray(list) ? list : [];
}

function checkDocumentType({ tableName, documentType }: SchemaTableJson): void {
  const members = documentType?.type === "union" ? documentType.value : [documentType];
  if (members.every((member) => member === null || member.type === "object" || member.type === "any")) return;
  throw new DatabaseError(
    "InvalidTopLevelTypeInSchemaError",
    `Top-level type in schema for table "${tableName}" must be an object, a union of objects or any.`,
  );
}

/** Indexes of every kind share one set of names. */
function checkNames(table: SchemaTableJson): void {
  const { tableName } = table;
  const indexes = declaredFields(table);
  if (indexes.length > MAX_INDEXES_PER_TABLE) {
    throw new DatabaseError(
      "TooManyIndexes",
      `Table "${tableName}" cannot have more than ${MAX_INDEXES_PER_TABLE} indexes.`,
    );
  }
  const names = new Set<string>();
  for (const { name } of indexes) {
    checkIndexName(tableName, name);
    if (names.has(name)) {
      throw new DatabaseError("IndexNamesNotUnique", `Table "${tableName}" has two indexes named "${name}".`);
    }
    names.add(name);
  }
}

function checkIndexes({ tableName, indexes, stagedDbIndexes = [] }: SchemaTableJson): void {
  const fieldLists = new Map<string, string>();
  for (const { indexDescriptor: name, fields } of [...indexes, ...stagedDbIndexes]) {
    checkFields(tableName, name, fields);
    const same = fieldLists.get(fields.join());
    if (same !== undefined) {
      throw new DatabaseError(
        "IndexNotUnique",
        `In table "${tableName}" the indexes "${same}" and "${name}" have the same fields.`,
      );
    }
    fieldLists.set(fields.join(), name);
  }
}

/** For a schema that is enforced: documents must be able to have the fields. */
function checkReferences(table: SchemaTableJson): void {
  const { tableName, documentType } = table;
  for (const { name, fields } of declaredFields(table)) {
    const missing = fields.find((field) => documentType !== null && !mayHold(documentType, field.split(".")));
    if (missing !== undefined) {
      throw new DatabaseError(
        "SchemaDefinitionError",
        `In table "${tableName}" the index "${name}" is invalid because it references the field ${missing} that does not exist.`,
      );
    }
  }
  checkVectorFields(table);
}

/** The indexes of every kind, with all fields that they name. */
function declaredFields(table: SchemaTableJson): { name: string; fields: string[] }[] {
  const { indexes, stagedDbIndexes = [], searchIndexes = [], stagedSearchIndexes = [] } = table;
  const { vectorIndexes = [], stagedVectorIndexes = [] } = table;
  return [
    ...[...indexes, ...stagedDbIndexes].map(({ indexDescriptor: name, fields }) => ({ name, fields })),
    ...[...searchIndexes, ...stagedSearchIndexes].map((index) => ({
      name: index.indexDescriptor,
      fields: [index.searchField, ...index.filterFields],
    })),
    ...[...vectorIndexes, ...stagedVectorIndexes].map((index) => ({
      name: index.indexDescriptor,
      fields: [index.vectorField, ...index.filterFields],
    })),
  ];
}

function checkIndexName(tableName: string, name: string): void {
  const reserved = name === BY_ID || name === BY_CREATION_TIME ? "it is reserved" : null;
  const why =
    identifierFault(name) ?? reserved ?? (name.startsWith("_") ? "it starts with an underscore" : null);
  if (why === null) return;
  throw new DatabaseError(
    "InvalidIndexName",
    `Invalid name "${name}" for an index of table "${tableName}": ${why}.`,
  );
}

function checkFields(tableName: string, name: string, fields: string[]): void {
  const fault = (why: string): DatabaseError =>
    new DatabaseError(
      "InvalidIndexFields",
      `In table "${tableName}" the index "${name}" is invalid: ${why}.`,
    );
  if (fields.length === 0) throw fault("it has no fields");
  if (fields.length > MAX_INDEX_FIELDS) throw fault(`it has more than ${MAX_INDEX_FIELDS} fields`);
  const seen = new Set<string>();
  for (const field of fields) {
    if (field === "_creationTime") throw fault("_creationTime is added to every index by itself");
    if (field === "_id") throw fault("_id cannot be a field of an index");
    if (seen.has(field)) throw fault(`it has the field ${field} twice`);
    seen.add(field);
    if (field.split(".").some((part) => part === "")) throw fault(`"${field}" is no field path`);
  }
}

function invalid(why: string): DatabaseError {
  return new DatabaseError("InvalidSchema", `Invalid schema: ${why}.`);
}
