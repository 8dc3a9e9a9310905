// TypeScript types from an OpenAPI document: its named schemas, and for each operation what it takes and answers.

const HEADER = `/**
 * What the REST API takes and answers, by operation. Written by \`npm run build:api\`: change convex/rest instead.
 * Fields may be added to answers at any time: read those that you know.
 */
`;

export function typesOf(document) {
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) => `${comment(schema)}export type ${name} = ${typeOf(schema)};\n`,
  );
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => operationType(path, method, operation)),
  );
  const webhooks = Object.entries(document.webhooks).map(
    ([name, { post }]) => `${JSON.stringify(name)}: ${typeOf(jsonOf(post.requestBody))};`,
  );
  return [
    HEADER,
    ...schemas,
    `/** By operation id. */\nexport type Operations = {\n${operations.join("\n")}\n};\n`,
    `/** The body of a webhook, by type of event. */\nexport type WebhookEvents = {\n${webhooks.join("\n")}\n};\n`,
  ].join("\n");
}

const jsonOf = ({ content }) => content["application/json"].schema;

function operationType(path, method, { operationId, summary, parameters, requestBody, responses }) {
  const [, success] = Object.entries(responses).find(([status]) => status.startsWith("2"));
  return [
    `/** ${summary}. */`,
    `${operationId}: {`,
    `method: ${JSON.stringify(method.toUpperCase())};`,
    `path: ${JSON.stringify(path)};`,
    `params: ${parametersType(parameters, "path")};`,
    `query: ${parametersType(parameters, "query")};`,
    `body: ${requestBody === undefined ? "undefined" : typeOf(jsonOf(requestBody))};`,
    `answer: ${typeOf(jsonOf(success))};`,
    `};`,
  ].join("\n");
}

function parametersType(parameters, place) {
  const fields = parameters.filter((parameter) => parameter.in === place);
  if (fields.length === 0) return "undefined";
  const lines = fields.map(
    ({ name, required, description, schema }) =>
      `${comment({ description })}${name}${required ? "" : "?"}: ${typeOf(schema)};`,
  );
  return `{\n${lines.join("\n")}\n}`;
}

const comment = ({ description }) => (description === undefined ? "" : `/** ${description} */\n`);

const SCALARS = { string: "string", integer: "number", number: "number", boolean: "boolean", null: "null" };

/** Only what the document uses: anything else stops the build. */
function typeOf(schema) {
  if (schema.$ref !== undefined) return schema.$ref.split("/").at(-1);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const union = schema.anyOf ?? schema.oneOf;
  if (union !== undefined) return union.map(typeOf).join(" | ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(" | ");
  if (schema.type === "array") return `(${typeOf(schema.items)})[]`;
  if (schema.type === "object") return objectType(schema);
  const scalar = SCALARS[schema.type];
  if (scalar === undefined) throw new Error(`No type for the schema ${JSON.stringify(schema)}`);
  return scalar;
}

function objectType({ properties = {}, required = [], additionalProperties }) {
  const lines = Object.entries(properties).map(
    ([name, schema]) => `${comment(schema)}${name}${required.includes(name) ? "" : "?"}: ${typeOf(schema)};`,
  );
  if (additionalProperties !== false && additionalProperties !== undefined)
    lines.push("[name: string]: unknown;");
  if (lines.length === 0) return "Record<string, never>";
  return `{\n${lines.join("\n")}\n}`;
}
