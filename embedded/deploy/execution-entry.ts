/** Executions as clients of the log stream read them. Times there are in seconds. */
import type { ExecutionRecord, LogLine } from "../runtime/types";
import type { JSONObject } from "../storage/types";
import { withoutArguments } from "./logged-error";

export function executionEntry(record: ExecutionRecord): JSONObject {
  const common: JSONObject = {
    kind: record.kind,
    udfType: record.udfType,
    componentPath: record.component === "" ? null : record.component,
    identifier: record.identifier,
    timestamp: record.timestamp / 1000,
    logLines: record.logLines.map(logLine),
    requestId: record.requestId,
    executionId: record.executionId,
  };
  if (record.kind === "Progress") return common;
  const { occ } = record;
  return {
    ...common,
    cachedResult: record.cachedResult,
    caller: record.caller,
    parentExecutionId: record.parentExecutionId,
    executionTime: record.executionTimeMs / 1000,
    userExecutionTime: record.userExecutionTimeMs / 1000,
    success: record.httpStatus === null ? null : { status: String(record.httpStatus) },
    error: record.error === null ? null : withoutArguments(record.error),
    usageStats: usageStats(record),
    returnBytes: record.returnBytes,
    occInfo:
      occ === null
        ? null
        : {
            tableName: occ.table,
            documentId: occ.documentId,
            writeSource: null,
            componentPath: null,
            retryCount: occ.retryCount,
          },
    willRetry: record.willRetry,
    executionTimestamp: record.timestamp / 1000,
    identityType: record.identityType,
    environment: record.environment,
  };
}

function usageStats(record: ExecutionRecord): JSONObject {
  return {
    databaseReadBytes: record.databaseReadBytes,
    databaseWriteBytes: record.databaseWriteBytes,
    databaseReadDocuments: 0,
    storageReadBytes: 0,
    storageWriteBytes: 0,
    vectorIndexReadBytes: 0,
    vectorIndexWriteBytes: 0,
    memoryUsedMb: 0,
  };
}

function logLine({ level, messages, timestamp, isTruncated, udfPath, component }: LogLine): JSONObject {
  return {
    level,
    messages,
    timestamp,
    isTruncated,
    systemMetadata: null,
    ...(udfPath === undefined ? {} : { udfPath }),
    ...(component === undefined || component === "" ? {} : { componentPath: component }),
  };
}
