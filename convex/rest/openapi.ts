/** The OpenAPI document, made from the operations. */
import { z } from "zod";
import { API_LIMIT_DEFAULT, API_LIMIT_MAX, EVENT_DAYS, IDEMPOTENCY_KEY_MAX } from "../../lib/limits";
import { API_RATE_READ, API_RATE_STRANGER, API_RATE_WRITE } from "../../lib/limits";
import { API_ERRORS, PROBLEM_CODES } from "./errors";
import type { ApiErrorCode } from "./errors";
import * as example from "./examples";
import { errorsOf, takesIdempotencyKey } from "./operation";
import type { Operation } from "./operation";
import { operations } from "./operations";
import { HEADERS, LIMIT_HEADERS } from "./responseHeaders";
import { EVENT_MEANINGS, EVENT_NAMES, events, pingEvent } from "./shapes/events";
import { WEBHOOK_HEADERS } from "./webhookHeaders";

type Json = Record<string, unknown>;
export type OpenApiDocument = { openapi: string } & Json;

/** Schemas that have a name, as they are met. */
class Components {
  readonly schemas: Record<string, Json> = {};

  /** The JSON Schema of what callers send (`input`) or get (`output`). */
  schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
    const text = JSON.stringify(z.toJSONSchema(schema, { io, reused: "inline" }));
    const inComponents = text.replaceAll('"#/$defs/', '"#/components/schemas/');
    const { $schema: _dialect, $defs, id, ...own } = JSON.parse(inComponents) as Json;
    for (const [name, definition] of Object.entries(($defs ?? {}) as Record<string, Json>))
      this.#keep(name, definition);
    if (typeof id !== "string") return own;
    this.#keep(id, own);
    return { $ref: `#/components/schemas/${id}` };
  }

  #keep(name: string, { id: _id, ...definition }: Json): void {
    this.schemas[name] = definition;
  }
}

const headerRefs = (names: readonly string[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

/** Headers of an operation's answers; what needs no key is not counted. */
const commonHeaders = ({ scope }: Operation) =>
  scope === null ? ["X-Request-Id"] : ["X-Request-Id", ...LIMIT_HEADERS];

function parametersOf(operation: Operation, components: Components): Json[] {
  const { params, query } = operation.example;
  const inPath = parameters("path", operation.params, params, components);
  const inQuery = parameters("query", operation.query, query, components);
  return [...inPath, ...inQuery, ...(takesIdempotencyKey(operation) ? [IDEMPOTENCY_KEY] : [])];
}

const IDEMPOTENCY_KEY = { $ref: "#/components/parameters/IdempotencyKey" };

function parameters(
  place: "path" | "query",
  shape: z.ZodObject | null,
  examples: Record<string, string | number> = {},
  components: Components,
): Json[] {
  if (shape === null) return [];
  const { properties = {}, required = [] } = components.schemaOf(shape, "input") as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, "x-not-with": notWith, ...schema }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    ...(notWith === undefined ? {} : { "x-not-with": notWith }),
    schema,
    ...(name in examples ? { example: examples[name] } : {}),
  }));
}

function responsesOf(operation: Operation, components: Components): Json {
  const headers = commonHeaders(operation);
  const success = {
    description: operation.status === 201 ? "Created." : "Done.",
    headers: headerRefs(takesIdempotencyKey(operation) ? [...headers, "Idempotent-Replayed"] : headers),
    content: {
      "application/json": {
        schema: components.schemaOf(operation.answer, "output"),
        example: operation.example.answer,
      },
    },
  };
  return { [operation.status]: success, ...errorResponses(operation, headers) };
}

function errorResponses(operation: Operation, headers: string[]): Json {
  const byStatus = new Map<number, ApiErrorCode[]>();
  for (const code of errorsOf(operation)) {
    const { status } = API_ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const entries = [...byStatus].map(([status, codes]) => [
    status,
    {
      description: codes.map((code) => `\`${code}\`: ${API_ERRORS[code].meaning}`).join("\n\n"),
      // Who does not reach the API is not counted by it.
      headers: headerRefs(
        status === API_ERRORS.UNAVAILABLE.status
          ? ["X-Request-Id", "Retry-After"]
          : [...headers, ...(EXTRA_HEADERS[status] ?? [])],
      ),
      content: { "application/json": { schema: errorSchema(codes) } },
    },
  ]);
  return Object.fromEntries(entries) as Json;
}

const EXTRA_HEADERS: Partial<Record<number, string[]>> = { 401: ["WWW-Authenticate"], 429: ["Retry-After"] };

const errorSchema = (codes: ApiErrorCode[]): Json => ({
  allOf: [{ $ref: "#/components/schemas/ApiError" }, { properties: { code: { enum: codes } } }],
});

function operationOf(id: string, operation: Operation, components: Components): Json {
  const { tag, summary, description, scope, body, example } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    ...(scope === null ? { security: [] } : { "x-scope": scope }),
    parameters: parametersOf(operation, components),
    ...(body === null
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              "application/json": { schema: components.schemaOf(body, "input"), example: example.body },
            },
          },
        }),
    responses: responsesOf(operation, components),
  };
}

function pathsOf(components: Components): Json {
  const paths: Record<string, Json> = {};
  for (const [id, operation] of Object.entries(operations)) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: operationOf(id, operation, components),
    };
  }
  return paths;
}

/** What endpoints get: each event that they listen to, and tests. */
const WEBHOOKS = [
  ...EVENT_NAMES.map((name) => ({
    name,
    description: EVENT_MEANINGS[name],
    shape: events[name],
    example: example.events[name],
    responses: {
      "2XX": { description: "Taken. Any other status, and no answer in time, is tried again." },
      "4XX": { description: "Tried again, but 410, which disables the endpoint." },
    },
  })),
  {
    name: "ping",
    description: "A test that an operator asked for. It is in no feed.",
    shape: pingEvent,
    example: example.ping,
    responses: {
      "2XX": { description: "Taken." },
      "4XX": { description: "Shown to the operator, and not tried again." },
    },
  },
];

function webhooksOf(components: Components): Json {
  const entries = WEBHOOKS.map(({ name, description, shape, example, responses }) => [
    name,
    {
      post: {
        operationId: `on ${name}`.replace(/[ ._](\w)/g, (_, letter: string) => letter.toUpperCase()),
        tags: ["Events"],
        summary: name,
        description,
        security: [],
        parameters: Object.keys(WEBHOOK_HEADERS).map((header) => ({
          $ref: `#/components/parameters/${header}`,
        })),
        requestBody: {
          required: true,
          content: { "application/json": { schema: components.schemaOf(shape, "output"), example } },
        },
        responses,
      },
    },
  ]);
  return Object.fromEntries(entries) as Json;
}

const WEBHOOK_PARAMETERS = Object.fromEntries(
  Object.entries(WEBHOOK_HEADERS).map(([name, header]) => [
    name,
    { name, in: "header", required: true, ...header },
  ]),
) as Json;

const ERROR_SCHEMA = {
  type: "object",
  description: "Every answer that is not a success.",
  properties: {
    error: { type: "string", description: "What is wrong and what to do, for people." },
    code: { type: "string", description: "What is wrong, for programs.", enum: Object.keys(API_ERRORS) },
    requestId: { type: "string", description: "The same as X-Request-Id." },
    errors: {
      type: "array",
      description: "For VALIDATION: everything that is wrong.",
      items: {
        type: "object",
        properties: {
          pointer: {
            type: "string",
            description:
              "`#/name` for a field of the body, `?name` for a query parameter, else the name of a header.",
          },
          code: { type: "string", enum: PROBLEM_CODES },
          detail: { type: "string" },
        },
        required: ["pointer", "code", "detail"],
        additionalProperties: false,
      },
    },
    retryAfterSeconds: { type: "integer", description: "For RATE_LIMITED: the same as Retry-After." },
  },
  required: ["error", "code", "requestId"],
  additionalProperties: false,
};

const TAGS = [
  { name: "Conversations", description: "What visitors and the team talk about." },
  { name: "Messages", description: "What was said in a conversation." },
  { name: "Leads", description: "People worth following up." },
  { name: "Brands", description: "The brands of the workspace." },
  { name: "Events", description: "Every change, as it happened." },
  { name: "Service", description: "About the API itself." },
];

const DESCRIPTION = `Read and answer conversations, keep leads, and follow every change.

Send a key of /app/integrations with every request: \`Authorization: Bearer ptk_live_…\`. A read key can do what is a GET; a key for one brand sees and does nothing of the others (403), and what is of another workspace does not exist (404).

Lists give ${API_LIMIT_DEFAULT} rows, at most ${API_LIMIT_MAX}, and \`nextCursor\` while \`hasMore\`. Times are Unix milliseconds, but \`occurredAt\` of events, which is ISO 8601. Ids are opaque. Ignore fields that you do not know: more may come.

Every POST takes an \`Idempotency-Key\`: repeated within 24 hours it changes nothing and gets the first answer.

A read key has ${API_RATE_READ} requests a minute, a write key ${API_RATE_WRITE}, an address without a valid key ${API_RATE_STRANGER}. Events are kept for ${EVENT_DAYS} days. A path that is not here answers 404, a method that is not here 405 with \`Allow\`.`;

/** The whole document. Its server is relative, so that it is right wherever it is fetched from. */
function build(): OpenApiDocument {
  const components = new Components();
  const paths = pathsOf(components);
  const webhooks = webhooksOf(components);
  return {
    openapi: "3.1.1",
    info: {
      title: "PraxTalk REST API",
      version: "1.0.0",
      summary: "Conversations, leads and events for programs.",
      description: DESCRIPTION,
    },
    servers: [{ url: "/api/v1", description: "This deployment." }],
    security: [{ key: [] }],
    tags: TAGS,
    paths,
    webhooks,
    components: {
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "An API key: ptk_live_ and 40 hex digits." },
      },
      parameters: {
        IdempotencyKey: {
          name: "Idempotency-Key",
          in: "header",
          required: false,
          description: "Your own name for this request, such as a UUID: within 24 hours it is done once.",
          schema: { type: "string", minLength: 1, maxLength: IDEMPOTENCY_KEY_MAX, pattern: "^[!-~]+$" },
        },
        ...WEBHOOK_PARAMETERS,
      },
      headers: Object.fromEntries(Object.entries(HEADERS).filter(([name]) => name !== "Allow")),
      schemas: { ApiError: ERROR_SCHEMA, ...components.schemas },
    },
  };
}

let built: OpenApiDocument | null = null;

export function openApiDocument(): OpenApiDocument {
  built ??= build();
  return built;
}
