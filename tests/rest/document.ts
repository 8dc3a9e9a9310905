/** The OpenAPI document as tests use it. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { REPOSITORY } from "../helpers/embedded";

export type Schema = {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  minProperties?: number;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
};
export type Parameter = {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  schema: Schema;
  example?: unknown;
  "x-not-with"?: string;
};
type ResponseObject = {
  headers: Record<string, unknown>;
  content: Record<string, { schema: Schema; example?: unknown }>;
};
export type OperationObject = {
  operationId: string;
  "x-scope"?: "read" | "write";
  parameters: (Parameter | { $ref: string })[];
  requestBody?: { content: Record<string, { schema: Schema; example: unknown }> };
  responses: Record<string, ResponseObject>;
};
export type Document = {
  paths: Record<string, Record<string, OperationObject>>;
  webhooks: Record<string, { post: OperationObject }>;
  components: {
    schemas: Record<string, Schema & { properties: Record<string, Schema> }>;
    parameters: Record<string, Parameter>;
  };
};
export type DocumentedOperation = OperationObject & { method: string; path: string };

export const document = JSON.parse(
  readFileSync(path.join(REPOSITORY, "lib/api/openapi.json"), "utf8"),
) as Document;

export const documentedOperations: DocumentedOperation[] = Object.entries(document.paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
);

export const parametersOf = (operation: OperationObject, place: "path" | "query"): Parameter[] =>
  operation.parameters.filter(
    (parameter): parameter is Parameter => "in" in parameter && parameter.in === place,
  );

/** The parameter itself, where a reference stands for it. */
export function parameterOf(parameter: Parameter | { $ref: string }): Parameter {
  if ("in" in parameter) return parameter;
  const found = document.components.parameters[parameter.$ref.slice("#/components/parameters/".length)];
  if (found === undefined) throw new Error(`The document has no ${parameter.$ref}.`);
  return found;
}

export const bodySchemaOf = (operation: OperationObject): Schema | undefined =>
  operation.requestBody?.content["application/json"]?.schema;

export const documentedErrorCodes = document.components.schemas["ApiError"]?.properties["code"]
  ?.enum as string[];

const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addFormat("date-time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);

/** What is wrong with the value by the schema, which may refer to the document's named ones; null when nothing. */
export function mismatch(schema: Schema, value: unknown): string | null {
  const text = JSON.stringify(schema);
  const validate = compiled.get(text) ?? ajv.compile({ ...schema, components: document.components });
  compiled.set(text, validate);
  return validate(value) ? null : ajv.errorsText(validate.errors);
}
const compiled = new Map<string, ReturnType<typeof ajv.compile>>();
