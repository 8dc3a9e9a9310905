/** Which search and vector indexes a schema may declare. */
import { describe, expect, test } from "vitest";
import { DatabaseError } from "@/embedded/engine/transaction";
import { parseSchema } from "@/embedded/engine/committer";
import type { JSONObject, JSONValue } from "@/embedded/storage/types";

const field = (type: JSONValue): JSONValue => ({ fieldType: type, optional: true });
const DOCUMENT: JSONValue = {
  type: "object",
  value: {
    body: field({ type: "string" }),
    tag: field({ type: "string" }),
    vector: field({ type: "array", value: { type: "number" } }),
    meta: field({
      type: "object",
      value: {
        embedding: field({
          type: "union",
          value: [{ type: "null" }, { type: "array", value: { type: "number" } }],
        }),
      },
    }),
  },
};
const search = (indexDescriptor: string, searchField = "body", filterFields: string[] = []): JSONObject => ({
  indexDescriptor,
  searchField,
  filterFields,
});
const vector = (
  indexDescriptor: string,
  vectorField = "vector",
  dimensions = 3,
  filterFields: string[] = [],
) => ({
  indexDescriptor,
  vectorField,
  dimensions,
  filterFields,
});
const schema = (table: JSONObject, documentType: JSONValue = DOCUMENT): JSONValue => ({
  tables: [{ tableName: "t", indexes: [], documentType, ...table }],
  schemaValidation: true,
});
const names = Array.from({ length: 33 }, (_, i) => `f${i}`);

describe("refused", () => {
  test.each<[string, JSONValue, string]>([
    ["a search index without a name", schema({ searchIndexes: [{}] }), "malformed index"],
    [
      "two search indexes on one field",
      schema({ searchIndexes: [search("a")], stagedSearchIndexes: [search("b", "body", ["tag"])] }),
      'In table "t" search index "a" and search index "b" have the same `searchField`.',
    ],
    [
      "two vector indexes of the same dimensions on one field",
      schema({ vectorIndexes: [vector("a"), vector("b")] }),
      'In table "t" vector index "a" and vector index "b" have the same `vectorField`.',
    ],
    [
      "one name for indexes of two kinds",
      schema({ indexes: [{ indexDescriptor: "a", fields: ["tag"] }], searchIndexes: [search("a")] }),
      'has two indexes named "a"',
    ],
    ["a reserved name", schema({ searchIndexes: [search("by_id")] }), "it is reserved"],
    [
      "17 filter fields",
      schema({ searchIndexes: [search("a", "body", names.slice(0, 17))] }, { type: "any" }),
      "may have up to 16 filter fields",
    ],
    [
      "an empty part of a field path",
      schema({ searchIndexes: [search("a", "meta..body")] }),
      'Invalid index field: "meta..body"',
    ],
    [
      "no field",
      schema({ searchIndexes: [{ indexDescriptor: "a", filterFields: [] }] }),
      "Invalid index field",
    ],
    [
      "a search field that documents cannot have",
      schema({ searchIndexes: [search("a", "nope")] }),
      "references the field nope that does not exist",
    ],
    [
      "a filter field that documents cannot have",
      schema({ vectorIndexes: [vector("a", "vector", 3, ["meta.nope"])] }),
      "references the field meta.nope that does not exist",
    ],
    [
      "a vector field that holds no vectors",
      schema({ vectorIndexes: [vector("a", "body")] }),
      "the field body is not an array",
    ],
    [
      "1 dimension",
      schema({ vectorIndexes: [vector("a", "vector", 1)] }),
      "Dimensions 1 must be between 2 and 4096.",
    ],
    [
      "4097 dimensions",
      schema({ vectorIndexes: [vector("a", "vector", 4_097)] }),
      "Dimensions 4097 must be between 2 and 4096.",
    ],
    ["half a dimension", schema({ vectorIndexes: [vector("a", "vector", 2.5)] }), "no whole number"],
    [
      "65 indexes of all kinds",
      schema(
        {
          indexes: names.map((name) => ({ indexDescriptor: `d_${name}`, fields: [name] })),
          searchIndexes: names.slice(0, 32).map((name) => search(`s_${name}`, name)),
        },
        { type: "any" },
      ),
      "more than 64 indexes",
    ],
  ])("%s", (_what, json, message) => {
    expect(() => parseSchema(json)).toThrow(DatabaseError);
    expect(() => parseSchema(json)).toThrow(message);
  });
});

test("accepted: nested fields, a field that holds vectors or null, filter fields twice and in any order", () => {
  const parsed = parseSchema(
    schema({
      searchIndexes: [search("a", "body", ["tag", "meta.embedding", "tag"])],
      vectorIndexes: [vector("v", "meta.embedding", 4_096), vector("w", "meta.embedding", 2)],
    }),
  );
  expect(parsed.tables[0]).toMatchObject({
    searchIndexes: [{ indexDescriptor: "a", searchField: "body", filterFields: ["meta.embedding", "tag"] }],
    vectorIndexes: [{ dimensions: 4_096 }, { dimensions: 2 }],
  });
});
