/** The routes by which the CLI pushes code, sets variables and follows logs. */
import type { Committer } from "../engine/committer";
import { ApiError, empty, json, type ApiRequest, type ApiResponse, type Route } from "../http/api";
import type { JSONObject, JSONValue } from "../storage/types";
import type { ExecutionRecord } from "../runtime/types";
import { adminRoute, parsedBody } from "./admin-route";
import type { EnvironmentStore } from "./environment-store";
import { executionEntry } from "./execution-entry";
import type { ExecutionLog } from "./execution-log";
import {
  parseDeleteComponent,
  parseEnvironmentChanges,
  parseFinishPush,
  parseStartPush,
  parseWaitForSchema,
} from "./push-request";
import type { Pushes } from "./pushes";
import { jobRoutes } from "./job-routes";
import { stateRoutes, type StateRoutesOptions } from "./state-routes";
import { tableRoutes } from "./table-routes";

const MAX_PUSH_BYTES = 200_000_000;

export type DeployRoutesOptions = StateRoutesOptions & {
  committer: Committer;
  pushes: Pushes;
  environment: EnvironmentStore;
  log: ExecutionLog<ExecutionRecord>;
  /** Called with all variables after a change is durable. */
  onEnvironmentChanged: (variables: Record<string, string>) => void;
};

export function deployRoutes(options: DeployRoutesOptions): Route[] {
  return [
    ...pushRoutes(options),
    ...environmentRoutes(options),
    ...informationRoutes(options),
    ...stateRoutes(options),
    ...tableRoutes(options.committer),
    componentRoute(options.pushes),
    ...jobRoutes(options.committer),
  ];
}

function componentRoute(pushes: Pushes): Route {
  return adminRoute("POST", "/api/delete_component", async (request) => {
    await pushes.deleteComponent(await parsedBody(request, parseDeleteComponent));
    return empty();
  });
}

function pushRoutes({ pushes }: DeployRoutesOptions): Route[] {
  const push = <T>(
    path: string,
    parse: (body: unknown) => T,
    step: (body: T) => Promise<JSONValue>,
  ): Route => ({
    method: "POST",
    path,
    admin: "body",
    maxBody: MAX_PUSH_BYTES,
    compressed: true,
    handle: async (request) => json(await step(await parsedBody(request, parse))),
  });
  return [
    push("/api/deploy2/start_push", parseStartPush, (body) => pushes.start(body)),
    push("/api/deploy2/evaluate_push", parseStartPush, (body) => pushes.evaluate(body)),
    push("/api/deploy2/evaluate_schema", parseStartPush, (body) => pushes.evaluateSchemas(body)),
    push("/api/deploy2/wait_for_schema", parseWaitForSchema, (body) => pushes.wait(body)),
    push("/api/deploy2/finish_push", parseFinishPush, (body) => pushes.finish(body)),
    push(
      "/api/deploy2/report_push_completed",
      (body) => body,
      () => Promise.resolve(null),
    ),
    push(
      "/api/get_config_hashes",
      (body) => body,
      () => Promise.resolve(configHashes(pushes)),
    ),
    push(
      "/api/get_config",
      (body) => body,
      () => config(pushes),
    ),
  ];
}

/** Lets the CLI leave unchanged modules out of the next push. */
function configHashes(pushes: Pushes): JSONObject {
  const deployed = pushes.deployed;
  const modules = deployed?.modules ?? [];
  const nodeVersion = deployed?.nodeVersion ?? null;
  return {
    config: { functions: deployed?.functionsDir ?? "convex/" },
    moduleHashes: modules.map(({ path, sha256, environment }) => ({ path, hash: sha256, environment })),
    nodeDependencies: [],
    udfServerVersion: deployed?.udfServerVersion ?? null,
    ...(nodeVersion === null ? {} : { nodeVersion }),
  };
}

/** As `configHashes`, with the sources. */
async function config(pushes: Pushes): Promise<JSONObject> {
  const { moduleHashes: _hashes, ...rest } = configHashes(pushes);
  return { ...rest, modules: await pushes.sources() };
}

function environmentRoutes({ environment, onEnvironmentChanged }: DeployRoutesOptions): Route[] {
  const update = async (request: ApiRequest): Promise<ApiResponse> => {
    onEnvironmentChanged(await environment.update(await parsedBody(request, parseEnvironmentChanges)));
    return empty();
  };
  const list = () => Promise.resolve(json({ environmentVariables: environment.all() }));
  return ["/api", "/api/v1"].flatMap((prefix) => [
    adminRoute("POST", `${prefix}/update_environment_variables`, update),
    adminRoute("GET", `${prefix}/list_environment_variables`, list),
  ]);
}

function informationRoutes({ log }: DeployRoutesOptions): Route[] {
  const answer = (value: JSONValue) => () => Promise.resolve(json(value));
  const poll = async (request: ApiRequest) => {
    const { entries, newCursor } = await log.poll(parseCursor(request.url), request.signal);
    return { entries: entries.map(executionEntry), newCursor };
  };
  return [
    adminRoute("GET", "/api/check_admin_key", answer({ success: true, allowedOps: [], isReadOnly: false })),
    adminRoute("GET", "/api/v1/deployment_info", answer({ kind: "selfHosted" })),
    adminRoute("GET", "/api/stream_function_logs", async (request) => json(await poll(request))),
    adminRoute("GET", "/api/stream_udf_execution", async (request) => {
      const { entries, newCursor } = await poll(request);
      return json({ entries: entries.filter((entry) => entry["kind"] === "Completion"), newCursor });
    }),
  ];
}

function parseCursor(url: URL): number {
  const cursor = Number(url.searchParams.get("cursor") ?? "0");
  if (!Number.isFinite(cursor) || cursor < 0)
    throw new ApiError(400, "BadQueryArgs", "cursor must be a number");
  return cursor;
}
