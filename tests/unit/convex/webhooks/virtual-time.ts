/**
 * Time that stands still until a test moves it: `Date`, `setTimeout` and `clearTimeout`. Unlike vitest's it lets the test
 * see when the next timer is due and run that one alone, and it waits for no real timer in between.
 */
import { setImmediate as nextTurn } from "node:timers/promises";

type Timer = { id: number; at: number; run: () => void };

export class VirtualTime {
  #now: number;
  #timers: Timer[] = [];
  #lastId = 0;

  constructor(startsAt: number) {
    this.#now = startsAt;
  }

  get now(): number {
    return this.#now;
  }

  /** When the first timer is due; Infinity without one. */
  get nextTimerAt(): number {
    return this.#timers[0]?.at ?? Infinity;
  }

  /** Moves on without running anything. */
  setNow(now: number): void {
    this.#now = now;
  }

  /** Runs the first timer if it is due, and says whether it was. */
  runDueTimer(): boolean {
    if (this.nextTimerAt > this.#now) return false;
    this.#timers.shift()?.run();
    return true;
  }

  /** Replaces the globals; returns what puts them back. */
  install(): () => void {
    const { Date: RealDate, setTimeout, clearTimeout } = globalThis;
    const now = () => this.#now;
    globalThis.Date = class extends RealDate {
      constructor(...parts: [] | [number | string]) {
        super(...((parts.length === 0 ? [now()] : parts) as [number]));
      }
      static override now = now;
    } as DateConstructor;
    globalThis.setTimeout = ((run: () => void, ms = 0) => this.#add(run, ms)) as typeof setTimeout;
    globalThis.clearTimeout = ((id: number) => this.#remove(id)) as typeof clearTimeout;
    return () => Object.assign(globalThis, { Date: RealDate, setTimeout, clearTimeout });
  }

  #add(run: () => void, ms: number): number {
    const timer = { id: ++this.#lastId, at: this.#now + Math.max(0, ms), run };
    // Those of one time run in the order in which they were set.
    const behind = this.#timers.findIndex(({ at }) => at > timer.at);
    this.#timers.splice(behind < 0 ? this.#timers.length : behind, 0, timer);
    return timer.id;
  }

  #remove(id: number): void {
    this.#timers = this.#timers.filter((timer) => timer.id !== id);
  }
}

const CRYPTO = ["digest", "importKey", "sign", "encrypt", "decrypt"] as const;
let cryptoUnderWay = 0;

/** Counts what WebCrypto does elsewhere: nothing else that the code under test waits for is more than a microtask. */
export function watchCrypto(): void {
  const { subtle } = globalThis.crypto;
  for (const name of CRYPTO) {
    const real = subtle[name].bind(subtle) as (...args: unknown[]) => Promise<unknown>;
    const counted = async (...args: unknown[]): Promise<unknown> => {
      cryptoUnderWay++;
      try {
        return await real(...args);
      } finally {
        cryptoUnderWay--;
      }
    };
    Object.defineProperty(subtle, name, { value: counted });
  }
}

/** Resolves once nothing goes on by itself any more: everything waits for a timer, or for good. */
export async function untilAtRest(): Promise<void> {
  do await nextTurn();
  while (cryptoUnderWay > 0);
}
