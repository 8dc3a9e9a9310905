import type { TextStore } from "@/components/inbox/drafts";

/**
 * This computer's storage for drafts and unsent messages. A browser that forbids it gets a memory that lasts as long
 * as the page.
 */
export function browserStore(): TextStore {
  try {
    const probe = "praxtalk:probe";
    window.localStorage.setItem(probe, "1");
    window.localStorage.removeItem(probe);
    return window.localStorage;
  } catch {
    return memory;
  }
}

const entries = new Map<string, string>();
const memory: TextStore = {
  getItem: (name) => entries.get(name) ?? null,
  setItem: (name, value) => void entries.set(name, value),
  removeItem: (name) => void entries.delete(name),
};
