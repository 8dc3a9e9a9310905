import { VISITOR_MESSAGES_LIMIT } from "../../lib/limits";
import { checkMessageContent } from "../../lib/validation";
import {
  reduceFiles,
  storedFiles,
  toDraftFile,
  type Attachment,
  type DraftFile,
  type DraftFileEvent,
  type StoredFile,
} from "./draft-files";
import type { FieldErrors, FormValues } from "./form-fields";

export type MessageRole = "visitor" | "operator" | "atlas" | "system";

/** A message that the server has. */
export type ThreadMessage = {
  id: string;
  role: MessageRole;
  body: string;
  attachments: readonly Attachment[];
  createdAt: number;
  /** Counts the messages of the conversation; gaps are messages that visitors do not see. */
  sequence: number;
  clientMessageId: string | null;
  senderName: string | null;
  /** What a system message tells, to be said in the widget's language. */
  systemEvent: "human_requested" | "conversation_ended" | null;
};

/** What the team does in the conversation. */
export type TeamState = {
  answeredBy: string | null;
  /** Who writes at the moment. */
  typing: string | null;
  /** What Atlas has written so far of an answer that is under way. */
  writing: string | null;
  /** Sequence number of the newest message that somebody has read. */
  readSequence: number;
  isHumanRequested: boolean;
  /** Whether the team knows an email of the visitor's. */
  hasEmail: boolean;
};

/** Whether there are messages older than those that are here: unknown until a full list has come. */
export type Earlier = "none" | "some" | "loading";

/**
 * A message of this browser.
 * queued: no answer yet, whatever happened to it on the way. delivered: the server has it, the live list does not
 * show it yet. failed: refused for a reason that may pass, so the visitor may try again.
 */
export type OutgoingMessage = {
  clientMessageId: string;
  body: string;
  files: readonly StoredFile[];
  createdAt: number;
} & ({ status: "queued" } | { status: "delivered" } | { status: "failed"; reason: string });

/** connecting: no socket yet, but not for long enough to say so. */
export type Connection = "connecting" | "online" | "offline";

export type ConversationStatus = "open" | "snoozed" | "resolved" | "closed";

export type FormView = {
  kind: "form";
  /** waiting: the first message could not be sent for want of a connection, and is tried again. */
  status: "editing" | "starting" | "waiting";
  errors: FieldErrors;
  /** About the whole form: why it was not sent. */
  notice: string | null;
  /** What the fields start with. */
  initial: Partial<FormValues>;
};

export type ChatView = { kind: "chat"; conversationId: string; status: ConversationStatus };

export type WidgetState = {
  /** Counts the visitors of this page: nothing that one has typed may be there for the next. */
  visit: number;
  isOpen: boolean;
  view: FormView | ChatView;
  connection: Connection;
  /** Ascending. Null until the server has answered. */
  messages: readonly ThreadMessage[] | null;
  earlier: Earlier;
  team: TeamState | null;
  /** What became of something the visitor asked for. */
  note: string | null;
  /** Whether answers are heard: the visitor's own choice, off until then. */
  isSoundOn: boolean;
  /** In the order of writing. */
  outbox: readonly OutgoingMessage[];
  draft: string;
  /** What goes with the draft. */
  files: readonly DraftFile[];
  /** Why the draft was not sent. */
  draftError: string | null;
  /** Sequence number of the newest message that the visitor has looked at. */
  seenSequence: number;
};

export type WidgetEvent =
  | DraftFileEvent
  | { type: "begun"; state: WidgetState }
  | { type: "opened" }
  | { type: "closed" }
  | { type: "connectionChanged"; connection: Connection }
  | { type: "prefilled"; values: Partial<FormValues> }
  | { type: "formChecked"; errors: FieldErrors }
  | { type: "startRequested" }
  | { type: "startUnreachable" }
  | { type: "startRefused"; errors: FieldErrors; notice: string | null }
  | { type: "conversationStarted"; conversationId: string; first: Omit<OutgoingMessage, "status"> | null }
  | { type: "conversationFound"; conversationId: string; status: ConversationStatus }
  | { type: "conversationLost"; notice: string }
  | { type: "messagesReceived"; messages: readonly ThreadMessage[] }
  | { type: "earlierRequested" }
  | { type: "earlierReceived"; messages: readonly ThreadMessage[]; isDone: boolean }
  | { type: "teamChanged"; team: TeamState | null }
  | { type: "soundToggled" }
  | { type: "noted"; note: string | null }
  | { type: "messagesSeen"; sequence: number }
  | { type: "draftChanged"; text: string }
  | { type: "sendRequested"; clientMessageId: string; now: number }
  | { type: "sendDelivered"; clientMessageId: string }
  | { type: "sendRefused"; clientMessageId: string; reason: string }
  | { type: "sendFailed"; clientMessageId: string; reason: string }
  | { type: "retryRequested"; clientMessageId: string }
  | { type: "deleteRequested"; clientMessageId: string };

export const EMPTY_FORM: FormView = {
  kind: "form",
  status: "editing",
  errors: {},
  notice: null,
  initial: {},
};

/** Of a conversation that the server has not told about. */
const NOTHING_YET = { messages: null, earlier: "none", team: null, note: null } as const;

/** Pure: the same state and event give the same state, and ids and times come with the event. */
export function reduce(state: WidgetState, event: WidgetEvent): WidgetState {
  switch (event.type) {
    case "begun":
      return event.state;
    case "opened":
      return { ...state, isOpen: true };
    case "closed":
      return { ...state, isOpen: false };
    case "connectionChanged":
      return { ...state, connection: event.connection };
    case "prefilled":
      return prefill(state, event.values);
    case "formChecked":
      return withForm(state, (form) => ({ ...form, errors: event.errors }));
    case "startRequested":
      return withForm(state, (form) => ({ ...form, status: "starting", errors: {}, notice: null }));
    case "startUnreachable":
      return withForm(state, (form) => ({ ...form, status: "waiting" }));
    case "startRefused":
      return withForm(state, (form) => ({
        ...form,
        status: "editing",
        errors: event.errors,
        notice: event.notice,
      }));
    case "conversationStarted":
      return {
        ...inConversation(state, event.conversationId, "open"),
        outbox: event.first ? [...state.outbox, { ...event.first, status: "delivered" }] : state.outbox,
      };
    case "conversationFound":
      return inConversation(state, event.conversationId, event.status);
    case "conversationLost":
      return loseConversation(state, event.notice);
    case "messagesReceived":
      return receiveMessages(state, event.messages);
    case "earlierRequested":
      return { ...state, earlier: "loading" };
    case "earlierReceived":
      return receiveEarlier(state, event.messages, event.isDone);
    case "teamChanged":
      return { ...state, team: event.team };
    case "soundToggled":
      return { ...state, isSoundOn: !state.isSoundOn };
    case "noted":
      return { ...state, note: event.note };
    case "messagesSeen":
      return { ...state, seenSequence: Math.max(state.seenSequence, event.sequence) };
    case "filesAdded":
    case "fileChanged":
    case "fileRemoved":
      return { ...state, files: reduceFiles(state.files, event), draftError: null };
    case "draftChanged":
      return { ...state, draft: event.text, draftError: null };
    case "sendRequested":
      return requestSend(state, event.clientMessageId, event.now);
    case "sendDelivered":
      return deliver(state, event.clientMessageId);
    case "sendRefused":
      return returnToDraft(state, event.clientMessageId, event.reason);
    case "sendFailed":
      return withOutgoing(state, event.clientMessageId, (message) => ({
        ...message,
        status: "failed",
        reason: event.reason,
      }));
    case "retryRequested":
      return withOutgoing(state, event.clientMessageId, (message) => ({ ...message, status: "queued" }));
    case "deleteRequested":
      return { ...state, outbox: without(state.outbox, event.clientMessageId) };
    default:
      return event satisfies never;
  }
}

/** What the page knows of the visitor; what they have typed themselves stays. */
function prefill(state: WidgetState, values: Partial<FormValues>): WidgetState {
  if (state.view.kind === "form") {
    return { ...state, view: { ...state.view, initial: { ...state.view.initial, ...values } } };
  }
  // The page may have given a number.
  return state.draft === "" ? { ...state, draft: String(values.message ?? "") } : state;
}

/** Answers that come after the visitor has left the form change nothing. */
function withForm(state: WidgetState, change: (form: FormView) => FormView): WidgetState {
  return state.view.kind === "form" ? { ...state, view: change(state.view) } : state;
}

/** Shows a conversation. Another one than before has its own messages, which are not known yet. */
function inConversation(state: WidgetState, conversationId: string, status: ConversationStatus): WidgetState {
  const isSame = state.view.kind === "chat" && state.view.conversationId === conversationId;
  return {
    ...state,
    view: { kind: "chat", conversationId, status },
    ...(isSame ? {} : NOTHING_YET),
    ...(isSame || state.view.kind === "form" ? {} : { seenSequence: 0 }),
  };
}

/** Back to the form; what was not sent becomes the message to start with. */
function loseConversation(state: WidgetState, notice: string): WidgetState {
  if (state.view.kind === "form") return state;
  const unsent = state.outbox.filter((message) => message.status !== "delivered").map(({ body }) => body);
  return {
    ...state,
    view: { ...EMPTY_FORM, notice, initial: { message: joinTexts([...unsent, state.draft]) } },
    ...NOTHING_YET,
    outbox: [],
    draft: "",
    files: [],
    draftError: null,
    seenSequence: 0,
  };
}

/** The live list is the truth: an outgoing message that it carries is no longer outgoing. */
function receiveMessages(state: WidgetState, live: readonly ThreadMessage[]): WidgetState {
  const received = new Set(live.map((message) => message.clientMessageId));
  const { id: firstId, sequence: first } = live[0] ?? { id: null, sequence: 0 };
  const known = state.messages ?? [];
  // The live list holds the newest only. What it has let go of stays, unless something is missing in between: a merge puts
  // messages of another conversation there, and gives those behind them other sequences.
  const joins = known.some(({ id, sequence }) => id === firstId && sequence === first);
  const seen = known.find(({ sequence }) => sequence === state.seenSequence);
  const older = joins ? known.filter(({ sequence }) => sequence < first) : [];
  const isFull = live.length >= VISITOR_MESSAGES_LIMIT;
  return {
    ...state,
    messages: [...older, ...live],
    earlier: joins ? state.earlier : isFull ? "some" : "none",
    outbox: state.outbox.filter(({ clientMessageId }) => !received.has(clientMessageId)),
    seenSequence: live.find(({ id }) => id === seen?.id)?.sequence ?? state.seenSequence,
  };
}

function receiveEarlier(
  state: WidgetState,
  messages: readonly ThreadMessage[],
  isDone: boolean,
): WidgetState {
  const first = state.messages?.[0]?.sequence ?? 0;
  const older = messages.filter(({ sequence }) => sequence < first);
  return { ...state, messages: [...older, ...(state.messages ?? [])], earlier: isDone ? "none" : "some" };
}

function requestSend(state: WidgetState, clientMessageId: string, now: number): WidgetState {
  const files = storedFiles(state.files);
  // Files that are not there yet, or will not be, hold the message back: it was written to go with them.
  if (files.length < state.files.length) return state;
  const checked = checkMessageContent(state.draft, files.length);
  if (!checked.ok) return { ...state, draftError: checked.reason };
  const message: OutgoingMessage = {
    clientMessageId,
    body: checked.value,
    files,
    createdAt: now,
    status: "queued",
  };
  return { ...state, outbox: [...state.outbox, message], draft: "", files: [], draftError: null };
}

function deliver(state: WidgetState, clientMessageId: string): WidgetState {
  return withOutgoing(state, clientMessageId, (message) => ({ ...message, status: "delivered" }));
}

/** A refusal of the text itself: it goes back to where it can be changed, before what was written since. */
function returnToDraft(state: WidgetState, clientMessageId: string, reason: string): WidgetState {
  const refused = state.outbox.find((message) => message.clientMessageId === clientMessageId);
  if (!refused) return state;
  return {
    ...state,
    outbox: without(state.outbox, clientMessageId),
    draft: joinTexts([refused.body, state.draft]),
    files: [...refused.files.map(toDraftFile), ...state.files],
    draftError: reason,
  };
}

function withOutgoing(
  state: WidgetState,
  clientMessageId: string,
  change: (message: OutgoingMessage) => OutgoingMessage,
): WidgetState {
  const outbox = state.outbox.map((message) =>
    message.clientMessageId === clientMessageId ? change(message) : message,
  );
  return { ...state, outbox };
}

function without(outbox: readonly OutgoingMessage[], clientMessageId: string): OutgoingMessage[] {
  return outbox.filter((message) => message.clientMessageId !== clientMessageId);
}

function joinTexts(parts: readonly string[]): string {
  return parts.filter((text) => text !== "").join("\n\n");
}

/** The message to send now: one at a time, oldest first, so that the server gets them in the order of writing. */
export function nextToSend({ outbox, view }: WidgetState): OutgoingMessage | null {
  if (view.kind !== "chat") return null;
  return outbox.find(({ status }) => status === "queued") ?? null;
}

export function lastSequence({ messages }: WidgetState): number {
  return messages?.at(-1)?.sequence ?? 0;
}

/** Answers that came since the visitor last looked. */
export function unreadCount({ messages, seenSequence }: WidgetState): number {
  const isUnread = ({ role, sequence }: ThreadMessage): boolean =>
    (role === "operator" || role === "atlas") && sequence > seenSequence;
  return messages?.filter(isUnread).length ?? 0;
}
