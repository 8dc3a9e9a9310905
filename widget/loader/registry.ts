/**
 * The widgets of one page, shared by every copy of the loader that the page runs: a script included twice mounts
 * once, and several ids know of each other. It hangs on `window` under a symbol, so no name of the page is taken.
 */
export type Registration = {
  /** Places taken from the corner on: 0 is the corner itself. Set when the widget is mounted. */
  place: number | null;
  position: "br" | "bl" | null;
  close: () => void;
};

const KEY = Symbol.for("praxtalk.widgets");

type Registry = Map<string, Registration>;

function registry(): Registry {
  const holder = window as unknown as Record<symbol, Registry | undefined>;
  const existing = holder[KEY];
  if (existing) return existing;
  const created: Registry = new Map();
  Object.defineProperty(window, KEY, { value: created });
  return created;
}

/** Null when this id is on the page already, or on its way there. */
export function claim(widgetId: string): Registration | null {
  if (registry().has(widgetId)) return null;
  const registration: Registration = { place: null, position: null, close: () => undefined };
  registry().set(widgetId, registration);
  return registration;
}

/** Makes way for a later attempt, after a failure. */
export function release(widgetId: string): void {
  registry().delete(widgetId);
}

/** Takes the next free place in a corner, counted per corner. */
export function takePlace(registration: Registration, position: "br" | "bl"): number {
  const taken = [...registry().values()].filter((other) => other.position === position).length;
  registration.position = position;
  registration.place = taken;
  return taken;
}

/** Panels share one spot, so opening one closes the others. */
export function closeOthers(registration: Registration): void {
  for (const other of registry().values()) if (other !== registration) other.close();
}
