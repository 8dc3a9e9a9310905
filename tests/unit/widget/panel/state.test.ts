import { describe, expect, test } from "vitest";
import {
  EMPTY_FORM,
  nextToSend,
  reduce,
  type ThreadMessage,
  unreadCount,
  type WidgetEvent,
  type WidgetState,
} from "@/widget/panel/state";

const chat: WidgetState = {
  visit: 0,
  isOpen: true,
  view: { kind: "chat", conversationId: "c1", status: "open" },
  connection: "online",
  messages: [],
  earlier: "none",
  outbox: [],
  draft: "",
  files: [],
  draftError: null,
  seenSequence: 0,
  team: null,
  note: null,
  isSoundOn: false,
};
const form: WidgetState = { ...chat, view: EMPTY_FORM, messages: null };

const after = (state: WidgetState, ...events: WidgetEvent[]): WidgetState => events.reduce(reduce, state);

function received(sequence: number, changes: Partial<ThreadMessage> = {}): ThreadMessage {
  return {
    id: `m${sequence}`,
    role: "operator",
    body: `text ${sequence}`,
    attachments: [],
    createdAt: sequence,
    sequence,
    clientMessageId: null,
    senderName: "Maja",
    systemEvent: null,
    ...changes,
  };
}

const write = (text: string): WidgetEvent => ({ type: "draftChanged", text });
const send = (clientMessageId: string): WidgetEvent => ({ type: "sendRequested", clientMessageId, now: 5 });

describe("sending", () => {
  test("moves the trimmed draft to the outbox, in the order of writing", () => {
    const state = after(chat, write(" one "), send("a"), write("two"), send("b"));
    expect(state.draft).toBe("");
    expect(state.outbox.map(({ body, status }) => [body, status])).toEqual([
      ["one", "queued"],
      ["two", "queued"],
    ]);
    expect(nextToSend(state)?.clientMessageId).toBe("a");
  });

  test.each([
    ["", "Write a message first."],
    ["   \n ", "Write a message first."],
    ["x".repeat(100_000), "too long"],
    ["bell \u0007", "cannot be sent"],
  ])("keeps a text that cannot be sent, and says why (%#)", (text, reason) => {
    const state = after(chat, write(text), send("a"));
    expect(state.outbox).toEqual([]);
    expect(state.draft).toBe(text);
    expect(state.draftError).toContain(reason);
  });

  test("forgets the reason with the next key", () => {
    expect(after(chat, write(""), send("a"), write("x")).draftError).toBeNull();
  });

  test("shows a message once, whether the list or the answer comes first", () => {
    const written = after(chat, write("one"), send("a"));
    const list: WidgetEvent = {
      type: "messagesReceived",
      messages: [received(1, { role: "visitor", clientMessageId: "a" })],
    };
    const answer: WidgetEvent = { type: "sendDelivered", clientMessageId: "a" };
    expect(after(written, list, answer).outbox).toEqual([]);
    expect(after(written, answer, list).outbox).toEqual([]);
    expect(after(written, answer).outbox[0]?.status).toBe("delivered");
  });

  test("puts a refused text back before what was written since", () => {
    const state = after(chat, write("one"), send("a"), write("two"), {
      type: "sendRefused",
      clientMessageId: "a",
      reason: "Too rude.",
    });
    expect(state.draft).toBe("one\n\ntwo");
    expect(state.draftError).toBe("Too rude.");
    expect(state.outbox).toEqual([]);
  });

  test("lets later messages pass a failed one, which can be sent again or deleted", () => {
    const failed = after(chat, write("one"), send("a"), write("two"), send("b"), {
      type: "sendFailed",
      clientMessageId: "a",
      reason: "Not now.",
    });
    expect(failed.outbox[0]).toMatchObject({ status: "failed", reason: "Not now." });
    expect(nextToSend(failed)?.clientMessageId).toBe("b");
    expect(nextToSend(after(failed, { type: "retryRequested", clientMessageId: "a" }))?.clientMessageId).toBe(
      "a",
    );
    expect(after(failed, { type: "deleteRequested", clientMessageId: "a" }).outbox).toHaveLength(1);
  });

  test("keeps earlier messages and what was seen in step when another conversation was merged into this one", () => {
    const live = Array.from({ length: 3 }, (_, index) => received(index + 2));
    const known: WidgetState = { ...chat, messages: [received(1), ...live], seenSequence: 3 };
    const kept = after(known, { type: "messagesReceived", messages: live });
    expect([kept.messages?.length, kept.seenSequence]).toEqual([4, 3]);
    const moved = live.map((message) => ({ ...message, sequence: message.sequence + 1 }));
    const merged = after(known, { type: "messagesReceived", messages: moved });
    // What is older has other messages among it now: it is asked for anew.
    expect(merged.messages).toEqual(moved);
    expect(merged.seenSequence).toBe(4);
    expect(unreadCount(merged)).toBe(unreadCount(known));
  });

  test("sends nothing from the form", () => {
    const outbox: WidgetState["outbox"] = [
      { clientMessageId: "a", body: "one", files: [], createdAt: 1, status: "queued" },
    ];
    expect(nextToSend({ ...form, outbox })).toBeNull();
  });
});

describe("starting", () => {
  const first = { clientMessageId: "a", body: "Hello", files: [], createdAt: 5 };

  test("goes from the form to the chat and shows the first message at once", () => {
    const state = after(
      form,
      { type: "startRequested" },
      { type: "conversationStarted", conversationId: "c1", first },
    );
    expect(state.view).toEqual({ kind: "chat", conversationId: "c1", status: "open" });
    expect(state.outbox).toEqual([{ ...first, status: "delivered" }]);
  });

  test("waits for a connection, then shows the form again if the server refuses", () => {
    const waiting = after(form, { type: "startRequested" }, { type: "startUnreachable" });
    expect(waiting.view).toMatchObject({ kind: "form", status: "waiting" });
    const refused = after(waiting, { type: "startRefused", errors: { email: "Wrong." }, notice: null });
    expect(refused.view).toMatchObject({ status: "editing", errors: { email: "Wrong." } });
  });

  test("ignores an answer for the form that comes after the chat has begun", () => {
    expect(after(chat, { type: "startUnreachable" })).toEqual(chat);
    expect(after(chat, { type: "startRefused", errors: {}, notice: "No." })).toEqual(chat);
  });
});

describe("the conversation", () => {
  test("that is gone leaves its unsent words in the form", () => {
    const state = after(chat, write("one"), send("a"), write("two"), {
      type: "conversationLost",
      notice: "Removed.",
    });
    expect(state.view).toMatchObject({
      kind: "form",
      notice: "Removed.",
      initial: { message: "one\n\ntwo" },
    });
    expect(state.outbox).toEqual([]);
    expect(state.draft).toBe("");
  });

  test("that another tab started takes over from the form, and keeps what was seen", () => {
    const found: WidgetEvent = { type: "conversationFound", conversationId: "c1", status: "open" };
    expect(after({ ...form, seenSequence: 4 }, found)).toMatchObject({
      view: { kind: "chat", conversationId: "c1" },
      seenSequence: 4,
    });
  });

  test("that replaces another has its own messages and its own count", () => {
    const state = after(
      { ...chat, messages: [received(9)], seenSequence: 9 },
      {
        type: "conversationFound",
        conversationId: "c2",
        status: "open",
      },
    );
    expect(state).toMatchObject({ messages: null, seenSequence: 0 });
  });

  test("that only changes its status keeps its messages", () => {
    const messages = [received(1)];
    const state = after(
      { ...chat, messages },
      { type: "conversationFound", conversationId: "c1", status: "resolved" },
    );
    expect(state.messages).toBe(messages);
    expect(state.view).toMatchObject({ status: "resolved" });
  });
});

test("unread are answers by people and Atlas that came since the last look", () => {
  const messages = [
    received(1),
    received(2, { role: "visitor" }),
    received(3, { role: "system" }),
    received(4, { role: "atlas" }),
    received(6),
  ];
  expect(unreadCount({ ...chat, messages })).toBe(3);
  const seen = after({ ...chat, messages }, { type: "messagesSeen", sequence: 4 });
  expect(unreadCount(seen)).toBe(1);
  expect(after(seen, { type: "messagesSeen", sequence: 2 }).seenSequence).toBe(4);
});
