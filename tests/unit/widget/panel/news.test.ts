import { expect, test } from "vitest";
import { createNewsWatch } from "@/widget/panel/news";
import { readState } from "@/widget/panel/records";
import type { ThreadMessage, WidgetState } from "@/widget/panel/state";
import { english } from "@/widget/panel/texts";
import { openStore } from "@/widget/shared/storage";

const form = readState(openStore("ws_1", null), english);
const message = (sequence: number): ThreadMessage => ({
  id: `m${sequence}`,
  role: "operator",
  body: `message ${sequence}`,
  attachments: [],
  createdAt: sequence,
  sequence,
  clientMessageId: null,
  senderName: null,
  systemEvent: null,
});
const chat = (conversationId: string, sequences: number[] | null): WidgetState => ({
  ...form,
  view: { kind: "chat", conversationId, status: "open" },
  messages: sequences?.map(message) ?? null,
});
const sequences = (messages: ThreadMessage[]) => messages.map(({ sequence }) => sequence);

test("what an earlier page left is no news; what comes since is, once", () => {
  const take = createNewsWatch(chat("c1", null));
  expect(take(chat("c1", null))).toEqual([]);
  expect(take(chat("c1", [1, 2]))).toEqual([]);
  expect(sequences(take(chat("c1", [1, 2, 4, 5])))).toEqual([4, 5]);
  expect(take(chat("c1", [1, 2, 4, 5]))).toEqual([]);
  // Older messages that the visitor scrolls to are not news either.
  expect(take(chat("c1", [0, 1, 2, 4, 5]))).toEqual([]);
});

test("every message of a chat that starts on this page is news", () => {
  const take = createNewsWatch(form);
  expect(take(form)).toEqual([]);
  expect(sequences(take(chat("c1", [1])))).toEqual([1]);
  expect(sequences(take(chat("c1", [1, 2])))).toEqual([2]);
  expect(take(form)).toEqual([]);
  expect(sequences(take(chat("c2", [1])))).toEqual([1]);
});

test("another chat that is found begins with what it holds", () => {
  const take = createNewsWatch(chat("c1", null));
  take(chat("c1", [1]));
  expect(take(chat("c2", null))).toEqual([]);
  expect(take(chat("c2", [3]))).toEqual([]);
  expect(sequences(take(chat("c2", [3, 4])))).toEqual([4]);
});
