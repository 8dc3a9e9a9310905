import { expect, test } from "vitest";
import * as records from "@/widget/panel/records";
import type { WidgetState } from "@/widget/panel/state";
import { english } from "@/widget/panel/texts";
import { openStore } from "@/widget/shared/storage";

const KEY = `v_${"0a".repeat(32)}`;
const emptyStore = () => openStore("ws_1", null);

test("a visitor is read as written", () => {
  const store = emptyStore();
  for (const record of [
    { key: KEY, conversationId: null, user: null },
    { key: KEY, conversationId: "c1", user: null },
    { key: KEY, conversationId: "c1", user: "user-1" },
  ]) {
    records.writeVisitor(store, record);
    expect(records.readVisitor(store)).toEqual(record);
  }
});

test.each(["", "null", "[]", "{", '"text"', '{"key":1}', '{"key":"v_short"}'])(
  "a visitor record of %j counts as none",
  (stored) => {
    const store = emptyStore();
    store.set("visitor", stored);
    expect(records.readVisitor(store)).toBeNull();
    expect(records.readState(store, english).view.kind).toBe("form");
  },
);

test("a first message without an answer is taken up, a broken one is not", () => {
  const store = emptyStore();
  const start = { name: "H", email: "h@x.de", phone: "+4930123456", message: "Hi", clientMessageId: "a" };
  records.writeStart(store, start);
  expect(records.readState(store, english).view).toMatchObject({
    kind: "form",
    status: "starting",
    initial: start,
  });
  store.set("start", '{"name":"H"}');
  expect(records.readState(store, english).view).toMatchObject({ kind: "form", status: "editing" });
});

test("unsent messages come back in the order of writing, without those that arrived", () => {
  const store = emptyStore();
  records.writeVisitor(store, { key: KEY, conversationId: "c1", user: null });
  const before = records.readState(store, english);
  const written: WidgetState = {
    ...before,
    outbox: [
      { clientMessageId: "b", body: "one", files: [], createdAt: 1, status: "failed", reason: "No." },
      { clientMessageId: "a", body: "two", files: [], createdAt: 2, status: "queued" },
      { clientMessageId: "c", body: "three", files: [], createdAt: 3, status: "delivered" },
    ],
    draft: "half a th",
    seenSequence: 7,
  };
  records.persistChanges(store, before, written);
  store.set("out:broken", "{");
  expect(records.readState(store, english)).toMatchObject({
    view: { kind: "chat", conversationId: "c1" },
    outbox: [
      { clientMessageId: "b", body: "one", files: [], createdAt: 1, status: "queued" },
      { clientMessageId: "a", body: "two", files: [], createdAt: 2, status: "queued" },
    ],
    draft: "half a th",
    seenSequence: 7,
  });

  const delivered: WidgetState = {
    ...written,
    outbox: written.outbox.map(({ clientMessageId, body, files, createdAt }) => ({
      clientMessageId,
      body,
      files,
      createdAt,
      status: "delivered",
    })),
    draft: "",
  };
  records.persistChanges(store, written, delivered);
  store.remove("out:broken");
  expect(store.names("")).toEqual(["visitor", "seen"]);
});

test.each(["", "x", "-1", "1.5", "1e99"])("a seen mark of %j counts as none", (stored) => {
  const store = emptyStore();
  store.set("seen", stored);
  expect(records.readSeen(store)).toBe(0);
});
