/**
 * A push in its steps: start (evaluate the code, prepare the schema), wait (indexes built, stored documents
 * checked), finish (switch code and schema in one commit). What is deployed serves on until the last step, and a push
 * that fails anywhere before changes nothing. At most one push is prepared at a time: a newer one takes its place.
 */
import { randomUUID } from "node:crypto";
import type { Catalog } from "../engine/catalog";
import type { Committer, CommitResult, IndexDiff } from "../engine/committer";
import { isWithin } from "../runtime/component-path";
import { applyCrons, type CronDiff } from "../runtime/cron-rows";
import type { Functions } from "../runtime/functions";
import type { FileRemoval } from "../scheduler/file-removal";
import type { JSONObject } from "../storage/types";
import type { CodeStore } from "./code-store";
import { asDeployError, DeployError } from "./deploy-error";
import {
  codeHashes,
  codeVersion,
  readDeployedCode,
  writeDeployedCode,
  type DeployedCode,
} from "./deployed-code";
import { componentStates, removeComponent } from "./deployed-components";
import type { EnvironmentStore } from "./environment-store";
import { evaluatePush, type EvaluatedPush } from "./push-analysis";
import { schemaPredictions } from "./schema-predictions";
import type { FinishPushRequest, StartPushRequest, WaitForSchemaRequest } from "./push-request";
import { storedFileKeys } from "./snapshots/stored-files";
import { EMPTY_FINISH, finishPushResponse, schemaChange, startPushResponse } from "./push-response";

const ROOT = "";
/** Attempts to commit the switch while other commits touch what it read (env vars, the code rows). */
const COMMIT_ATTEMPTS = 8;

type PreparedPush = EvaluatedPush & {
  /** Only asked whether stored documents fit. */
  isDryRun: boolean;
  id: string;
  diffs: Map<string, IndexDiff>;
};

export type PushesOptions = {
  committer: Committer;
  functions: Functions;
  codeStore: CodeStore;
  environment: EnvironmentStore;
  fileRemoval: Pick<FileRemoval, "removeUnowned">;
  /** Folder of the built system functions. */
  systemDir: string;
  /** Called when code serves, also after a start: everything computed by the old one is void. */
  onDeployed: (code: DeployedCode) => void;
};

export class Pushes {
  readonly #o: PushesOptions;
  #prepared: PreparedPush | null = null;
  #deployed: DeployedCode | null;
  /** Steps that change something run one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: PushesOptions) {
    this.#o = options;
    this.#deployed = options.committer.read(readDeployedCode);
  }

  get deployed(): DeployedCode | null {
    return this.#deployed;
  }

  /** What is deployed, as it was pushed. */
  async sources(): Promise<JSONObject[]> {
    const deployed = this.#deployed;
    if (deployed === null) return [];
    return Promise.all(
      deployed.modules.map(async ({ path, environment }) => ({
        path,
        environment,
        ...(await this.#o.codeStore.readModule(deployed.hash, path)),
      })),
    );
  }

  /** Serves what was deployed before the last stop; on a fresh deployment, the system functions alone. */
  async restore(): Promise<void> {
    const { codeStore, environment, functions, onDeployed, systemDir } = this.#o;
    const code = this.#deployed ?? { ...NOTHING_DEPLOYED, hash: (await codeStore.write([])).hash };
    await codeStore.prune(codeHashes(code));
    await functions.setCode(codeVersion(code, codeStore.dirOf, systemDir), environment.all());
    onDeployed(code);
  }

  /** start_push: evaluates and, unless only asked what would be, prepares. */
  start(request: StartPushRequest): Promise<JSONObject> {
    return this.#inTurn(async () => {
      const env = this.#o.environment.all();
      const push = await evaluatePush(request, env, { ...this.#o, deployed: this.#deployed });
      if (request.forCodegen) {
        return startPushResponse(push, env, schemaChange(null, this.#evaluateSchemas(push)));
      }
      const id = randomUUID();
      if (request.dryRun) {
        const diffs = this.#evaluateSchemas(push);
        const schemas = documentChecks(push.schemas, this.#o.committer.catalog);
        this.#prepared = { ...push, id, diffs: await this.#prepareSchemas({ schemas }), isDryRun: true };
        return startPushResponse(push, env, schemaChange(id, diffs));
      }
      const diffs = await this.#prepareSchemas(push);
      this.#prepared = { ...push, id, diffs, isDryRun: false };
      return startPushResponse(push, env, schemaChange(id, diffs));
    });
  }

  /** evaluate_push: what start_push would change in the schema; nothing is kept. */
  async evaluate(request: StartPushRequest): Promise<JSONObject> {
    const env = this.#o.environment.all();
    const push = await evaluatePush(request, env, { ...this.#o, deployed: this.#deployed });
    return { schemaChange: schemaChange(null, this.#evaluateSchemas(push)) };
  }

  /** wait_for_schema: answers when the prepared schema is ready or refused, or at the deadline. */
  async wait(request: WaitForSchemaRequest): Promise<JSONObject> {
    const id = request.schemaChange.schemaIds[ROOT] ?? null;
    if (id === null) return { type: "complete" };
    const deadline = Date.now() + request.timeoutMs;
    const components: JSONObject = {};
    for (const path of this.#prepared?.diffs.keys() ?? []) {
      const status = await this.#o.committer.waitForSchema(path, Math.max(0, deadline - Date.now()));
      if (status.type === "failed" && this.#prepared?.id === id) {
        await this.#drop(id);
        return { type: "failed", error: status.error, componentPath: path, tableName: status.tableName };
      }
      if (status.type !== "inProgress") continue;
      const { schemaValidationComplete, indexesComplete, indexesTotal } = status;
      components[path] = { schemaValidationComplete, indexesComplete, indexesTotal };
    }
    // Another push may have taken this one's place meanwhile.
    if (this.#prepared?.id !== id) return { type: "raceDetected" };
    if (Object.keys(components).length > 0) return { type: "inProgress", components };
    if (this.#prepared.isDryRun) await this.#drop(id);
    return { type: "complete" };
  }

  /** finish_push: schema and code go live in one commit. */
  finish(request: FinishPushRequest): Promise<JSONObject> {
    if (request.dryRun) return Promise.resolve(EMPTY_FINISH);
    return this.#inTurn(async () => {
      const push = this.#prepared;
      if (push === null || push.isDryRun || push.id !== request.startPush.schemaChange.schemaIds[ROOT]) {
        throw new DeployError("RaceDetected", "Schema was overwritten by another push.");
      }
      const env = this.#o.environment.all();
      if (!sameVariables(env, request.startPush.environmentVariables)) {
        throw new DeployError("RaceDetected", "Environment variables have changed during push");
      }
      checkRequiredVariables(push, env);
      const { functions, environment, codeStore, systemDir } = this.#o;
      // Before the commit: code whose workers cannot start never becomes the deployed one.
      const workers = await functions.prepareCode(codeVersion(push.code, codeStore.dirOf, systemDir), env);
      const states = this.#o.committer.read(componentStates);
      let crons: Map<string, CronDiff>;
      try {
        crons = await this.#activate(push);
      } catch (error) {
        workers.discard();
        throw error;
      }
      workers.use();
      const before = this.#deployed;
      this.#deployed = push.code;
      this.#prepared = null;
      // A change that came while the workers started has reached the old ones only.
      functions.setEnv(environment.all());
      this.#o.onDeployed(push.code);
      await codeStore.prune(codeHashes(push.code));
      const { diffs } = push;
      return finishPushResponse(before, push.code, { states, diffs, crons });
    });
  }

  /** What start_push would have to do for the schemas; nothing is kept. */
  async evaluateSchemas(request: StartPushRequest): Promise<JSONObject> {
    const push = await evaluatePush(request, this.#o.environment.all(), {
      ...this.#o,
      deployed: this.#deployed,
    });
    const { committer } = this.#o;
    return schemaPredictions(push, this.#evaluateSchemas(push), committer, committer.read(componentStates));
  }

  /** Deletes an unmounted component with all that it holds, and those below it. Throws DeployError. */
  deleteComponent(component: string): Promise<void> {
    return this.#inTurn(async () => {
      const { committer } = this.#o;
      const states = committer.read(componentStates);
      const paths = [...states.keys()].filter((path) => isWithin(path, component));
      if (!states.has(component)) {
        throw new DeployError("ComponentNotFound", `Component with ID ${component} not found`, 404);
      }
      if (paths.some((path) => states.get(path) === "active")) {
        throw new DeployError("ComponentMustBeUnmounted", "Component must be unmounted before deletion");
      }
      for (const path of paths) {
        const files = await storedFileKeys(committer, path);
        await this.#untilCommitted(() => {
          const { outcome } = committer.prepare((tx) => removeComponent(tx, path));
          return committer.deleteComponent(path, outcome);
        });
        this.#o.fileRemoval.removeUnowned(files);
      }
    });
  }

  /** Forgets a prepared push that came to nothing, with the indexes that were built for it. */
  #drop(id: string): Promise<void> {
    return this.#inTurn(async () => {
      const push = this.#prepared;
      if (push?.id !== id) return;
      this.#prepared = null;
      await this.#abandon(push.diffs.keys());
    });
  }

  async #abandon(components: Iterable<string>): Promise<void> {
    for (const path of components) await this.#o.committer.abandonSchema(path);
  }

  /** What the push would change; of components that are not there yet, everything. */
  #evaluateSchemas({ schemas }: EvaluatedPush): Map<string, IndexDiff> {
    try {
      return new Map(
        [...schemas].map(([path, schema]) => [path, this.#o.committer.evaluateSchema(path, schema)]),
      );
    } catch (error) {
      throw asDeployError(error);
    }
  }

  /** All or none, in place of what an earlier push prepared. */
  async #prepareSchemas({ schemas }: Pick<EvaluatedPush, "schemas">): Promise<Map<string, IndexDiff>> {
    await this.#abandon(this.#prepared?.diffs.keys() ?? []);
    this.#prepared = null;
    const diffs = new Map<string, IndexDiff>();
    try {
      for (const [path, schema] of schemas) {
        diffs.set(path, await this.#o.committer.prepareSchema(path, schema));
      }
      return diffs;
    } catch (error) {
      await this.#abandon(diffs.keys());
      throw asDeployError(error);
    }
  }

  async #activate({ code, schemas, crons }: EvaluatedPush): Promise<Map<string, CronDiff>> {
    const components = [...schemas.keys()];
    let diffs = new Map<string, CronDiff>();
    await this.#untilCommitted(() => {
      const { value, outcome } = this.#o.committer.prepare((tx) => {
        // Those that the push unmounts have no crons left.
        const known = [...componentStates(tx).keys()].filter((path) => !crons.has(path));
        writeDeployedCode(tx, code);
        const all = [...crons, ...known.map((path) => [path, []] as const)];
        return new Map(all.map(([path, specs]) => [path, applyCrons(tx.in(path), specs, Date.now())]));
      });
      diffs = value;
      return refusingBadSchema(() => this.#o.committer.activateSchemas(components, outcome));
    });
    return diffs;
  }

  async #untilCommitted(commit: () => Promise<CommitResult>): Promise<void> {
    for (let attempt = 0; attempt < COMMIT_ATTEMPTS; attempt++) {
      const result = await commit();
      if (result.ok) return;
      await this.#o.committer.waitUntilVisible(result.retryAfter);
    }
    throw new DeployError(
      "ConcurrentPush",
      "Are you running multiple `npx convex dev` processes in the same directory?",
    );
  }

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(step);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

/**
 * Of each schema what is needed to hold stored documents against it: tables that are there, without their indexes. So
 * checking makes neither.
 */
function documentChecks(schemas: EvaluatedPush["schemas"], catalog: Catalog): EvaluatedPush["schemas"] {
  const checks: EvaluatedPush["schemas"] = new Map();
  for (const [component, schema] of schemas) {
    if (schema === null || catalog.tables(component).length === 0) continue;
    const stored = schema.tables.filter(({ tableName }) => catalog.table(component, tableName) !== null);
    const tables = stored.map(({ tableName, documentType }) => ({ tableName, documentType, indexes: [] }));
    checks.set(component, { ...schema, tables });
  }
  return checks;
}

const NOTHING_DEPLOYED: Omit<DeployedCode, "hash"> = {
  udfServerVersion: "",
  functionsDir: "convex/",
  nodeVersion: null,
  httpPrefix: null,
  httpMounts: {},
  modules: [],
  components: [],
  authProviders: [],
};

async function refusingBadSchema<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw asDeployError(error);
  }
}

function sameVariables(a: Record<string, string>, b: Record<string, string>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** Only now: codegen and dry runs want to know what there is, whatever is set. */
function checkRequiredVariables({ definitions }: EvaluatedPush, env: Record<string, string>): void {
  const declared = definitions.get("")?.definition.envVars ?? [];
  const missing = declared.filter(({ name, isOptional }) => !isOptional && env[name] === undefined);
  if (missing.length === 0) return;
  throw new DeployError(
    "MissingEnvironmentVariables",
    `The app declares environment variables that are not set: ${missing.map(({ name }) => name).join(", ")}. ` +
      "Set them with `npx convex env set`.",
  );
}
