import { describe, expect, it } from "vitest";
import type { OutboxEntry } from "@/components/inbox/outbox";
import { transcript, type TranscriptItem } from "@/components/inbox/transcript";
import { messageRow } from "./rows";

const clock = { now: Date.UTC(2026, 10, 20, 9), locale: "en-GB", timeZone: "UTC" };
const operator = { _id: "o1", name: "Maja Lindqvist" };
const entry = (clientMessageId: string, change: Partial<OutboxEntry> = {}): OutboxEntry => ({
  clientMessageId,
  conversationId: "c",
  body: "On its way",
  internal: false,
  at: clock.now,
  ...change,
});
const source = { messages: [], outbox: [], operator, seenUpTo: null };
const brief = (items: TranscriptItem[]) =>
  items.map((item) => (item.kind === "turn" ? item.turn.body : item.kind === "day" ? item.text : "new"));

describe("transcript", () => {
  it("heads each day once", () => {
    const messages = [
      messageRow(1, { createdAt: Date.UTC(2026, 10, 18, 23, 59) }),
      messageRow(2, { createdAt: Date.UTC(2026, 10, 19, 0, 1) }),
      messageRow(3, { createdAt: Date.UTC(2026, 10, 20, 8) }),
      messageRow(4, { createdAt: Date.UTC(2026, 10, 20, 8, 30) }),
    ];
    expect(brief(transcript({ ...source, messages }, clock))).toEqual([
      "Wednesday 18 November",
      "Message 1",
      "Yesterday, Thursday 19 November",
      "Message 2",
      "Today, Friday 20 November",
      "Message 3",
      "Message 4",
    ]);
  });

  it("draws one line above the first message that came while the reader was away", () => {
    const messages = [messageRow(1), messageRow(2), messageRow(3)];
    expect(brief(transcript({ ...source, messages, seenUpTo: 1 }, clock)).slice(1)).toEqual([
      "Message 1",
      "new",
      "Message 2",
      "Message 3",
    ]);
  });

  it("tells one's own messages from a colleague's", () => {
    const messages = [
      messageRow(1, { role: "operator", senderOperatorId: "o1" as never }),
      messageRow(2, { role: "operator", senderOperatorId: "o2" as never }),
    ];
    const turns = transcript({ ...source, messages }, clock).flatMap((item) =>
      item.kind === "turn" ? item.turn : [],
    );
    expect(turns.map((turn) => turn.self)).toEqual([true, false]);
  });

  it("says once of each mail that it went out, and of one that did not", () => {
    const mailing = (minute: number, state: "sent" | "failed") => ({
      mailing: { to: "maya@example.test", at: Date.UTC(2026, 10, 20, 8, minute), state },
    });
    const messages = [
      messageRow(1, mailing(5, "sent")),
      messageRow(2, { role: "internal_note" }),
      messageRow(3, mailing(5, "sent")),
      messageRow(4, mailing(30, "failed")),
      messageRow(5),
    ];
    const turns = transcript({ ...source, messages }, clock).flatMap((item) =>
      item.kind === "turn" ? item.turn : [],
    );
    expect(turns.map((turn) => turn.mailing)).toEqual([
      undefined,
      undefined,
      "Mailed to maya@example.test, 08:05",
      "Not mailed to maya@example.test: the mail server did not take it, 08:30",
      undefined,
    ]);
  });

  it("adds what still waits to go out, as reply or note", () => {
    const items = transcript({ ...source, outbox: [entry("k1"), entry("k2", { internal: true })] }, clock);
    expect(items).toMatchObject([
      { turn: { role: "operator", pending: true, name: "Maja Lindqvist", self: true } },
      { turn: { role: "internal_note", pending: true } },
    ]);
  });

  it("shows a message once when it has arrived before its confirmation, under the same key", () => {
    const waiting = transcript({ ...source, outbox: [entry("k1")] }, clock);
    const messages = [messageRow(1, { clientMessageId: "k1", body: "On its way" })];
    const arrived = transcript({ ...source, messages, outbox: [entry("k1")] }, clock);
    expect(brief(arrived).slice(1)).toEqual(["On its way"]);
    expect(arrived.at(-1)?.key).toBe(waiting.at(-1)?.key);
  });
});
