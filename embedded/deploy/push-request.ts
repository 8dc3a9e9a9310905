/**
 * The bodies that the official CLI sends when it pushes, parsed. Shapes are those of the pinned `convex`
 * package; unknown fields are let through, since a newer CLI may add some.
 */
import * as z from "zod";

const moduleEnvironment = z.enum(["isolate", "node"]);

const moduleConfig = z.object({
  path: z.string(),
  source: z.string(),
  sourceMap: z.string().optional(),
  environment: moduleEnvironment,
});
export type ModuleConfig = z.infer<typeof moduleConfig>;

/** A component as the app or another component uses it; always sent whole. */
const componentDefinition = z.object({
  /** Where its folder lies, seen from the functions folder. */
  definitionPath: z.string().min(1),
  definition: moduleConfig,
  /** Paths of the definitions that it uses. */
  dependencies: z.array(z.string()),
  schema: moduleConfig.nullable(),
  functions: z.array(moduleConfig),
  udfServerVersion: z.string(),
});
export type ComponentDefinitionRequest = z.infer<typeof componentDefinition>;

const moduleHash = z.object({ path: z.string(), environment: moduleEnvironment, sha256: z.string() });

const startPushRequest = z.object({
  dryRun: z.boolean().default(false),
  forCodegen: z.boolean().default(false),
  /** The functions folder as convex.json names it, e.g. "convex/". */
  functions: z.string(),
  appDefinition: z.object({
    definition: moduleConfig.nullable(),
    dependencies: z.array(z.string()),
    schema: moduleConfig.nullable(),
    changedModules: z.array(moduleConfig),
    unchangedModuleHashes: z.array(moduleHash),
    udfServerVersion: z.string(),
  }),
  componentDefinitions: z.array(componentDefinition),
  nodeDependencies: z.array(z.object({ name: z.string(), version: z.string() })),
  nodeVersion: z.string().optional(),
});
export type StartPushRequest = z.infer<typeof startPushRequest>;

/** What start_push answered comes back whole; only the part that names the prepared push is ours to read. */
const echoedSchemaChange = z.object({ schemaIds: z.record(z.string(), z.string().nullable()) });

const waitForSchemaRequest = z.object({
  schemaChange: echoedSchemaChange,
  timeoutMs: z.number().min(0).max(60_000).default(10_000),
});
export type WaitForSchemaRequest = z.infer<typeof waitForSchemaRequest>;

const finishPushRequest = z.object({
  startPush: z.object({
    schemaChange: echoedSchemaChange,
    environmentVariables: z.record(z.string(), z.string()),
  }),
  dryRun: z.boolean().default(false),
});
export type FinishPushRequest = z.infer<typeof finishPushRequest>;

const updateEnvironmentRequest = z.object({
  changes: z.array(z.object({ name: z.string(), value: z.string().nullish() })),
});
export type EnvironmentChange = { name: string; value: string | null };

export const parseStartPush = (body: unknown): StartPushRequest => startPushRequest.parse(body);
export const parseWaitForSchema = (body: unknown): WaitForSchemaRequest => waitForSchemaRequest.parse(body);
export const parseFinishPush = (body: unknown): FinishPushRequest => finishPushRequest.parse(body);
export function parseEnvironmentChanges(body: unknown): EnvironmentChange[] {
  return updateEnvironmentRequest
    .parse(body)
    .changes.map(({ name, value }) => ({ name, value: value ?? null }));
}

const deleteComponentRequest = z.object({ componentId: z.string().min(1) });

/** Path of the component; the app itself cannot be deleted. */
export function parseDeleteComponent(body: unknown): string {
  return deleteComponentRequest.parse(body).componentId;
}
