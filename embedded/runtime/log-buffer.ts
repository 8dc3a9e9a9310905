import type { FunctionAddress } from "./function-handles";
import { inspect } from "./inspect";
import { MAX_LOG_LINE_BYTES, MAX_LOG_LINES } from "./limits";
import type { LogLevel, LogLine } from "./types";

const TRUNCATED = " (truncated due to length)";

/** Text that the console itself makes: shown as it is, not quoted. */
export class PlainText {
  constructor(readonly text: string) {}
}

/** Log lines of one execution and of what it calls inside its transaction, within the limits. */
export class LogBuffer {
  readonly lines: LogLine[] = [];

  /** `listener` hears each line as it is logged; `timestamp` in Unix ms. */
  constructor(readonly listener?: (line: LogLine) => void) {}

  /** `nested`: the function that logs it, where that is not the called one itself. */
  log(level: LogLevel, args: readonly unknown[], timestamp: number, nested?: FunctionAddress): void {
    this.add(level, args.map(safeInspect), timestamp, nested);
  }

  add(level: LogLevel, messages: string[], timestamp: number, nested?: FunctionAddress): void {
    if (this.lines.length >= MAX_LOG_LINES) return;
    const overflow = this.lines.length === MAX_LOG_LINES - 1;
    const line: LogLine = overflow
      ? {
          level: "ERROR",
          messages: [`Log overflow (maximum ${MAX_LOG_LINES}). Remaining log lines omitted.`],
          timestamp,
          isTruncated: false,
        }
      : { level, ...cutMessages(messages), timestamp };
    if (nested !== undefined) Object.assign(line, { udfPath: nested.path, component: nested.component });
    this.lines.push(line);
    this.listener?.(line);
  }
}

/** A getter of the value may throw; logging it must not fail the function.  */
function safeInspect(value: unknown): string {
  try {
    if (value instanceof PlainText) return value.text;
    return inspect(value);
  } catch (error) {
    return `[value that cannot be shown: ${String(error)}]`;
  }
}

function cutMessages(messages: string[]): { messages: string[]; isTruncated: boolean } {
  const joinedLength = messages.reduce((sum, message) => sum + Buffer.byteLength(message) + 1, -1);
  if (joinedLength <= MAX_LOG_LINE_BYTES) return { messages, isTruncated: false };
  const bytes = Buffer.from(messages.join(" "));
  return { messages: [cutUtf8(bytes, MAX_LOG_LINE_BYTES - TRUNCATED.length) + TRUNCATED], isTruncated: true };
}

/** The longest prefix of at most `limit` bytes that ends at a character boundary, as text. */
export function cutUtf8(bytes: Buffer, limit: number): string {
  let end = Math.min(limit, bytes.length);
  while (end > 0 && end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end);
}
