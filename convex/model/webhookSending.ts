/** What a lane's worker has under way. */
import type { AttemptRequest, ExchangeResult } from "../validators/webhooks";

export type Ended = { attemptId: AttemptRequest["attemptId"]; result: ExchangeResult };

/**
 * Results of one transaction. What it reads grows with them and with their endpoints, of which each may have five more
 * claimed in it; this many stay well below what a transaction may read.
 */
const RECORDED_MAX = 50;

/**
 * Attempts under way, side by side. Results that come while others are being recorded are recorded together; what their
 * recording gives back is sent too. What cannot be recorded is left to the sweep, and takes no other result with it.
 */
export class Sending {
  /** Attempts that began; the last of them ends when all results are recorded. */
  count = 0;
  #ended: Ended[] = [];
  #isRecording = false;
  #failures: unknown[] = [];
  #onIdle = new Set<() => void>();

  constructor(
    /** Null: nothing is to be recorded. */
    private readonly send: (request: AttemptRequest) => Promise<ExchangeResult | null>,
    private readonly record: (results: Ended[]) => Promise<AttemptRequest[]>,
  ) {}

  start(requests: AttemptRequest[]): void {
    this.count += requests.length;
    for (const request of requests) void this.#attempt(request);
  }

  async #attempt(request: AttemptRequest): Promise<void> {
    try {
      const result = await this.send(request);
      if (result !== null) this.#ended.push({ attemptId: request.attemptId, result });
    } catch (error) {
      this.#failures.push(error);
    }
    await this.#recordEnded();
    this.count--;
    if (this.count > 0) return;
    for (const resolve of this.#onIdle) resolve();
    this.#onIdle.clear();
  }

  async #recordEnded(): Promise<void> {
    if (this.#isRecording) return;
    this.#isRecording = true;
    while (this.#ended.length > 0) {
      try {
        this.start(await this.record(this.#ended.splice(0, RECORDED_MAX)));
      } catch (error) {
        this.#failures.push(error);
      }
    }
    this.#isRecording = false;
  }

  /** Resolves when what is under way has ended, and after so many ms in any case. */
  async idleWithin(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const stop = () => {
        clearTimeout(timer);
        this.#onIdle.delete(stop);
        resolve();
      };
      const timer = setTimeout(stop, ms);
      this.#onIdle.add(stop);
    });
  }

  async idle(): Promise<void> {
    if (this.count > 0) await new Promise<void>((resolve) => this.#onIdle.add(resolve));
  }

  /** Resolves once nothing is under way; rejects if anything could not be recorded. */
  async end(): Promise<void> {
    await this.idle();
    if (this.#failures.length === 0) return;
    throw new AggregateError(this.#failures.splice(0), "Results of webhook attempts could not be recorded.");
  }
}
