import type { Store } from "../shared/storage";
import type { FormValues } from "./form-fields";
import type { Network, StartRequest, StartResult } from "./network";
import { newMessageId } from "./random";
import * as records from "./records";

const RETRY_MS = [1_000, 2_000, 4_000, 8_000, 16_000];

/** Who starts, asked anew for each attempt. */
export type Starter = Omit<StartRequest, keyof records.StartRecord>;

export type FirstMessageEvents = {
  starter: () => Starter;
  onUnreachable: () => void;
  onRefused: (result: Extract<StartResult, { kind: "refused" }>) => void;
  onStarted: (conversationId: string, start: records.StartRecord, starter: Starter) => void;
};

/** The first message on its way over HTTP: again with the same id until the server has answered. */
export class FirstMessage {
  /** The attempt whose answer counts. */
  #running: symbol | null = null;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The last attempt, so that pressing again after a failure repeats it under the same message id. */
  #last: records.StartRecord | null = null;

  constructor(
    private readonly store: Store,
    private readonly network: Network,
    private readonly signal: AbortSignal,
    private readonly events: FirstMessageEvents,
  ) {
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  submit(values: FormValues): void {
    const isRepeat = this.#last?.message === values.message;
    const clientMessageId = isRepeat && this.#last ? this.#last.clientMessageId : newMessageId();
    this.#last = { ...values, clientMessageId };
    records.writeStart(this.store, this.#last);
    this.retry();
  }

  /** Takes up what an earlier page has left. */
  resume(): void {
    this.#last = records.readStart(this.store);
    this.retry();
  }

  retry(): void {
    if (this.#last && this.#running === null) void this.#attempt(this.#last);
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

  async #attempt(start: records.StartRecord): Promise<void> {
    const attempt = (this.#running = Symbol());
    clearTimeout(this.#timer);
    const starter = this.events.starter();
    const result = await this.network.start({ ...start, ...starter }, this.signal);
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
        return this.events.onRefused(result);
      case "started":
        this.#last = null;
        this.#failures = 0;
        return this.events.onStarted(result.conversationId, start, starter);
      default:
        return result satisfies never;
    }
  }
}
