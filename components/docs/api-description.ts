/** The parts of our OpenAPI document that the reference page shows. */

export type Schema = {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  format?: string;
  pattern?: string;
  description?: string;
  default?: unknown;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
};

export type Parameter = {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  description?: string;
  schema: Schema;
  example?: string | number;
};

export type Content = { "application/json": { schema: Schema; example?: unknown } };

export type Operation = {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  /** What the key must allow; absent: no key is needed. */
  "x-scope"?: "read" | "write";
  parameters: (Parameter | { $ref: string })[];
  requestBody?: { content: Content };
  responses: Record<string, { description: string; content?: Content }>;
};

export type ApiDescription = {
  info: { description: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Partial<Record<Method, Operation>>>;
  webhooks: Record<string, { post: Operation }>;
  components: {
    schemas: Record<string, Schema>;
    parameters: Record<string, Parameter>;
    headers: Record<string, { description: string; schema: Schema }>;
  };
};

export const METHODS = ["get", "post", "patch"] as const;
export type Method = (typeof METHODS)[number];

/** An operation where it stands, its parameters in full. */
export type Endpoint = Omit<Operation, "parameters"> & {
  method: Method;
  path: string;
  parameters: Parameter[];
};

/** Every operation in the order of the document. */
export function endpointsOf(api: ApiDescription): Endpoint[] {
  return Object.entries(api.paths).flatMap(([path, operations]) =>
    METHODS.flatMap((method) => {
      const operation = operations[method];
      if (operation === undefined) return [];
      return [{ ...operation, method, path, parameters: parametersOf(api, operation) }];
    }),
  );
}

/** The parameters of an operation in full. */
export function parametersOf(api: ApiDescription, { parameters }: Operation): Parameter[] {
  return parameters.map((parameter) => {
    if (!("$ref" in parameter)) return parameter;
    const found = api.components.parameters[nameOf(parameter.$ref)];
    if (found === undefined) throw new Error(`The API description has no ${parameter.$ref}.`);
    return found;
  });
}

/** The schema that a reference leads to, or the schema itself. */
export function schemaOf(api: ApiDescription, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const found = api.components.schemas[nameOf(schema.$ref)];
  if (found === undefined) throw new Error(`The API description has no ${schema.$ref}.`);
  return found;
}

/** "Conversation" of "#/components/schemas/Conversation". */
export function nameOf(ref: string): string {
  return ref.slice(ref.lastIndexOf("/") + 1);
}

/** What a value is, in a few words: "string, 1 to 120 characters". */
export function typeText(schema: Schema): string {
  if (schema.$ref !== undefined) return nameOf(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(", ");
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return [...new Set(choices.map(typeText))].join(" or ");
  if (schema.type === "array") return `list of ${schema.items ? typeText(schema.items) : "anything"}`;
  const type = Array.isArray(schema.type) ? schema.type.join(" or ") : (schema.type ?? "anything");
  return [type, boundsText(schema)].filter((part) => part !== "").join(", ");
}

function boundsText({ minLength, maxLength, minimum, maximum }: Schema): string {
  if (maxLength !== undefined) {
    return minLength === undefined
      ? `at most ${maxLength} characters`
      : `${minLength} to ${maxLength} characters`;
  }
  // Whole numbers are bounded by what JSON can carry; that bound says nothing to a reader.
  const isBounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  return isBounded ? `${minimum ?? 0} to ${maximum}` : "";
}

/** The error codes that an answer's description lists, with what each means. */
export function errorsIn(description: string): { code: string; meaning: string }[] {
  return [...description.matchAll(/^`([A-Z_]+)`: (.+)$/gm)].map(([, code = "", meaning = ""]) => ({
    code,
    meaning,
  }));
}
