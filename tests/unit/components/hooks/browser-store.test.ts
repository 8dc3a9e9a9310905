import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { browserStore } from "@/components/hooks/browser-store";

/** A storage that holds `limit` characters, as a full one throws. */
function storageOf(limit: number): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  const items = new Map<string, string>();
  return {
    getItem: (name) => items.get(name) ?? null,
    setItem(name, value) {
      if (value.length > limit) throw new DOMException("full", "QuotaExceededError");
      items.set(name, value);
    },
    removeItem: (name) => void items.delete(name),
  };
}

beforeEach(() => localStorage.clear());
afterEach(() => {
  vi.unstubAllGlobals();
  browserStore().removeItem("a");
});

it("keeps texts in the browser's storage", () => {
  browserStore().setItem("a", "one");
  expect(localStorage.getItem("a")).toBe("one");
  expect(browserStore().getItem("a")).toBe("one");
  browserStore().removeItem("a");
  expect(browserStore().getItem("a")).toBeNull();
});

it("keeps in memory what the browser has no room for, so that writing goes on", () => {
  vi.stubGlobal("localStorage", storageOf(10));
  browserStore().setItem("a", "short");
  browserStore().setItem("a", "x".repeat(1000));
  expect(browserStore().getItem("a")).toBe("x".repeat(1000));
  browserStore().setItem("a", "short");
  expect(localStorage.getItem("a")).toBe("short");
  expect(browserStore().getItem("a")).toBe("short");
});

it("works where storage is forbidden", () => {
  vi.stubGlobal("localStorage", undefined);
  browserStore().setItem("a", "one");
  expect(browserStore().getItem("a")).toBe("one");
  browserStore().removeItem("a");
  expect(browserStore().getItem("a")).toBeNull();
});
