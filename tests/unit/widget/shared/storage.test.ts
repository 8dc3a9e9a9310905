import { beforeEach, describe, expect, test, vi } from "vitest";
import { hasConversation, openStore } from "@/widget/shared/storage";

beforeEach(() => localStorage.clear());

/** A storage in which every call throws, as with cookies blocked. */
function blockedStorage(): Storage {
  const refuse = () => {
    throw new DOMException("denied", "SecurityError");
  };
  return { length: 0, clear: refuse, getItem: refuse, key: refuse, removeItem: refuse, setItem: refuse };
}

describe.each([
  ["the browser's storage", () => openStore("ws_1")],
  ["a blocked storage", () => openStore("ws_1", blockedStorage())],
  ["no storage at all", () => openStore("ws_1", null)],
])("with %s", (_, open) => {
  test("what was written can be read, listed and removed", () => {
    const store = open();
    expect(store.get("draft")).toBeNull();
    store.set("draft", "x");
    store.set("out:a", "1");
    store.set("out:b", "2");
    expect(store.get("draft")).toBe("x");
    expect(store.names("out:").sort()).toEqual(["out:a", "out:b"]);
    store.remove("out:a");
    expect(store.get("out:a")).toBeNull();
    expect(store.names("out:")).toEqual(["out:b"]);
  });
});

test("records outlive the page, and belong to one widget", () => {
  openStore("ws_1").set("draft", "x");
  expect(openStore("ws_1").get("draft")).toBe("x");
  expect(openStore("ws_2").get("draft")).toBeNull();
});

test("a full storage keeps new records for the visit", () => {
  const full = { ...blockedStorage(), getItem: () => "old", removeItem: () => undefined };
  const store = openStore("ws_1", full);
  store.set("draft", "new");
  expect(store.get("draft")).toBe("new");
});

test("changes of other tabs are told by name, those of other widgets and sites are not", () => {
  const onChange = vi.fn();
  const stop = openStore("ws_1").watch(onChange);
  dispatchEvent(new StorageEvent("storage", { key: "praxtalk:ws_1:visitor" }));
  dispatchEvent(new StorageEvent("storage", { key: "praxtalk:ws_2:visitor" }));
  dispatchEvent(new StorageEvent("storage", { key: "visitor" }));
  dispatchEvent(new StorageEvent("storage", { key: null }));
  stop();
  dispatchEvent(new StorageEvent("storage", { key: "praxtalk:ws_1:seen" }));
  expect(onChange.mock.calls).toEqual([["visitor"]]);
});

test("a conversation runs once it has an id, or a first message waits to be sent", () => {
  const store = openStore("ws_1");
  expect(hasConversation("ws_1")).toBe(false);
  store.set("visitor", JSON.stringify({ key: "v_1" }));
  expect(hasConversation("ws_1")).toBe(false);
  store.set("start", "{}");
  expect(hasConversation("ws_1")).toBe(true);
  store.remove("start");
  store.set("visitor", JSON.stringify({ key: "v_1", conversationId: "c1" }));
  expect(hasConversation("ws_1")).toBe(true);
  expect(hasConversation("ws_2")).toBe(false);
});
