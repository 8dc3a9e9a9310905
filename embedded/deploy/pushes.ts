/**
 * A push in its steps: start (evaluate the code, prepare the schema), wait (indexes built, stored documents
 * checked), finish (switch code and schema in one commit). What is deployed serves on until the last step, and a push
 * that fails anywhere before changes nothing. At most one push is prepared at a time: a newer one takes its place.
 */
import { randomUUID } from "node:crypto";
import type { Committer, IndexDiff } from "../engine/committer";
import { applyCrons, type CronDiff } from "../runtime/cron-rows";
import type { Functions } from "../runtime/functions";
import type { JSONObject, SchemaJson } from "../storage/types";
import type { CodeStore } from "./code-store";
import { asDeployError, DeployError } from "./deploy-error";
import { codeVersion, readDeployedCode, writeDeployedCode, type DeployedCode } from "./deployed-code";
import type { EnvironmentStore } from "./environment-store";
import { evaluatePush, type EvaluatedPush } from "./push-analysis";
import type { FinishPushRequest, StartPushRequest, WaitForSchemaRequest } from "./push-request";
import { EMPTY_FINISH, finishPushResponse, schemaChange, startPushResponse } from "./push-response";

const ROOT = "";
/** Attempts to commit the switch while other commits touch what it read (env vars, the code rows). */
const COMMIT_ATTEMPTS = 8;

type PreparedPush = EvaluatedPush & { id: string; diff: IndexDiff };

export type PushesOptions = {
  committer: Committer;
  functions: Functions;
  codeStore: CodeStore;
  environment: EnvironmentStore;
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

  /** Serves what was deployed before the last stop; on a fresh deployment, the system functions alone. */
  async restore(): Promise<void> {
    const { codeStore, environment, functions, onDeployed, systemDir } = this.#o;
    const code = this.#deployed ?? { ...NOTHING_DEPLOYED, hash: (await codeStore.write([])).hash };
    await codeStore.prune(new Set([code.hash]));
    await functions.setCode(codeVersion(code, codeStore.dirOf(code.hash), systemDir), environment.all());
    onDeployed(code);
  }

  /** start_push: evaluates and, unless only asked what would be, prepares. */
  start(request: StartPushRequest): Promise<JSONObject> {
    return this.#inTurn(async () => {
      const env = this.#o.environment.all();
      const push = await evaluatePush(request, env, { ...this.#o, deployed: this.#deployed });
      if (request.dryRun || request.forCodegen) {
        return startPushResponse(push, env, schemaChange(null, this.#evaluateSchema(push.schema)));
      }
      const diff = await refusingBadSchema(() => this.#o.committer.prepareSchema(ROOT, push.schema));
      this.#prepared = { ...push, id: randomUUID(), diff };
      return startPushResponse(push, env, schemaChange(this.#prepared.id, diff));
    });
  }

  /** evaluate_push: what start_push would change in the schema; nothing is kept. */
  async evaluate(request: StartPushRequest): Promise<JSONObject> {
    const env = this.#o.environment.all();
    const push = await evaluatePush(request, env, { ...this.#o, deployed: this.#deployed });
    return { schemaChange: schemaChange(null, this.#evaluateSchema(push.schema)) };
  }

  /** wait_for_schema: answers when the prepared schema is ready or refused, or at the deadline. */
  async wait(request: WaitForSchemaRequest): Promise<JSONObject> {
    const id = request.schemaChange.schemaIds[ROOT] ?? null;
    if (request.dryRun || id === null) return { type: "complete" };
    if (this.#prepared?.id !== id) return { type: "raceDetected" };
    const status = await this.#o.committer.waitForSchema(ROOT, request.timeoutMs);
    // Another push may have taken this one's place meanwhile.
    if (this.#prepared?.id !== id) return { type: "raceDetected" };
    switch (status.type) {
      case "none":
        return { type: "raceDetected" };
      case "complete":
        return { type: "complete" };
      case "failed":
        await this.#drop(id);
        return { type: "failed", error: status.error, componentPath: ROOT, tableName: status.tableName };
      case "inProgress": {
        const { schemaValidationComplete, indexesComplete, indexesTotal } = status;
        return {
          type: "inProgress",
          components: { [ROOT]: { schemaValidationComplete, indexesComplete, indexesTotal } },
        };
      }
    }
  }

  /** finish_push: schema and code go live in one commit. */
  finish(request: FinishPushRequest): Promise<JSONObject> {
    if (request.dryRun) return Promise.resolve(EMPTY_FINISH);
    return this.#inTurn(async () => {
      const push = this.#prepared;
      if (push === null || push.id !== request.startPush.schemaChange.schemaIds[ROOT]) {
        throw new DeployError("RaceDetected", "Schema was overwritten by another push.");
      }
      const env = this.#o.environment.all();
      if (!sameVariables(env, request.startPush.environmentVariables)) {
        throw new DeployError("RaceDetected", "Environment variables have changed during push");
      }
      const { functions, environment, codeStore, systemDir } = this.#o;
      // Before the commit: code whose workers cannot start never becomes the deployed one.
      const workers = await functions.prepareCode(codeVersion(push.code, push.dir, systemDir), env);
      let cronDiff: CronDiff;
      try {
        cronDiff = await this.#activate(push);
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
      await codeStore.prune(new Set([push.code.hash]));
      return finishPushResponse(before, push.code, push.diff, cronDiff);
    });
  }

  /** Forgets a prepared push that came to nothing, with the indexes that were built for it. */
  #drop(id: string): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#prepared?.id !== id) return;
      this.#prepared = null;
      await this.#o.committer.abandonSchema(ROOT);
    });
  }

  #evaluateSchema(schema: SchemaJson | null): IndexDiff {
    try {
      return this.#o.committer.evaluateSchema(ROOT, schema);
    } catch (error) {
      throw asDeployError(error);
    }
  }

  async #activate({ code, crons }: EvaluatedPush): Promise<CronDiff> {
    for (let attempt = 0; attempt < COMMIT_ATTEMPTS; attempt++) {
      const { value: cronDiff, outcome } = this.#o.committer.prepare((tx) => {
        writeDeployedCode(tx, code);
        return applyCrons(tx, crons, Date.now());
      });
      const result = await refusingBadSchema(() => this.#o.committer.activateSchema(ROOT, outcome));
      if (result.ok) return cronDiff;
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

const NOTHING_DEPLOYED: Omit<DeployedCode, "hash"> = {
  udfServerVersion: "",
  functionsDir: "convex/",
  nodeVersion: null,
  modules: [],
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
