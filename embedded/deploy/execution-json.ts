/** Function executions as lines for programs that collect logs. */
import type { ExecutionRecord } from "../runtime/types";
import { withoutArguments } from "./logged-error";

/** One line of JSON; times in ms. `requestId` is that of the answer's header and of ctx.meta. */
export function executionJson(record: ExecutionRecord): string {
  const { timestamp, error, logLines, identifier, udfType, requestId, executionId, component, occ } = record;
  return JSON.stringify({
    time: new Date(timestamp).toISOString(),
    level: error === null || record.willRetry ? "info" : "error",
    event: record.kind === "Progress" ? "console" : "execution",
    type: udfType,
    function: identifier,
    ...(component === "" ? {} : { component }),
    requestId,
    executionId,
    ...(record.parentExecutionId === null ? {} : { parentExecutionId: record.parentExecutionId }),
    caller: record.caller,
    ...(record.kind === "Progress" ? {} : completion(record)),
    ...(occ === null ? {} : { conflict: { ...occ, willRetry: record.willRetry } }),
    ...(error === null ? {} : { error: withoutArguments(error) }),
    ...(logLines.length === 0
      ? {}
      : { lines: logLines.map(({ level, messages }) => ({ level, text: messages.join(" ") })) }),
  });
}

function completion(record: ExecutionRecord) {
  const { executionTimeMs, httpStatus } = record;
  return {
    ms: Math.round(executionTimeMs * 100) / 100,
    ...(httpStatus === null ? {} : { status: httpStatus }),
    documentsRead: record.databaseReadDocuments,
    documentsWritten: record.databaseWriteDocuments,
    bytesRead: record.databaseReadBytes,
    bytesWritten: record.databaseWriteBytes,
  };
}

/** A failure of the deployment itself, in the same form. */
export function errorJson(error: unknown, now: number): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return JSON.stringify({ time: new Date(now).toISOString(), level: "error", event: "failure", error: text });
}
