/**
 * What the widget remembers in a browser, per widget id, under `praxtalk:<widget id>:<name>`.
 *
 * visitor           JSON {key, conversationId?, user?}: the visitor's secret, the conversation that runs, and the site's
 *                   id of whom the page has signed in
 * start             JSON: a first message that no answer has confirmed yet
 * out:<message id>  JSON {body, files, createdAt}: a message that no answer has confirmed yet, one record each, so that
 *                   two tabs adding and removing at once never overwrite each other
 * draft             text in the composer
 * files             JSON {files}: what goes with that text
 * sound             "on" where the visitor wants to hear answers
 * seen              sequence number of the newest message that the visitor has looked at
 */
export interface Store {
  get(name: string): string | null;
  set(name: string, value: string): void;
  remove(name: string): void;
  /** Names that start with `prefix`, in no particular order. */
  names(prefix: string): string[];
  /** Calls back with the name of a record that another tab changed. Returns the way to stop. */
  watch(onChange: (name: string) => void): () => void;
}

/**
 * The browser's storage where it is allowed. Where it is blocked or full, records live as long as the page: reads
 * see them, and nothing throws.
 */
export function openStore(widgetId: string, backing: Storage | null = browserStorage()): Store {
  const prefix = keyPrefix(widgetId);
  const inMemory = new Map<string, string>();
  const attempt = <Result>(work: (storage: Storage) => Result, otherwise: Result): Result => {
    try {
      return backing ? work(backing) : otherwise;
    } catch {
      return otherwise;
    }
  };
  return {
    get: (name) => inMemory.get(name) ?? attempt((storage) => storage.getItem(prefix + name), null),
    set(name, value) {
      const isStored = attempt((storage) => {
        storage.setItem(prefix + name, value);
        return true;
      }, false);
      if (isStored) inMemory.delete(name);
      else inMemory.set(name, value);
    },
    remove(name) {
      inMemory.delete(name);
      attempt((storage) => storage.removeItem(prefix + name), undefined);
    },
    names(namePrefix) {
      const stored = attempt((storage) => Object.keys(storage), []);
      const own = stored.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
      return [...new Set([...own, ...inMemory.keys()])].filter((name) => name.startsWith(namePrefix));
    },
    watch(onChange) {
      const listener = ({ key }: StorageEvent): void => {
        if (key?.startsWith(prefix)) onChange(key.slice(prefix.length));
      };
      addEventListener("storage", listener);
      return () => removeEventListener("storage", listener);
    },
  };
}

/** Whether a conversation runs, or was about to: then the panel connects without waiting to be opened. */
export function hasConversation(widgetId: string): boolean {
  try {
    const prefix = keyPrefix(widgetId);
    const visitor = localStorage.getItem(`${prefix}visitor`);
    return visitor?.includes("conversationId") || localStorage.getItem(`${prefix}start`) !== null;
  } catch {
    return false;
  }
}

const keyPrefix = (widgetId: string): string => `praxtalk:${widgetId}:`;

/** Even naming the storage throws where cookies are blocked. */
function browserStorage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
