import { beforeEach, describe, expect, it } from "vitest";
import {
  addToOutbox,
  newClientMessageId,
  readOutbox,
  removeFromOutbox,
  type OutboxEntry,
} from "@/components/inbox/outbox";
import { checkClientMessageId } from "@/lib/validation";

const entry = (clientMessageId: string): OutboxEntry => ({
  clientMessageId,
  conversationId: "c",
  body: "Hello",
  internal: false,
  at: 1,
});
const ids = () => readOutbox(localStorage, "o1").map((each) => each.clientMessageId);

describe("outbox", () => {
  beforeEach(() => localStorage.clear());

  it("keeps entries in the order in which they were sent, until each is removed", () => {
    addToOutbox(localStorage, "o1", entry("a"));
    addToOutbox(localStorage, "o1", entry("b"));
    expect(ids()).toEqual(["a", "b"]);
    removeFromOutbox(localStorage, "o1", "a");
    expect(ids()).toEqual(["b"]);
    removeFromOutbox(localStorage, "o1", "b");
    expect(localStorage.length).toBe(0);
  });

  it("belongs to one operator", () => {
    addToOutbox(localStorage, "o1", entry("a"));
    expect(readOutbox(localStorage, "o2")).toEqual([]);
  });

  it("holds an entry once, however often it is added", () => {
    addToOutbox(localStorage, "o1", entry("a"));
    addToOutbox(localStorage, "o1", entry("a"));
    expect(ids()).toEqual(["a"]);
  });

  it("drops what it cannot read and keeps the rest", () => {
    localStorage.setItem(
      "praxtalk:outbox:o1",
      JSON.stringify([{ body: 7 }, entry("a"), null, { ...entry("b"), runId: 7 }]),
    );
    expect(ids()).toEqual(["a"]);
    localStorage.setItem("praxtalk:outbox:o1", "{");
    expect(ids()).toEqual([]);
  });

  it("makes ids that the server takes, a new one each time", () => {
    const made = Array.from({ length: 100 }, newClientMessageId);
    expect(made.every((id) => checkClientMessageId(id).ok)).toBe(true);
    expect(new Set(made).size).toBe(100);
  });
});
