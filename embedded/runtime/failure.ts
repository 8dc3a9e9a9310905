/** From what user code threw to the failure that callers see, with stack frames in terms of the developer's sources. */
import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import type { JSONValue } from "../storage/types";
import { MAX_ERROR_BYTES } from "./limits";
import { cutUtf8 } from "./log-buffer";
import type { Failure } from "./types";

/** `at fn (convex:/user/module.js:3:7)`, also without a function name. */
const FRAME = /^\s*at (?:(.*) \()?(convex:\/[^)]*?):(\d+):(\d+)\)?$/;
const RUNTIME_SOURCE = /convex\/(?:src|dist\/[a-z-]+)\/server\/impl\//;

/** Source maps of the loaded modules, each read when the first error needs it. */
export class SourceMaps {
  readonly #maps = new Map<string, SourceMap | null>();

  /** `fileOf` gives the file behind a module identifier such as `convex:/user/messages.js`. */
  constructor(readonly fileOf: (identifier: string) => string | null) {}

  /** `  at fn (../convex/file.ts:L:C)` lines of a V8 stack; frames that are none of the developer's are left out. */
  frames(stack: string): string[] {
    const mapped = stack
      .split("\n")
      .map((line) => FRAME.exec(line))
      .filter((match) => match !== null)
      .map(([, name, identifier = "", line, column]) => ({
        name,
        ...this.#position(identifier, Number(line), Number(column)),
      }));
    while (mapped.length > 0 && RUNTIME_SOURCE.test(mapped[0]?.source ?? "")) mapped.shift();
    while (mapped.length > 0 && RUNTIME_SOURCE.test(mapped.at(-1)?.source ?? "")) mapped.pop();
    return mapped.map(({ name, source, line, column }) =>
      name ? `    at ${name} (${source}:${line}:${column})` : `    at ${source}:${line}:${column}`,
    );
  }

  #position(identifier: string, line: number, column: number) {
    const entry = this.#map(identifier)?.findEntry(line - 1, column - 1);
    if (entry === undefined || !("originalSource" in entry)) {
      return { source: identifier.replace(/^convex:\/[^/]+\//, ""), line, column };
    }
    return {
      source: entry.originalSource,
      line: entry.originalLine + 1,
      column: entry.originalColumn + 1,
    };
  }

  #map(identifier: string): SourceMap | null {
    let map = this.#maps.get(identifier);
    if (map === undefined) {
      map = readSourceMap(this.fileOf(identifier));
      this.#maps.set(identifier, map);
    }
    return map;
  }
}

/** A module without a (readable) map keeps its own positions. */
function readSourceMap(file: string | null): SourceMap | null {
  if (file === null) return null;
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, "utf8")) as SourceMapPayload);
  } catch {
    return null;
  }
}

const CONVEX_ERROR = Symbol.for("ConvexError");

/** Failure for a value that user code threw (or rejected with). */
export function failureOf(thrown: unknown, maps: SourceMaps): Failure & { kind: "function" } {
  const { head, stack, data } = describe(thrown);
  const frames = stack === null ? [] : maps.frames(stack);
  return functionFailure(["Uncaught " + head, ...frames], data);
}

/** Failure for an error of the deployment itself. */
export function internalFailure(error: unknown): Failure {
  return {
    kind: "system",
    code: "InternalServerError",
    status: 500,
    message: "Your request couldn't be completed. Try again later.",
    detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}

/** Message of a thrown value of any realm. */
export function messageOf(thrown: unknown): string {
  const { message } = (thrown ?? {}) as { message?: unknown };
  return typeof message === "string" ? message : String(thrown);
}

/** Failure that the runtime itself finds; `lines` as they shall be read. */
export function functionFailure(lines: string[], data?: JSONValue): Failure & { kind: "function" } {
  const text = lines.map((line) => `${line}\n`).join("");
  const bytes = Buffer.from(text);
  const message = bytes.length > MAX_ERROR_BYTES ? cutUtf8(bytes, MAX_ERROR_BYTES) : text;
  return data === undefined ? { kind: "function", message } : { kind: "function", message, data };
}

/** Failure of what a worker was running when it died of too little memory; null: it died of something else. */
export function outOfMemory(error: NodeJS.ErrnoException | null, heapMb: number): Failure | null {
  if (error?.code !== "ERR_WORKER_OUT_OF_MEMORY") return null;
  return functionFailure([outOfMemoryText(heapMb)]);
}

export function outOfMemoryText(heapMb: number): string {
  return `JavaScript execution ran out of memory (maximum memory usage: ${heapMb} MB)`;
}

/** A message may hold a caller's text: lines of it that look like frames are none, and name no file to read. */
function withoutMessage(stack: string, message: unknown): string {
  if (typeof message !== "string") return stack;
  const start = stack.indexOf(message);
  return start === -1 ? stack : stack.slice(start + message.length);
}

/** Reading the parts of a thrown object may itself run user code that throws. */
function describe(thrown: unknown): { head: string; stack: string | null; data?: JSONValue } {
  try {
    if (typeof thrown !== "object" || thrown === null) return { head: String(thrown), stack: null };
    const error = thrown as { name?: unknown; message?: unknown; stack?: unknown; data?: unknown };
    const head = [error.name, error.message]
      .filter((part) => typeof part === "string" && part !== "")
      .join(": ");
    const stack = typeof error.stack === "string" ? withoutMessage(error.stack, error.message) : null;
    if (stack === null && head === "") return { head: JSON.stringify(thrown), stack: null };
    if (!(CONVEX_ERROR in thrown) || typeof error.data !== "string") return { head, stack };
    return { head, stack, data: JSON.parse(error.data) as JSONValue };
  } catch (error) {
    return { head: `a value that cannot be shown: ${String(error)}`, stack: null };
  }
}
