/** Function executions as lines for a person's terminal. */
import type { ExecutionRecord, LogLine } from "../runtime/types";
import { withoutArguments } from "./logged-error";

/**
 * One line per execution (time, type, path, duration, request id), its console lines and its failure indented below:
 *
 *     16:59:00.123 mutation messages:send 4 ms [8d2c41f0a91b3c55]
 *         [LOG] sent
 *         failed: Uncaught Error: …
 */
export function executionText(record: ExecutionRecord): string {
  const lines = record.logLines.map(consoleText);
  if (record.kind === "Progress") {
    // The console of an action while it runs; its own line comes when it ends.
    return [`${clock(record.timestamp)} ${subject(record)} [${record.requestId}]`, ...lines].join("\n");
  }
  const duration = `${Math.ceil(record.executionTimeMs)} ms`;
  const status = record.httpStatus === null ? "" : ` ${record.httpStatus}`;
  const retry = record.willRetry ? " (conflict, running again)" : "";
  const head = `${clock(record.timestamp)} ${subject(record)}${status} ${duration} [${record.requestId}]${retry}`;
  const failure =
    record.error === null || record.willRetry ? [] : [indented(`failed: ${withoutArguments(record.error)}`)];
  return [head, ...lines, ...failure].join("\n");
}

function subject({ udfType, identifier }: ExecutionRecord): string {
  return `${udfType === "HttpAction" ? "http" : udfType.toLowerCase()} ${identifier}`;
}

function consoleText({ level, messages, isTruncated }: LogLine): string {
  const truncated = isTruncated ? " (truncated due to length)" : "";
  return indented(`[${level}] ${messages.join(" ")}${truncated}`);
}

/** Control characters are made visible, so that what functions print cannot drive the terminal. */
function indented(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `    ${line.replace(CONTROL_CHARACTERS, visible)}`)
    .join("\n");
}

const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

function visible(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

/** Local time of day. */
function clock(timestampMs: number): string {
  const date = new Date(timestampMs);
  const pad = (value: number, width = 2) => String(value).padStart(width, "0");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => pad(part)).join(":");
  return `${time}.${pad(date.getMilliseconds(), 3)}`;
}
