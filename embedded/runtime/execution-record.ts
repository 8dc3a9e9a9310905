/** What the log stream is told of an execution. */
import { displayPath } from "./path";
import type { PoolResult } from "./function-pool";
import type { ExecutionRecord, Failure, Identity, ModuleEnvironment, RunRequest, UdfType } from "./types";

/** Takes a function, so that a record is made only when somebody listens. */
export type ExecutionListener = (record: () => ExecutionRecord) => void;

type RunDescription = {
  request: RunRequest;
  udfType: UdfType;
  executionId: string;
  result: PoolResult;
  totalMs: number;
  /** The failure to report where it is not the run's own (a conflict at commit). */
  failure?: Failure;
  occ?: ExecutionRecord["occ"];
  willRetry?: boolean;
};

/** Record of one attempt of a query or mutation. */
export function executionRecord(run: RunDescription): ExecutionRecord {
  const result = run.result.type === "result" ? run.result.result : null;
  const failure = run.failure ?? (run.result.type === "died" ? run.result.failure : ownFailure(run.result));
  return {
    ...emptyRecord(run.request, run.udfType, run.executionId, "isolate"),
    logLines: result?.logLines ?? [],
    executionTimeMs: result?.executionMs ?? run.totalMs,
    userExecutionTimeMs: result?.userMs ?? run.totalMs,
    error: failure === null ? null : failure.message.trimEnd(),
    returnBytes: result?.settled.ok ? result.settled.value.length : null,
    databaseReadBytes: result?.usage?.bytesRead ?? 0,
    databaseWriteBytes: result?.usage?.bytesWritten ?? 0,
    databaseReadDocuments: result?.usage?.documentsRead ?? 0,
    databaseWriteDocuments: result?.usage?.documentsWritten ?? 0,
    occ: run.occ ?? null,
    willRetry: run.willRetry ?? false,
  };
}

function ownFailure({ result }: Extract<PoolResult, { type: "result" }>): Failure | null {
  return result.settled.ok ? null : result.settled.failure;
}

/** A record with what is known before the run. */
export function emptyRecord(
  request: Pick<RunRequest, "path" | "component" | "caller" | "parentExecutionId" | "requestId" | "identity">,
  udfType: ExecutionRecord["udfType"],
  executionId: string,
  environment: ModuleEnvironment,
): ExecutionRecord {
  return {
    kind: "Completion",
    udfType,
    identifier: udfType === "HttpAction" ? request.path : displayPath(request.path),
    component: request.component,
    logLines: [],
    timestamp: Date.now(),
    cachedResult: false,
    caller: request.caller,
    parentExecutionId: request.parentExecutionId ?? null,
    requestId: request.requestId,
    executionId,
    executionTimeMs: 0,
    userExecutionTimeMs: 0,
    error: null,
    httpStatus: null,
    returnBytes: null,
    databaseReadBytes: 0,
    databaseWriteBytes: 0,
    databaseReadDocuments: 0,
    databaseWriteDocuments: 0,
    occ: null,
    willRetry: false,
    identityType: identityType(request.identity),
    environment,
  };
}

function identityType(identity: Identity): ExecutionRecord["identityType"] {
  if (identity.kind === "none") return "unknown";
  if (identity.kind === "user") return "user";
  return identity.actingAs === undefined ? "instance_admin" : "member_acting_user";
}
