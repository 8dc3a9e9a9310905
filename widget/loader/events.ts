import type { WidgetEvents } from "../api";

type Listener<Name extends keyof WidgetEvents> = (detail: WidgetEvents[Name]) => void;

/** The page's listeners to one widget. */
export class Events {
  readonly #listeners = new Map<string, Set<Listener<never>>>();

  add<Name extends keyof WidgetEvents>(event: Name, listener: Listener<Name>): void {
    const known = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, known.add(listener));
  }

  remove<Name extends keyof WidgetEvents>(event: Name, listener: Listener<Name>): void {
    this.#listeners.get(event)?.delete(listener);
  }

  clear(): void {
    this.#listeners.clear();
  }

  /** A listener that throws is the page's own matter: it is reported as the page's error and stops nobody. */
  emit<Name extends keyof WidgetEvents>(event: Name, detail: WidgetEvents[Name]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) call(listener as Listener<Name>, detail);
  }
}

export function call<Argument>(listener: (argument: Argument) => void, argument: Argument): void {
  try {
    listener(argument);
  } catch (error) {
    reportError(error);
  }
}
