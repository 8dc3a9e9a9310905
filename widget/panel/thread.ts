import type { Attachment } from "./draft-files";
import type { MessageRole, ThreadMessage, WidgetState } from "./state";

export type Delivery = { kind: "sent" } | { kind: "pending" } | { kind: "failed"; reason: string };

/** One message as the thread shows it, whether the server has it yet or not. */
export type ThreadItem = {
  /** The same before and after delivery, so that the message keeps its place on the page. */
  key: string;
  clientMessageId: string | null;
  body: string;
  attachments: readonly Attachment[];
  createdAt: number;
  /** Null until the server has it. */
  sequence: number | null;
  systemEvent: ThreadMessage["systemEvent"];
  delivery: Delivery;
};

/** Messages in a row by one person on one day. */
export type ThreadGroup = {
  key: string;
  role: MessageRole;
  senderName: string | null;
  /** Set where a new day begins: a point in time on that day. */
  dayStart: number | null;
  items: ThreadItem[];
};

type Entry = ThreadItem & { role: MessageRole; senderName: string | null };

/** Everything to show, oldest first: what the server has, then what is on its way. */
export function threadGroups({ messages, outbox }: Pick<WidgetState, "messages" | "outbox">): ThreadGroup[] {
  const groups: ThreadGroup[] = [];
  let day = "";
  for (const { role, senderName, ...item } of entries(messages ?? [], outbox)) {
    const itemDay = new Date(item.createdAt).toDateString();
    const last = groups.at(-1);
    if (
      last &&
      itemDay === day &&
      last.role === role &&
      last.senderName === senderName &&
      role !== "system"
    ) {
      last.items.push(item);
    } else {
      const dayStart = itemDay === day ? null : item.createdAt;
      groups.push({ key: item.key, role, senderName, dayStart, items: [item] });
    }
    day = itemDay;
  }
  return groups;
}

function entries(messages: NonNullable<WidgetState["messages"]>, outbox: WidgetState["outbox"]): Entry[] {
  const received = messages.map((message): Entry => {
    const { id, ...shown } = message;
    return { key: shown.clientMessageId ?? id, ...shown, delivery: { kind: "sent" } };
  });
  const outgoing = outbox.map((message): Entry => {
    const { clientMessageId, body, files, createdAt } = message;
    const delivery: Delivery =
      message.status === "failed"
        ? { kind: "failed", reason: message.reason }
        : { kind: message.status === "queued" ? "pending" : "sent" };
    return {
      key: clientMessageId,
      clientMessageId,
      body,
      attachments: files.map(({ name, type, size }) => ({ name, type, size, url: null })),
      createdAt,
      role: "visitor",
      senderName: null,
      sequence: null,
      systemEvent: null,
      delivery,
    };
  });
  return [...received, ...outgoing];
}

/** The person of the team who wrote last, if anybody has. */
export function currentOperator({ messages }: Pick<WidgetState, "messages">): string | null {
  return messages?.filter(({ role }) => role === "operator").at(-1)?.senderName ?? null;
}

/** How long after an answer its writer counts as being there, whatever the hours. */
const ANSWERING_MS = 15 * 60_000;

/** Whether a person of the team has just answered. */
export function isAnswering({ messages }: Pick<WidgetState, "messages">, now: number): boolean {
  const last = messages?.filter(({ role }) => role === "operator").at(-1);
  return last !== undefined && now - last.createdAt < ANSWERING_MS;
}

/** Below an answer of the AI agent, until the visitor asks for a person or one has joined. */
export function isPersonOffered({ messages, team }: Pick<WidgetState, "messages" | "team">): boolean {
  const answers = messages?.filter(({ role }) => role === "operator" || role === "atlas") ?? [];
  const isAtlasAlone = answers.length > 0 && answers.every(({ role }) => role === "atlas");
  return isAtlasAlone && !team?.isHumanRequested;
}
