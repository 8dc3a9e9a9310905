/** Requests made from the document's schemas: right ones, and wrong ones that differ from a right one in one point. */
import fc from "fast-check";
import { bodySchemaOf, mismatch, parametersOf } from "./document";
import type { DocumentedOperation, Schema } from "./document";

/** Ids that exist, by the name of their parameter or field. */
export type Known = Record<string, readonly string[]>;

export type Generated = {
  params: Record<string, string>;
  query: Record<string, string | number>;
  body?: unknown;
};

/** What one field or parameter may be. Ids exist; cursors are left out, since nobody but the API can make one. */
function valueOf(name: string, schema: Schema, known: Known): fc.Arbitrary<unknown> {
  const ids = known[name];
  if (ids !== undefined) return nullableOr(schema, fc.constantFrom(...ids));
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one) => valueOf(name, one, known)));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case "null":
      return fc.constant(null);
    case "integer":
      return fc.oneof(
        fc.integer({ min: schema.minimum ?? 0, max: 500 }),
        fc.maxSafeNat().map((n) => Math.max(n, 1)),
      );
    case "string":
      return textOf(name).filter((text) => mismatch(schema, text) === null);
    default:
      throw new Error(`No values for ${name}: ${JSON.stringify(schema)}`);
  }
}

const nullableOr = (schema: Schema, values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  schema.anyOf?.some((one) => one.type === "null") ? fc.oneof(values, fc.constant(null)) : values;

function textOf(name: string): fc.Arbitrary<string> {
  if (name === "email") return fc.emailAddress();
  if (name === "phone") return phones;
  return fc.oneof(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
    fc.string({ unit: "binary", minLength: 1, maxLength: 30 }),
    fc.constantFrom(
      "<img src=x onerror=alert(1)>",
      "=HYPERLINK(1)",
      "a\u202eb",
      "{{7*7}}",
      "é\u0301",
      "x".repeat(80),
    ),
  );
}

const phones = fc
  .tuple(
    fc.constantFrom("+", "00"),
    fc.integer({ min: 1, max: 9 }),
    fc.array(fc.tuple(fc.constantFrom("", " ", "-", ".", " (", ")"), fc.integer({ min: 0, max: 9 })), {
      minLength: 6,
      maxLength: 14,
    }),
  )
  .map(([plus, first, rest]) => plus + first + rest.map(([gap, digit]) => gap + digit).join(""));

function fieldsOf(
  fields: { name: string; schema: Schema; required: boolean }[],
  known: Known,
): fc.Arbitrary<Record<string, unknown>> {
  const shape = Object.fromEntries(fields.map(({ name, schema }) => [name, valueOf(name, schema, known)]));
  const requiredKeys = fields.filter(({ required }) => required).map(({ name }) => name);
  return fc.record(shape, { requiredKeys });
}

const CURSORS = new Set(["cursor", "after"]);

/** A request that the operation must accept. */
export function validRequest(operation: DocumentedOperation, known: Known): fc.Arbitrary<Generated> {
  const parameters = parametersOf(operation, "query");
  const query = fieldsOf(
    parameters.filter(({ name }) => !CURSORS.has(name)),
    known,
  ).map((values) => {
    const excluded = parameters.flatMap(({ name, "x-not-with": other }) =>
      other !== undefined && name in values ? [other] : [],
    );
    return Object.fromEntries(Object.entries(values).filter(([name]) => !excluded.includes(name)));
  });
  const schema = bodySchemaOf(operation);
  const body = schema === undefined ? fc.constant(undefined) : bodyOf(schema, known);
  return fc
    .record({ params: fieldsOf(parametersOf(operation, "path"), known), query, body })
    .map((request) => request as Generated);
}

function bodyOf(schema: Schema, known: Known): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => ({
    name,
    schema: field,
    required: schema.required?.includes(name) ?? false,
  }));
  return fieldsOf(fields, known).filter((body) => mismatch(schema, body) === null);
}

/** A right request with one wrong point in its query or body. */
export function invalidRequest(operation: DocumentedOperation, known: Known): fc.Arbitrary<Generated> {
  const schema = bodySchemaOf(operation);
  const wrongQuery = wrongParameter(operation);
  return validRequest(operation, known).chain((request) => {
    const inQuery = wrongQuery.map((wrong) => ({ ...request, query: { ...request.query, ...wrong } }));
    if (schema === undefined) return inQuery;
    const inBody = wrongBody(schema, request.body as Record<string, unknown>).map((body) => ({
      ...request,
      body,
    }));
    return fc.oneof({ weight: 1, arbitrary: inQuery }, { weight: 4, arbitrary: inBody });
  });
}

const UNKNOWN_NAMES = [
  "role",
  "workspaceId",
  "authorType",
  "Status",
  "limit[]",
  "__proto__",
  "constructor",
  "api_key",
];

function wrongParameter(operation: DocumentedOperation): fc.Arbitrary<Record<string, string | number>> {
  const parameters = parametersOf(operation, "query").filter(({ name }) => !CURSORS.has(name));
  const known = parameters.map(({ name }) => name);
  const unknown = fc.constantFrom(...UNKNOWN_NAMES).map((name) => Object.fromEntries([[name, "1"]]));
  const wrong = parameters
    .filter(({ schema }) => schema.type === "integer" || schema.enum !== undefined)
    .map(({ name, schema }) => wrongText(schema).map((text) => ({ [name]: text })));
  const tooLong = known
    .filter((name) => name.endsWith("Id"))
    .map((name) => fc.constant({ [name]: "x".repeat(10_000) }));
  return fc.oneof(unknown, ...wrong, ...tooLong);
}

function wrongText(schema: Schema): fc.Arbitrary<string> {
  if (schema.enum !== undefined) {
    return fc
      .oneof(fc.constantFrom("", "OPEN", "open,closed", "all", "null"), fc.string({ maxLength: 12 }))
      .filter((text) => !schema.enum?.includes(text));
  }
  const never = ["", "-1", "1.5", "1e3", "50 ", "0x10", "٥٠", "NaN", "9007199254740992", "+5", "null"];
  return fc.constantFrom(...never, ...(schema.minimum === 1 ? ["0"] : []));
}

function wrongBody(schema: Schema, right: Record<string, unknown>): fc.Arbitrary<unknown> {
  const names = Object.keys(schema.properties ?? {});
  const whole = fc.constantFrom<unknown>([], null, "x", 7, true, [right]);
  const unknown = fc.constantFrom(...UNKNOWN_NAMES).map((name) => withField(right, name, 1));
  const missing = (schema.required ?? []).map((name) =>
    fc.constant(Object.fromEntries(Object.entries(right).filter(([field]) => field !== name))),
  );
  const wrongField = fc
    .tuple(
      fc.constantFrom(...names),
      fc.oneof(fc.constantFrom<unknown>(...WRONG_VALUES), fc.anything({ maxDepth: 2 })),
    )
    .map(([name, value]) => withField(right, name, value));
  const empty = schema.minProperties === undefined ? [] : [fc.constant({})];
  return fc
    .oneof(whole, unknown, wrongField, ...missing, ...empty)
    .filter((body) => mismatch(schema, JSON.parse(JSON.stringify(body ?? null)) as unknown) !== null);
}

/** Also for "__proto__", which an object literal would swallow. */
function withField(object: Record<string, unknown>, name: string, value: unknown): Record<string, unknown> {
  const copy = { ...object };
  Object.defineProperty(copy, name, { value, enumerable: true, configurable: true, writable: true });
  return copy;
}

const WRONG_VALUES = [
  "",
  "   ",
  "\u200b",
  "a\u0000b",
  "\ud800",
  "x".repeat(10_001),
  7,
  1.5,
  true,
  [],
  {},
  { $ne: 1 },
  ["a"],
  "@",
  "a@b",
  "+1",
];
