import type { TextStore } from "./drafts";

/**
 * A message that was sent but not yet confirmed. Entries outlive a reload: they are sent again under the same
 * `clientMessageId`, which the server answers with the one message that it made.
 */
export type OutboxEntry = {
  clientMessageId: string;
  conversationId: string;
  body: string;
  internal: boolean;
  /** Operators whom a note names. */
  mentions?: string[];
  /** Of Atlas, whose draft the reply began as. */
  runId?: string;
  /** Of the newest answer that the operator had seen. */
  expectedSequence?: number;
  /** When Send was pressed, Unix milliseconds. */
  at: number;
};

/** What a message is, apart from its way to the server. */
export type OutgoingMessage = Omit<OutboxEntry, "clientMessageId" | "conversationId" | "at">;

const key = (operatorId: string) => `praxtalk:outbox:${operatorId}`;

/** All waiting entries of an operator, oldest first; unreadable ones are dropped. */
export function readOutbox(store: TextStore, operatorId: string): OutboxEntry[] {
  const stored = store.getItem(key(operatorId));
  if (stored === null) return [];
  let value: unknown;
  try {
    value = JSON.parse(stored);
  } catch {
    return [];
  }
  return Array.isArray(value) ? value.filter(isEntry) : [];
}

/** Adds an entry. Reads first, because another tab of the same operator may have written. */
export function addToOutbox(store: TextStore, operatorId: string, entry: OutboxEntry): void {
  const others = without(readOutbox(store, operatorId), entry.clientMessageId);
  save(store, operatorId, [...others, entry]);
}

/** Removes an entry once the server has confirmed or refused it. */
export function removeFromOutbox(store: TextStore, operatorId: string, clientMessageId: string): void {
  save(store, operatorId, without(readOutbox(store, operatorId), clientMessageId));
}

/** 128 random bits as hex. Not randomUUID: that is missing on pages served over plain http from another host. */
export function newClientMessageId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

function without(entries: OutboxEntry[], clientMessageId: string): OutboxEntry[] {
  return entries.filter((entry) => entry.clientMessageId !== clientMessageId);
}

function save(store: TextStore, operatorId: string, entries: OutboxEntry[]): void {
  if (entries.length === 0) store.removeItem(key(operatorId));
  else store.setItem(key(operatorId), JSON.stringify(entries));
}

function isEntry(value: unknown): value is OutboxEntry {
  if (typeof value !== "object" || value === null) return false;
  const entry = value as Record<string, unknown>;
  return (
    typeof entry.clientMessageId === "string" &&
    typeof entry.conversationId === "string" &&
    typeof entry.body === "string" &&
    typeof entry.internal === "boolean" &&
    typeof entry.at === "number" &&
    (entry.runId === undefined || typeof entry.runId === "string") &&
    (entry.expectedSequence === undefined || typeof entry.expectedSequence === "number") &&
    (entry.mentions === undefined || isTexts(entry.mentions))
  );
}

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((each) => typeof each === "string");
