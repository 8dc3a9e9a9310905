/** What an operator has begun to write in one conversation. */
export type Draft = { mode: ComposerMode; reply: string; note: string };
export type ComposerMode = "reply" | "note";

export const EMPTY_DRAFT: Draft = { mode: "reply", reply: "", note: "" };

/** The part of Storage that is used; tests bring their own. */
export type TextStore = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const key = (operatorId: string, conversationId: string) => `praxtalk:draft:${operatorId}:${conversationId}`;

/** The stored draft, or an empty one when there is none or it cannot be read. */
export function readDraft(store: TextStore, operatorId: string, conversationId: string): Draft {
  const stored = store.getItem(key(operatorId, conversationId));
  return stored === null ? EMPTY_DRAFT : parseDraft(stored);
}

/** Keeps a draft on this computer; an empty one leaves nothing behind. */
export function writeDraft(store: TextStore, operatorId: string, conversationId: string, draft: Draft): void {
  const name = key(operatorId, conversationId);
  if (draft.reply === "" && draft.note === "") store.removeItem(name);
  else store.setItem(name, JSON.stringify(draft));
}

/** Puts a refused text back, above whatever has been written since. */
export function restoreText(draft: Draft, mode: ComposerMode, text: string): Draft {
  const current = draft[mode];
  const joined = current.trim() === "" ? text : current.startsWith(text) ? current : `${text}\n\n${current}`;
  return { ...draft, mode, [mode]: joined };
}

function parseDraft(stored: string): Draft {
  let value: unknown;
  try {
    value = JSON.parse(stored);
  } catch {
    return EMPTY_DRAFT;
  }
  if (typeof value !== "object" || value === null) return EMPTY_DRAFT;
  const { mode, reply, note } = value as Record<string, unknown>;
  return {
    mode: mode === "note" ? "note" : "reply",
    reply: typeof reply === "string" ? reply : "",
    note: typeof note === "string" ? note : "",
  };
}
