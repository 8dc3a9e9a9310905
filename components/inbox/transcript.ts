import { dayHeading, dayKey, timeInSentence, type Clock } from "@/components/format/time";
import type { MessageRow } from "@/components/hooks/rows";
import type { OutboxEntry } from "./outbox";

/** What the thread shows of one message, sent or still waiting to go out. */
export type Turn = {
  /** Stays the same when a waiting message becomes a stored one, so that nothing is drawn anew. */
  key: string;
  role: MessageRow["role"];
  name?: string;
  self: boolean;
  body: string;
  /** Names that a note marks. */
  mentions: readonly string[];
  /** Of a stored message, for links to it. */
  messageId?: string;
  files: MessageRow["attachments"];
  at: number;
  /** That it went to the visitor by mail, or could not. */
  mailing?: string;
  pending: boolean;
};

export type TranscriptItem =
  | { kind: "day"; key: string; text: string }
  | { kind: "turn"; key: string; turn: Turn }
  | { kind: "fresh"; key: string };

type Source = {
  /** Ascending by sequence. */
  messages: readonly MessageRow[];
  /** Messages of this conversation that the server has not confirmed yet. */
  outbox: readonly OutboxEntry[];
  operator: { _id: string; name: string };
  /** Sequence of the last message seen before the reader looked away; later ones get a line above them. */
  seenUpTo: number | null;
};

export function transcript(source: Source, clock: Clock): TranscriptItem[] {
  const items: TranscriptItem[] = [];
  let day = "";
  let marked = source.seenUpTo === null;
  const lastMailed = lastOfMails(source.messages);
  for (const message of source.messages) {
    const nextDay = dayKey(message.createdAt, clock.timeZone);
    if (nextDay !== day) {
      day = nextDay;
      items.push({ kind: "day", key: day, text: dayHeading(message.createdAt, clock) });
    }
    if (!marked && source.seenUpTo !== null && message.sequence > source.seenUpTo) {
      marked = true;
      items.push({ kind: "fresh", key: "fresh" });
    }
    const turn = storedTurn(message, source.operator._id);
    if (lastMailed.has(message._id)) turn.mailing = mailingText(message, clock);
    items.push({ kind: "turn", key: turn.key, turn });
  }
  for (const turn of waitingTurns(source)) items.push({ kind: "turn", key: turn.key, turn });
  return items;
}

/** A mail may hold several answers: the newest of them says it for all. */
function lastOfMails(messages: readonly MessageRow[]): Set<string> {
  const last = new Map(messages.flatMap(({ _id, mailing }) => (mailing ? [[mailing.at, _id]] : [])));
  return new Set(last.values());
}

function mailingText({ mailing }: MessageRow, clock: Clock): string | undefined {
  if (mailing === undefined) return undefined;
  const when = timeInSentence(mailing.at, clock);
  return mailing.state === "sent"
    ? `Mailed to ${mailing.to}, ${when}`
    : `Not mailed to ${mailing.to}: the mail server did not take it, ${when}`;
}

function storedTurn(message: MessageRow, operatorId: string): Turn {
  return {
    key: message.clientMessageId ?? message._id,
    role: message.role,
    name: message.senderName,
    self: message.senderOperatorId === operatorId,
    body: message.body,
    mentions: message.mentions?.map(({ name }) => name) ?? [],
    messageId: message._id,
    files: message.attachments,
    at: message.createdAt,
    pending: false,
  };
}

/** An entry whose message is already in the thread has arrived; only its confirmation is on the way. */
function waitingTurns({ messages, outbox, operator }: Source): Turn[] {
  const arrived = new Set(messages.map((message) => message.clientMessageId));
  return outbox
    .filter((entry) => !arrived.has(entry.clientMessageId))
    .map((entry) => ({
      key: entry.clientMessageId,
      role: entry.internal ? ("internal_note" as const) : ("operator" as const),
      name: operator.name,
      self: true,
      body: entry.body,
      mentions: [],
      files: [],
      at: entry.at,
      pending: true,
    }));
}
