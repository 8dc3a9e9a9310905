import type { TextStore } from "@/components/inbox/drafts";

/** What the browser would not keep: it forbids storage, or there is no room. Lasts as long as the page. */
const unkept = new Map<string, string>();

/** This computer's storage for drafts and unsent messages. It never throws: what cannot be stored is held in memory. */
export function browserStore(): TextStore {
  return store;
}

/** Forgets all whose names begin so. */
export function forgetStored(prefix: string): void {
  for (const name of [...unkept.keys(), ...storedNames()]) {
    if (name.startsWith(prefix)) store.removeItem(name);
  }
}

function storedNames(): string[] {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}

const store: TextStore = {
  getItem(name) {
    const held = unkept.get(name);
    if (held !== undefined) return held;
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  },
  setItem(name, value) {
    try {
      localStorage.setItem(name, value);
      unkept.delete(name);
    } catch {
      unkept.set(name, value);
    }
  },
  removeItem(name) {
    unkept.delete(name);
    try {
      localStorage.removeItem(name);
    } catch {
      // Nothing was kept there either.
    }
  },
};
