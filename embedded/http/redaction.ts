/** The one place that decides how much of a failure or a log a client sees. */
import type { Failure, LogLine } from "../runtime/types";
import type { JSONValue } from "../storage/types";

export type ClientFailure = { errorMessage: string; errorData?: JSONValue };

/** Longer error texts are cut, in characters. */
const MAX_MESSAGE = 64 * 1024;

/** What a client is told of a failed function. The data of a ConvexError is always its to see. */
export function clientFailure(
  failure: Extract<Failure, { kind: "function" }>,
  requestId: string,
  redact: boolean,
): ClientFailure {
  const head = `[Request ID: ${requestId}] Server Error`;
  const errorMessage = redact
    ? head
    : `${head}\n${withoutFinalNewlines(failure.message.slice(0, MAX_MESSAGE))}\n`;
  return failure.data === undefined ? { errorMessage } : { errorMessage, errorData: failure.data };
}

/** Not by a regular expression: /\n*$/ takes seconds for many newlines with something after them. */
function withoutFinalNewlines(text: string): string {
  let end = text.length;
  while (text[end - 1] === "\n") end--;
  return text.slice(0, end);
}

export function clientLogLines(lines: readonly LogLine[], redact: boolean): string[] {
  return redact ? [] : lines.map((line) => `[${line.level}] ${line.messages.join(" ")}`);
}

/** Body of the 500 that a failed HTTP action answers with. */
export function httpActionFailure(
  failure: Extract<Failure, { kind: "function" }>,
  requestId: string,
  redact: boolean,
): { code: string; trace?: string; data?: JSONValue } {
  const code = `[Request ID: ${requestId}] Server Error`;
  const data = failure.data === undefined ? {} : { data: failure.data };
  if (redact) return { code, ...data };
  const trace = failure.message.slice(0, MAX_MESSAGE);
  return { code: `${code}: ${trace.split("\n", 1)[0] ?? ""}`, trace, ...data };
}
