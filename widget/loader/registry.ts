import type { PraxTalkWidget } from "../api";

/**
 * The widgets of one page in the order of their coming, shared by every copy of the loader that the page runs: a
 * script included twice mounts once, and several ids know of each other. It hangs on `window` under a symbol.
 */
export type Registration = {
  widget: PraxTalkWidget;
  /** Places taken from the corner on: 0 is the corner itself. Set when the widget is mounted. */
  place: number | null;
  position: "br" | "bl" | null;
};

const KEY = Symbol.for("praxtalk.widgets");

type Registry = Map<string, Registration>;

export function registry(): Registry {
  const holder = window as unknown as Record<symbol, Registry | undefined>;
  const existing = holder[KEY];
  if (existing) return existing;
  const created: Registry = new Map();
  Object.defineProperty(window, KEY, { value: created });
  return created;
}

/** Takes the free place that is nearest to a corner. */
export function takePlace(registration: Registration, position: "br" | "bl"): number {
  const others = [...registry().values()].filter(
    (other) => other !== registration && other.position === position,
  );
  let place = 0;
  while (others.some((other) => other.place === place)) place += 1;
  registration.position = position;
  registration.place = place;
  return place;
}

/** Panels share one spot, so opening one closes the others. */
export function closeOthers(widget: PraxTalkWidget): void {
  for (const other of registry().values()) if (other.widget !== widget) other.widget.close();
}
