import { BaseConvexClient } from "convex/browser";
import type { FunctionArgs, FunctionReturnType } from "convex/server";
import type { api } from "../../convex/_generated/api";
import { type Refusal, readRefusal } from "../../lib/errors";
import { type FieldErrors, isFormField } from "./form-fields";
import { toJson } from "./convex-client/values";
import type { Claim } from "./identity";
import { postFile, type UploadResult } from "./post-file";
import type { StartRecord } from "./records";
import type { ConversationStatus, OutgoingMessage, TeamState, ThreadMessage } from "./state";

/** Everything that the panel says to a server. */
export interface Network {
  /** Starts the conversation over HTTP. The same visitor and message id always answer with the same conversation. */
  start(start: StartRequest, signal: AbortSignal): Promise<StartResult>;
  /** Opens the websocket. */
  connect(visitorKey: string, events: ConnectionEvents): ChatConnection;
}

export type StartRequest = StartRecord &
  Partial<FormTraces> & { visitorKey: string; identityToken?: string; customData?: string };

/** What tells a person from a script: what the field holds that people do not see, and how long the form was open. */
export type FormTraces = { topic: string; openMs: number };

export type ConnectionEvents = {
  onConnectedChange: (isConnected: boolean) => void;
  /** A query was refused since the visitor's session is over; its result stays as it was. */
  onExpired: (reason: string) => void;
};

export type StartResult =
  | { kind: "started"; conversationId: string }
  /** No answer: it may have been carried out or not. */
  | { kind: "unreachable" }
  /** `refusal` is null where the server gave no reason. */
  | { kind: "refused"; refusal: Refusal | null; errors: FieldErrors };

export type SendResult =
  | { kind: "delivered" }
  /** The text itself is at fault. */
  | { kind: "refused"; reason: string }
  /** Another try may help; `refusal` is null where the server gave no reason. */
  | { kind: "failed"; refusal: Refusal | null }
  /** The session of who was signed in is over: the message waits for another. */
  | { kind: "expired"; reason: string }
  /** There is no such conversation any more. */
  | { kind: "gone" };

export interface ChatConnection {
  /** The visitor's newest conversation now and whenever it changes; null when there is none. */
  watchConversation(onChange: (conversation: RunningConversation | null) => void): void;
  /** The newest messages, ascending, now and whenever they change. Returns the way to stop. */
  watchMessages(conversationId: string, onChange: (messages: ThreadMessage[]) => void): () => void;
  /** Settles when the server has answered, however many connections that takes; never after `close`. */
  send(conversationId: string, message: Sendable): Promise<SendResult>;
  /** Sends a file that a message may then name. Ends with `signal`. */
  upload(file: File, onProgress: (share: number) => void, signal: AbortSignal): Promise<UploadResult>;
  /** What the team does in the conversation, now and whenever that changes. Returns the way to stop. */
  watchTeam(conversationId: string, onChange: (team: TeamState | null) => void): () => void;
  /** What is before a message of the conversation, ascending, as far as one page goes. */
  messagesBefore(conversationId: string, sequence: number): Promise<EarlierMessages>;
  /** Carries out what needs no place in the thread; null is done, else why it was not. */
  act<Name extends Action>(name: Name, args: ActionArgs<Name>): Promise<Refusal | "failed" | null>;
  /** Makes the claim's key that of the person whom the site has signed. */
  signIn(claim: Claim): Promise<{ conversationId: string | null } | Refusal>;
  /** Ends the websocket and everything that listens to it. */
  close(): void;
}

export type Sendable = Pick<OutgoingMessage, "body" | "files" | "clientMessageId">;

export type EarlierMessages = { messages: ThreadMessage[]; isDone: boolean };

export type Action =
  | "requestHumanAgent"
  | "endConversation"
  | "setTyping"
  | "markRead"
  | "leaveEmail"
  | "setPreciseLocation"
  | "setPageData";
export type ActionArgs<Name extends Action> = Omit<
  FunctionArgs<VisitorFunctions[Name]>,
  "widgetId" | "visitorKey"
>;

export type RunningConversation = { conversationId: string; status: ConversationStatus };

type VisitorFunctions = (typeof api)["visitors"];
type SignedIn = FunctionReturnType<(typeof api)["identity"]["signIn"]>;
type ReadFunction = "resume" | "listMessagesForVisitor" | "listMessagesBefore" | "getTeamState";

/** Names as strings: the generated api object would cost more bytes than the whole of this file. */
const functionName = (name: keyof VisitorFunctions): string => `visitors:${name}`;

/** A request that takes longer counts as lost; it is sent again with the same message id. */
const START_TIMEOUT_MS = 20_000;

export function createNetwork(options: { widgetId: string; siteUrl: string; convexUrl: string }): Network {
  return {
    start: (start, signal) => {
      const body = { ...start, widgetId: options.widgetId, page: pageAddress() };
      return postStart(options.siteUrl, body, signal);
    },
    connect: (visitorKey, events) =>
      openConnection(options.convexUrl, { widgetId: options.widgetId, visitorKey }, events),
  };
}

/** Where the visitor is, without the part that pages keep to themselves. */
export const pageAddress = (): string => location.href.split("#")[0] ?? "";

async function postStart(siteUrl: string, body: object, signal: AbortSignal): Promise<StartResult> {
  const abort = new AbortController();
  const cancel = (): void => abort.abort();
  const timer = setTimeout(cancel, START_TIMEOUT_MS);
  signal.addEventListener("abort", cancel);
  try {
    const response = await fetch(`${siteUrl}/widget/start`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: toJson(body),
      credentials: "omit",
      signal: abort.signal,
    });
    const answer: unknown = await response.json().catch(() => null);
    return response.ok ? parseStarted(answer) : parseRefusal(answer);
  } catch {
    return { kind: "unreachable" };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", cancel);
  }
}

function parseStarted(answer: unknown): StartResult {
  const conversationId = field(answer, "conversationId");
  if (typeof conversationId !== "string") return { kind: "refused", refusal: null, errors: {} };
  return { kind: "started", conversationId };
}

function parseRefusal(answer: unknown): StartResult {
  const errors: FieldErrors = {};
  const listed = field(answer, "errors");
  for (const entry of Array.isArray(listed) ? (listed as unknown[]) : []) {
    const name = field(entry, "field");
    const message = field(entry, "message");
    if (isFormField(name) && typeof message === "string") errors[name] = message;
  }
  const message = field(answer, "error");
  // A code means that the server knows what is wrong; without one, its words are not meant for visitors.
  const code = field(answer, "code");
  const seconds = field(answer, "retryAfterSeconds");
  const wait = typeof seconds === "number" ? { retryAfterMs: seconds * 1_000 } : {};
  const isExplained = typeof code === "string" && typeof message === "string";
  return {
    kind: "refused",
    refusal: isExplained ? { code, message, ...wait } : null,
    errors,
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function openConnection(
  convexUrl: string,
  visitor: { widgetId: string; visitorKey: string },
  { onConnectedChange, onExpired }: ConnectionEvents,
): ChatConnection {
  const readers = new Map<string, () => void>();
  const client = new BaseConvexClient(
    convexUrl,
    (updated) => {
      for (const token of updated) readers.get(token)?.();
    },
    // The page belongs to somebody else: no question on leaving it, no lines in its console.
    {
      unsavedChangesWarning: false,
      logger: false,
      skipConvexDeploymentUrlCheck: true,
      webSocketConstructor: openSocket as unknown as typeof WebSocket,
    },
  );
  let wasConnected: boolean | null = null;
  const stopStates = client.subscribeToConnectionState(({ isWebSocketConnected }) => {
    if (isWebSocketConnected !== wasConnected) onConnectedChange((wasConnected = isWebSocketConnected));
  });

  function watch<Name extends ReadFunction>(
    name: Name,
    args: FunctionArgs<VisitorFunctions[Name]>,
    onChange: (result: FunctionReturnType<VisitorFunctions[Name]>) => void,
  ): () => void {
    const { queryToken, unsubscribe } = client.subscribe(functionName(name), args);
    readers.set(queryToken, () => {
      try {
        // A query that failed has no result: what is on the screen stays until one comes.
        const result: unknown = client.localQueryResult(functionName(name), args);
        if (result !== undefined) onChange(result as FunctionReturnType<VisitorFunctions[Name]>);
      } catch (error) {
        const refusal = readRefusal(error);
        if (refusal === null) throw error;
        if (refusal.code === "IDENTITY_EXPIRED") onExpired(refusal.message);
      }
    });
    return () => {
      readers.delete(queryToken);
      unsubscribe();
    };
  }

  return {
    watchConversation(onChange) {
      watch("resume", visitor, (running) =>
        onChange(running && { conversationId: running.conversationId, status: running.status }),
      );
    },
    watchMessages(conversationId, onChange) {
      const args = { ...visitor, conversationId };
      return watch("listMessagesForVisitor", args, (rows) => onChange(rows.flatMap(toThreadMessage)));
    },
    watchTeam: (conversationId, onChange) => watch("getTeamState", { ...visitor, conversationId }, onChange),
    messagesBefore: (conversationId, sequence) =>
      new Promise((resolve) => {
        const args = { ...visitor, conversationId, sequence };
        const stop = watch("listMessagesBefore", args, ({ page, isDone }) => {
          stop();
          resolve({ messages: page.flatMap(toThreadMessage).reverse(), isDone });
        });
      }),
    async act(name, args) {
      try {
        await client.mutation(functionName(name), { ...visitor, ...args });
        return null;
      } catch (error) {
        return readRefusal(error) ?? "failed";
      }
    },
    async signIn(claim) {
      try {
        const args = { widgetId: visitor.widgetId, ...claim };
        return (await client.mutation("identity:signIn", args)) as SignedIn;
      } catch (error) {
        return readRefusal(error) ?? { code: "CONFLICT", message: "The server could not check the token." };
      }
    },
    async upload(file, onProgress, signal) {
      try {
        const url: unknown = await client.mutation(functionName("generateUploadUrl"), visitor);
        return await postFile(String(url), file, onProgress, signal);
      } catch (error) {
        return { kind: "failed", refusal: readRefusal(error) };
      }
    },
    async send(conversationId, { body, files, clientMessageId }) {
      const attachments = files.map(({ id }) => id);
      const args = { ...visitor, conversationId, body, clientMessageId, attachments };
      try {
        await client.mutation(functionName("sendVisitorMessage"), args);
        return { kind: "delivered" };
      } catch (error) {
        return sendFailure(error);
      }
    },
    close() {
      readers.clear();
      stopStates();
      void client.close();
    },
  };
}

/**
 * A websocket, or where the page or the browser forbids them what looks like one that has broken: the client tries again,
 * the visitor is told, and the first message has its own way.
 */
function openSocket(url: string): object {
  try {
    return new WebSocket(url);
  } catch {
    const broken: { onclose?: (event: object) => void } = {};
    setTimeout(() => broken.onclose?.({}));
    return broken;
  }
}

function sendFailure(error: unknown): SendResult {
  const refusal = readRefusal(error);
  // The conversation is there, a file of the message is not.
  if (refusal?.field === "attachments") return { kind: "failed", refusal };
  switch (refusal?.code) {
    case "VALIDATION":
      return { kind: "refused", reason: refusal.message };
    case "NOT_FOUND":
    case "UNAUTHENTICATED":
      return { kind: "gone" };
    case "IDENTITY_EXPIRED":
      return { kind: "expired", reason: refusal.message };
    default:
      return { kind: "failed", refusal };
  }
}

type MessageRow = FunctionReturnType<VisitorFunctions["listMessagesForVisitor"]>[number];

/** One message or none: a role that a newer server may have, and that nothing here can show, is left out. */
function toThreadMessage(row: MessageRow): ThreadMessage[] {
  const { _id, role, body, attachments, createdAt, sequence, clientMessageId, senderName, systemEvent } = row;
  if (role !== "visitor" && role !== "operator" && role !== "atlas" && role !== "system") return [];
  return [
    {
      id: _id,
      role,
      body,
      attachments,
      createdAt,
      sequence,
      clientMessageId: clientMessageId ?? null,
      senderName: senderName ?? null,
      systemEvent: systemEvent ?? null,
    },
  ];
}
