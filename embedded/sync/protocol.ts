/** Messages of the websocket: what arrives is parsed here once, what leaves is encoded here. */
import { argsText } from "../runtime/call-args";
import { parsePath } from "../runtime/path";
import type { FunctionPath } from "../runtime/types";
import type { JSONValue, Ts } from "../storage/types";

export type ConnectMessage = {
  type: "Connect";
  sessionId: string;
  maxObservedTimestamp: Ts | null;
  /** The client's clock, Unix ms. */
  clientTs: number | null;
};

export type AddQuery = {
  type: "Add";
  queryId: number;
  path: FunctionPath;
  /** JSON text of the argument array. */
  args: string;
  journal: string | null;
  component: string;
};

export type ModifyQuerySetMessage = {
  type: "ModifyQuerySet";
  baseVersion: number;
  newVersion: number;
  modifications: (AddQuery | { type: "Remove"; queryId: number })[];
};

export type RunMessage = {
  type: "Mutation" | "Action";
  requestId: number;
  path: FunctionPath;
  args: string;
  component: string;
};

export type AuthenticateMessage = { type: "Authenticate"; baseVersion: number } & (
  | { tokenType: "Admin"; value: string; actingAs: Record<string, JSONValue> | null }
  | { tokenType: "User"; value: string }
  | { tokenType: "None" }
);

export type ClientMessage =
  ConnectMessage | ModifyQuerySetMessage | RunMessage | AuthenticateMessage | { type: "Event" };

/** Not a message of this protocol. The text tells what is wrong. */
export class InvalidMessage extends Error {
  override name = "InvalidMessage";
}

export type StateVersion = { querySet: number; identity: number; ts: Ts };

const U32 = 0xffff_ffff;

export function parseClientMessage(text: string): ClientMessage {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch (error) {
    throw new InvalidMessage(error instanceof Error ? error.message : "not JSON");
  }
  if (!isObject(message)) throw new InvalidMessage("expected an object");
  switch (message.type) {
    case "Connect":
      return {
        type: "Connect",
        sessionId: uuid(message.sessionId),
        maxObservedTimestamp: optional(message.maxObservedTimestamp, decodeTs),
        clientTs: optional(message.clientTs, finite),
      };
    case "ModifyQuerySet":
      return {
        type: "ModifyQuerySet",
        baseVersion: u32(message.baseVersion, "baseVersion"),
        newVersion: u32(message.newVersion, "newVersion"),
        modifications: array(message.modifications, "modifications").map(parseModification),
      };
    case "Mutation":
    case "Action":
      return { type: message.type, requestId: u32(message.requestId, "requestId"), ...parseCall(message) };
    case "Authenticate":
      return parseAuthenticate(message);
    case "Event":
      return { type: "Event" };
    default:
      throw new InvalidMessage(`unknown message type ${JSON.stringify(message.type ?? null)}`);
  }
}

function parseModification(value: unknown): ModifyQuerySetMessage["modifications"][number] {
  if (!isObject(value)) throw new InvalidMessage("expected an object in modifications");
  const queryId = u32(value.queryId, "queryId");
  switch (value.type) {
    case "Add":
      return {
        type: "Add",
        queryId,
        journal: optional(value.journal, (journal) => string(journal, "journal")),
        ...parseCall(value),
      };
    case "Remove":
      return { type: "Remove", queryId };
    default:
      throw new InvalidMessage(`unknown modification type ${JSON.stringify(value.type ?? null)}`);
  }
}

function parseCall(message: Record<string, unknown>) {
  const path = parsePath(string(message.udfPath, "udfPath"));
  if ("error" in path) throw new InvalidMessage(path.error);
  const args = argsText(array(message.args, "args"));
  if (args === null) throw new InvalidMessage("the arguments are nested too deeply");
  return {
    path: path.canonical,
    args,
    component: optional(message.componentPath, (component) => string(component, "componentPath")) ?? "",
  };
}

function parseAuthenticate(message: Record<string, unknown>): AuthenticateMessage {
  const base = { type: "Authenticate" as const, baseVersion: u32(message.baseVersion, "baseVersion") };
  switch (message.tokenType) {
    case "Admin": {
      const actingAs = message.impersonating ?? message.actingAs ?? null;
      if (actingAs !== null && !isObject(actingAs))
        throw new InvalidMessage("expected an object in actingAs");
      return {
        ...base,
        tokenType: "Admin",
        value: string(message.value, "value"),
        actingAs: actingAs as Record<string, JSONValue> | null,
      };
    }
    case "User":
      return { ...base, tokenType: "User", value: string(message.value, "value") };
    case "None":
      return { ...base, tokenType: "None" };
    default:
      throw new InvalidMessage(`unknown tokenType ${JSON.stringify(message.tokenType ?? null)}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function optional<T>(value: unknown, parse: (value: unknown) => T): T | null {
  return value === undefined || value === null ? null : parse(value);
}

function string(value: unknown, name: string): string {
  if (typeof value !== "string") throw new InvalidMessage(`expected a string in ${name}`);
  return value;
}

function array(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) throw new InvalidMessage(`expected an array in ${name}`);
  return value;
}

function u32(value: unknown, name: string): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > U32) {
    throw new InvalidMessage(`expected an unsigned 32-bit integer in ${name}`);
  }
  return value;
}

function finite(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new InvalidMessage("expected a number");
  return value;
}

function uuid(value: unknown): string {
  const text = string(value, "sessionId");
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) {
    throw new InvalidMessage("expected a UUID in sessionId");
  }
  return text.toLowerCase();
}

/** Timestamps travel as base64 of the 8 bytes of a little-endian u64. */
export function encodeTs(ts: Ts): string {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64LE(ts);
  return bytes.toString("base64");
}

export function decodeTs(value: unknown): Ts {
  const bytes = Buffer.from(string(value, "timestamp"), "base64");
  if (bytes.length !== 8) throw new InvalidMessage("expected a timestamp of 8 bytes");
  return bytes.readBigUInt64LE();
}

function encodeVersion(version: StateVersion): string {
  const { querySet, identity, ts } = version;
  return `{"querySet":${querySet},"identity":${identity},"ts":"${encodeTs(ts)}"}`;
}

/** A query's change without its id, `{"type":…` up to and without the closing brace: made once for all its watchers. */
export type ModificationBody = Buffer;

export type QueryChange = { queryId: number; body: ModificationBody | "removed" };

export type TransitionHead = {
  startVersion: StateVersion;
  endVersion: StateVersion;
  /** Client's clock minus the server's at Connect, ms. */
  clientClockSkew: number | null;
  /** Nanoseconds since 1970. */
  serverTs: bigint;
};

export function encodeTransition(head: TransitionHead, changes: readonly QueryChange[]): Buffer {
  const parts: Buffer[] = [];
  const start = `{"type":"Transition","startVersion":${encodeVersion(head.startVersion)}`;
  parts.push(Buffer.from(`${start},"endVersion":${encodeVersion(head.endVersion)},"modifications":[`));
  for (const [i, { queryId, body }] of changes.entries()) {
    if (i > 0) parts.push(COMMA);
    if (body === "removed") parts.push(Buffer.from(`{"type":"QueryRemoved","queryId":${queryId}}`));
    else parts.push(body, Buffer.from(`,"queryId":${queryId}}`));
  }
  parts.push(
    Buffer.from(`],"clientClockSkew":${head.clientClockSkew ?? "null"},"serverTs":${head.serverTs}}`),
  );
  return Buffer.concat(parts);
}

const COMMA = Buffer.from(",");

/** `value` is JSON text. */
export function encodeQueryUpdated(
  value: string,
  logLines: readonly string[],
  journal: string | null,
): Buffer {
  const rest = `"logLines":${JSON.stringify(logLines)},"journal":${JSON.stringify(journal)}`;
  return Buffer.from(`{"type":"QueryUpdated","value":${value},${rest}`);
}

export function encodeQueryFailed(
  failure: { errorMessage: string; errorData?: JSONValue },
  logLines: readonly string[],
  journal: string | null,
): Buffer {
  const text = JSON.stringify({ type: "QueryFailed", ...failure, logLines, journal });
  return Buffer.from(text.slice(0, -1));
}

export function encodeMutationSuccess(
  requestId: number,
  value: string,
  ts: Ts,
  logLines: readonly string[],
): string {
  const logs = JSON.stringify(logLines);
  return `{"type":"MutationResponse","requestId":${requestId},"success":true,"result":${value},"ts":"${encodeTs(ts)}","logLines":${logs}}`;
}

export function encodeActionSuccess(requestId: number, value: string, logLines: readonly string[]): string {
  const logs = JSON.stringify(logLines);
  return `{"type":"ActionResponse","requestId":${requestId},"success":true,"result":${value},"logLines":${logs}}`;
}

export function encodeRunFailure(
  type: "MutationResponse" | "ActionResponse",
  requestId: number,
  failure: { errorMessage: string; errorData?: JSONValue },
  logLines: readonly string[],
): string {
  const { errorMessage: result, errorData } = failure;
  const ts = type === "MutationResponse" ? null : undefined;
  return JSON.stringify({ type, requestId, success: false, result, ts, logLines, errorData });
}

export function encodeAuthError(error: string, baseVersion: number, authUpdateAttempted: boolean): string {
  return JSON.stringify({ type: "AuthError", error, baseVersion, authUpdateAttempted });
}

export function encodeFatalError(error: string): string {
  return JSON.stringify({ type: "FatalError", error });
}

export const PING = `{"type":"Ping"}`;

/** Above this many bytes a Transition goes in pieces of at most this many. */
export const CHUNK_BYTES = 5_000_000;

/** Cuts a message at character boundaries. */
export function encodeChunks(message: Buffer): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < message.length;) {
    let end = Math.min(start + CHUNK_BYTES, message.length);
    // 10xxxxxx: inside a character.
    while (end < message.length && ((message[end] ?? 0) & 0xc0) === 0x80) end--;
    pieces.push(message.toString("utf8", start, end));
    start = end;
  }
  const totalParts = pieces.length;
  const transitionId = String(message.length);
  return pieces.map((chunk, partNumber) =>
    JSON.stringify({ type: "TransitionChunk", chunk, partNumber, totalParts, transitionId }),
  );
}
