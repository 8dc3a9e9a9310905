import { expect, test } from "vitest";
import type { OutgoingMessage, ThreadMessage } from "@/widget/panel/state";
import { currentOperator, isAnswering, isPersonOffered, threadGroups } from "@/widget/panel/thread";

const NOON = new Date(2026, 5, 1, 12).getTime();
const DAY = 24 * 60 * 60 * 1000;

function message(sequence: number, changes: Partial<ThreadMessage> = {}): ThreadMessage {
  return {
    id: `m${sequence}`,
    role: "visitor",
    body: `text ${sequence}`,
    attachments: [],
    createdAt: NOON + sequence,
    sequence,
    clientMessageId: null,
    senderName: null,
    systemEvent: null,
    ...changes,
  };
}

test("puts messages in a row by one person into one group", () => {
  const maja = { role: "operator", senderName: "Maja" } as const;
  const ben = { role: "operator", senderName: "Ben" } as const;
  const messages = [message(1), message(2), message(3, maja), message(4, maja), message(5, ben)];
  const groups = threadGroups({ messages, outbox: [] });
  expect(groups.map(({ senderName, items }) => [senderName, items.length])).toEqual([
    [null, 2],
    ["Maja", 2],
    ["Ben", 1],
  ]);
  expect(currentOperator({ messages })).toBe("Ben");
});

test("begins each day with its date, and a new group", () => {
  const messages = [message(1), message(2), message(3, { createdAt: NOON + DAY })];
  const groups = threadGroups({ messages, outbox: [] });
  expect(groups.map(({ dayStart }) => dayStart)).toEqual([NOON + 1, NOON + DAY]);
});

test("never joins lines of the system", () => {
  const messages = [message(1, { role: "system" }), message(2, { role: "system" })];
  expect(threadGroups({ messages, outbox: [] })).toHaveLength(2);
});

test("keeps a message's key through its delivery, so that it stays where it is", () => {
  const outgoing: OutgoingMessage = {
    clientMessageId: "a",
    body: "hi",
    files: [],
    createdAt: NOON + 2,
    status: "queued",
  };
  const before = threadGroups({ messages: [message(1)], outbox: [outgoing] });
  const after = threadGroups({ messages: [message(1), message(2, { clientMessageId: "a" })], outbox: [] });
  expect(before[0]?.items.map(({ key }) => key)).toEqual(["m1", "a"]);
  expect(after[0]?.items.map(({ key }) => key)).toEqual(["m1", "a"]);
  expect(before[0]?.items[1]?.delivery).toEqual({ kind: "pending" });
  expect(after[0]?.items[1]?.delivery).toEqual({ kind: "sent" });
});

test("a person is offered while the AI agent alone has answered and nobody was asked for", () => {
  const atlas = message(2, { role: "atlas" });
  const team = {
    answeredBy: "Atlas",
    typing: null,
    writing: null,
    readSequence: 0,
    isHumanRequested: false,
    hasEmail: true,
  };
  expect(isPersonOffered({ messages: [message(1)], team })).toBe(false);
  expect(isPersonOffered({ messages: [message(1), atlas, message(3)], team })).toBe(true);
  expect(isPersonOffered({ messages: [atlas], team: { ...team, isHumanRequested: true } })).toBe(false);
  expect(isPersonOffered({ messages: [atlas, message(3, { role: "operator" })], team })).toBe(false);
  expect(isPersonOffered({ messages: null, team: null })).toBe(false);
});

test("a person counts as there for a quarter of an hour after their answer, and the AI agent never", () => {
  const at = NOON + 2;
  const answered = [message(1), message(2, { role: "operator" }), message(3)];
  expect(isAnswering({ messages: answered }, at + 15 * 60_000 - 1)).toBe(true);
  expect(isAnswering({ messages: answered }, at + 15 * 60_000)).toBe(false);
  expect(isAnswering({ messages: [message(2, { role: "atlas" })] }, at)).toBe(false);
  expect(isAnswering({ messages: null }, at)).toBe(false);
});
