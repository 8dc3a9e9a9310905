import { FORM_OPEN_MIN_MS } from "../../lib/limits";
import type { Store } from "../shared/storage";
import type { FormValues } from "./form-fields";
import type { FormTraces, Network, StartRequest, StartResult } from "./network";
import { newMessageId } from "./random";
import * as records from "./records";

const RETRY_MS = [1_000, 2_000, 4_000, 8_000, 16_000];

/** Who starts, asked anew for each attempt. */
export type Starter = Omit<StartRequest, keyof records.StartRecord | keyof FormTraces>;

export type FirstMessageEvents = {
  starter: () => Starter;
  onUnreachable: () => void;
  onRefused: (result: Extract<StartResult, { kind: "refused" }>, start: records.StartRecord) => void;
  onStarted: (conversationId: string, start: records.StartRecord, starter: Starter) => void;
};

/** `openedAt` is of `performance.now()`, which no change of the clock touches. */
export type Filling = { topic: string; openedAt: number };

/** The first message on its way over HTTP: again with the same id until the server has answered. */
export class FirstMessage {
  /** The attempt whose answer counts. */
  #running: symbol | null = null;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The last attempt, so that pressing again after a failure repeats it under the same message id. */
  #last: records.StartRecord | null = null;
  /** How the form of this page was filled; null for what an earlier page has left. */
  #filled: Filling | null = null;

  constructor(
    private readonly store: Store,
    private readonly network: Network,
    private readonly signal: AbortSignal,
    private readonly events: FirstMessageEvents,
  ) {
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  submit(values: FormValues, filled: Filling): void {
    const isRepeat = this.#last?.message === values.message;
    const clientMessageId = isRepeat && this.#last ? this.#last.clientMessageId : newMessageId();
    this.#last = { ...values, clientMessageId };
    this.#filled = filled;
    records.writeStart(this.store, this.#last);
    this.retry();
  }

  /** Takes up what an earlier page has left. */
  resume(): void {
    this.#last = records.readStart(this.store);
    this.retry();
  }

  retry(): void {
    if (!this.#last || this.#running !== null) return;
    clearTimeout(this.#timer);
    const traces = this.#traces();
    const early = FORM_OPEN_MIN_MS - (traces?.openMs ?? FORM_OPEN_MIN_MS);
    // The server would take it for a script's. Measured again then: browsers may round their clocks.
    if (early > 0) this.#timer = setTimeout(() => this.retry(), early);
    else void this.#attempt(this.#last, traces);
  }

  /** The visitor is somebody else by now, for whom what is on its way is sent again. */
  repeat(): void {
    const wasOnItsWay = this.#running !== null;
    this.#running = null;
    if (wasOnItsWay) this.retry();
  }

  /** Whatever is answered from now on is for somebody who is not here any more. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#last = this.#running = null;
  }

  #traces(): FormTraces | null {
    if (this.#filled === null) return null;
    const { topic, openedAt } = this.#filled;
    return { topic, openMs: performance.now() - openedAt };
  }

  async #attempt(start: records.StartRecord, traces: FormTraces | null): Promise<void> {
    const attempt = (this.#running = Symbol());
    const starter = this.events.starter();
    const result = await this.network.start({ ...start, ...traces, ...starter }, this.signal);
    if (this.signal.aborted || this.#running !== attempt) return;
    this.#running = null;
    switch (result.kind) {
      case "unreachable": {
        const wait = RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)];
        this.#timer = setTimeout(() => this.retry(), wait);
        return this.events.onUnreachable();
      }
      case "refused":
        records.forgetStart(this.store);
        return this.events.onRefused(result, start);
      case "started":
        this.#last = null;
        this.#failures = 0;
        return this.events.onStarted(result.conversationId, start, starter);
      default:
        return result satisfies never;
    }
  }
}
