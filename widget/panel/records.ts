import type { Store } from "../shared/storage";
import { toDraftFile, type DraftFile, type StoredFile } from "./draft-files";
import { FORM_FIELDS, type FormValues } from "./form-fields";
import type { Texts } from "./texts";
import { EMPTY_FORM, type OutgoingMessage, type WidgetState } from "./state";

/** Reads and writes the records that shared/storage.ts lists. What is stored may be anything, so it is parsed here. */

/**
 * `key` is the visitor's only credential: v_ and 256 random bits in hex. `user`: the site's id of whom it stands for; null
 * while nobody is signed in.
 */
export type VisitorRecord = { key: string; conversationId: string | null; user: string | null };

/** A first message that no answer has confirmed: sent again with the same id until one does. */
export type StartRecord = FormValues & { clientMessageId: string };

const OUTGOING = "out:";

export function readVisitor(store: Store): VisitorRecord | null {
  const record = readRecord(store, "visitor");
  if (typeof record?.key !== "string" || !/^v_[0-9a-f]{64}$/.test(record.key)) return null;
  const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
  return { key: record.key, conversationId: text(record.conversationId), user: text(record.user) };
}

export function writeVisitor(store: Store, { key, conversationId, user }: VisitorRecord): void {
  // What is null is left out: the loader looks for the name of the conversation's field.
  const record = { key, ...(conversationId !== null && { conversationId }), ...(user !== null && { user }) };
  store.set("visitor", JSON.stringify(record));
}

/** Forgets the visitor with all that they wrote; how this browser sounds stays. */
export function forgetVisitor(store: Store): void {
  for (const name of store.names("")) if (name !== "sound") store.remove(name);
}

export function readStart(store: Store): StartRecord | null {
  const record = readRecord(store, "start");
  if (!record) return null;
  const texts = [...FORM_FIELDS, "clientMessageId"].map((name) => record[name]);
  if (!texts.every((text) => typeof text === "string")) return null;
  const [name = "", email = "", phone = "", message = "", clientMessageId = ""] = texts;
  return { name, email, phone, message, clientMessageId };
}

export function writeStart(store: Store, start: StartRecord): void {
  store.set("start", JSON.stringify(start));
}

export function forgetStart(store: Store): void {
  store.remove("start");
}

/** The state that a page load begins with. */
export function readState(store: Store, texts: Pick<Texts, "fileLost">): WidgetState {
  const conversationId = readVisitor(store)?.conversationId ?? null;
  const start = conversationId === null ? readStart(store) : null;
  const form = start ? { ...EMPTY_FORM, status: "starting" as const, initial: start } : EMPTY_FORM;
  return {
    visit: 0,
    isOpen: false,
    view: conversationId === null ? form : { kind: "chat", conversationId, status: "open" },
    connection: "connecting",
    messages: null,
    earlier: "none",
    team: null,
    note: null,
    isSoundOn: store.get("sound") === "on",
    outbox: readOutbox(store),
    draft: store.get("draft") ?? "",
    files: readFiles(store, texts),
    draftError: null,
    seenSequence: readSeen(store),
  };
}

export function readSeen(store: Store): number {
  const sequence = Number(store.get("seen"));
  return Number.isSafeInteger(sequence) && sequence > 0 ? sequence : 0;
}

/** Files that the server has go with the draft again; of the others the page has lost the bytes, and says so. */
function readFiles(store: Store, { fileLost }: Pick<Texts, "fileLost">): DraftFile[] {
  const listed = readRecord(store, "files")?.files;
  return (Array.isArray(listed) ? (listed as unknown[]) : []).flatMap((entry): DraftFile[] => {
    const [stored] = readStored([entry]);
    if (stored) return [toDraftFile(stored)];
    const { key, name, size } = (entry ?? {}) as Record<string, unknown>;
    if (typeof key !== "string" || typeof name !== "string" || typeof size !== "number") return [];
    return [{ key, name, size, status: "failed", reason: fileLost, canRetry: false }];
  });
}

function readStored(listed: unknown): StoredFile[] {
  return (Array.isArray(listed) ? (listed as unknown[]) : []).flatMap((entry): StoredFile[] => {
    const { id, name, type, size } = (entry ?? {}) as Record<string, unknown>;
    const isWhole = typeof id === "string" && typeof name === "string" && typeof type === "string";
    return isWhole && typeof size === "number" ? [{ id, name, type, size }] : [];
  });
}

function readOutbox(store: Store): OutgoingMessage[] {
  const messages = store.names(OUTGOING).map((name): OutgoingMessage | null => {
    const record = readRecord(store, name);
    if (typeof record?.body !== "string" || typeof record.createdAt !== "number") return null;
    const clientMessageId = name.slice(OUTGOING.length);
    const { body, createdAt } = record;
    return { clientMessageId, body, files: readStored(record.files), createdAt, status: "queued" };
  });
  return messages.filter((message) => message !== null).sort((one, other) => one.createdAt - other.createdAt);
}

/** Stores what differs between two states. An outgoing message is stored from the moment of writing to its delivery. */
export function persistChanges(store: Store, before: WidgetState, after: WidgetState): void {
  if (before.outbox !== after.outbox) {
    const kept = undelivered(after);
    const stored = undelivered(before);
    for (const id of stored.keys()) if (!kept.has(id)) store.remove(OUTGOING + id);
    for (const [id, { body, files, createdAt }] of kept) {
      if (!stored.has(id)) store.set(OUTGOING + id, JSON.stringify({ body, files, createdAt }));
    }
  }
  if (before.draft !== after.draft) {
    if (after.draft === "") store.remove("draft");
    else store.set("draft", after.draft);
  }
  if (before.files !== after.files) {
    if (after.files.length === 0) store.remove("files");
    else store.set("files", JSON.stringify({ files: after.files }));
  }
  if (before.isSoundOn !== after.isSoundOn) {
    if (after.isSoundOn) store.set("sound", "on");
    else store.remove("sound");
  }
  if (before.seenSequence !== after.seenSequence) store.set("seen", String(after.seenSequence));
}

function undelivered({ outbox }: WidgetState): Map<string, OutgoingMessage> {
  const messages = outbox.filter(({ status }) => status !== "delivered");
  return new Map(messages.map((message) => [message.clientMessageId, message]));
}

function readRecord(store: Store, name: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(store.get(name) ?? "null");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
