/** Rows as lines for a terminal. Pure. */
import type { Conversation, Message } from "./types.js";

const MINUTE = 60_000;

/** Control characters of a visitor's text would reach the terminal. */
const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, " ");

/** `12 min`, `3 h`, `2 d`. */
function age(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / MINUTE));
  if (minutes < 60) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`;
}

const cell = (text: string, width: number): string =>
  [...text].length > width ? `${[...text].slice(0, width - 1).join("")}…` : text.padEnd(width);

/** A line for each conversation: id, how long its visitor waits, who, what. */
export function inboxTable(rows: Conversation[], now: number): string {
  if (rows.length === 0) return "Nothing here.";
  return rows
    .map(({ id, waitingSince, visitor, lastMessage }) => {
      const waits = waitingSince === null ? "" : age(now - waitingSince);
      const name = plain(visitor.name ?? visitor.email ?? "Visitor");
      return `${id}  ${cell(waits, 6)}  ${cell(name, 20)}  ${plain(lastMessage?.preview ?? "")}`.trimEnd();
    })
    .join("\n");
}

/** One message on one line. */
export function messageLine({ createdAt, role, senderName, body }: Message): string {
  return `${new Date(createdAt).toISOString()}  ${cell(plain(senderName ?? role), 20)}  ${plain(body)}`;
}
