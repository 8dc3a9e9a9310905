import { joinTexts } from "@/lib/text";

/** What an operator has begun to write in one conversation; `runId`: of Atlas, whose draft the reply began as. */
export type Draft = { mode: ComposerMode; reply: string; note: string; runId?: string };
export type ComposerMode = "reply" | "note";

export const EMPTY_DRAFT: Draft = { mode: "reply", reply: "", note: "" };

/** What this computer holds because the server does not have it yet. */
export type UnsavedDraft = {
  draft: Draft;
  /** `updatedAt` of the server's draft that it was written on; null: of none; undefined: it was not known. */
  base: number | null | undefined;
};

/** The part of Storage that is used; tests bring their own. */
export type TextStore = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** What the names of an operator's drafts begin with. */
export const draftPrefix = (operatorId: string): string => `praxtalk:draft:${operatorId}:`;

const key = (operatorId: string, conversationId: string) => draftPrefix(operatorId) + conversationId;

/** What was not saved on the server; null when there is nothing or it cannot be read. */
export function readUnsaved(
  store: TextStore,
  operatorId: string,
  conversationId: string,
): UnsavedDraft | null {
  const stored = store.getItem(key(operatorId, conversationId));
  return stored === null ? null : parseUnsaved(stored);
}

/** Keeps on this computer what the server does not have; null: it has all. */
export function writeUnsaved(
  store: TextStore,
  operatorId: string,
  conversationId: string,
  unsaved: UnsavedDraft | null,
): void {
  const name = key(operatorId, conversationId);
  if (unsaved === null) store.removeItem(name);
  else store.setItem(name, JSON.stringify({ ...unsaved.draft, base: unsaved.base }));
}

/** The draft with this text in a box. A reply that is emptied is Atlas's draft no more. */
export function withText(draft: Draft, mode: ComposerMode, text: string): Draft {
  const changed = { ...draft, [mode]: text };
  if (changed.reply === "") delete changed.runId;
  return changed;
}

/** What was refused: the text, and the run of Atlas that it came from. */
type Refused = { mode: ComposerMode; text: string; runId?: string | undefined };

/** Puts a refused text back, above whatever has been written since. */
export function restoreText(draft: Draft, { mode, text, runId }: Refused): Draft {
  const restored = withText({ ...draft, mode }, mode, joinTexts(text, draft[mode]));
  return runId === undefined ? restored : { ...restored, runId };
}

/** Two drafts of the same person that neither knew of the other: nothing of either is lost. */
export function joinDrafts(earlier: Draft, later: Draft): Draft {
  const runId = later.runId ?? earlier.runId;
  return {
    ...(runId === undefined ? {} : { runId }),
    mode: later.mode,
    reply: joinTexts(earlier.reply, later.reply),
    note: joinTexts(earlier.note, later.note),
  };
}

export const isEmptyDraft = ({ reply, note }: Draft): boolean => reply === "" && note === "";

function parseUnsaved(stored: string): UnsavedDraft | null {
  let value: unknown;
  try {
    value = JSON.parse(stored);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { mode, reply, note, runId, base } = value as Record<string, unknown>;
  return {
    draft: {
      mode: mode === "note" ? "note" : "reply",
      reply: typeof reply === "string" ? reply : "",
      note: typeof note === "string" ? note : "",
      ...(typeof runId === "string" ? { runId } : {}),
    },
    base: typeof base === "number" || base === null ? base : undefined,
  };
}
