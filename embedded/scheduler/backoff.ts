/** How long a scheduled mutation waits before it is tried again. Doubles with each failure in a row. */

/** Conflicts pass soon; other failures of the deployment may last. All in ms. */
const DELAYS = {
  conflict: { first: 100, longest: 60_000 },
  other: { first: 500, longest: 2 * 60 * 60 * 1000 },
} as const;

export class Backoff {
  readonly #failures = new Map<string, number>();

  next(jobId: string, reason: keyof typeof DELAYS): number {
    const failures = this.#failures.get(jobId) ?? 0;
    this.#failures.set(jobId, failures + 1);
    const { first, longest } = DELAYS[reason];
    return Math.min(first * 2 ** failures, longest);
  }

  forget(jobId: string): void {
    this.#failures.delete(jobId);
  }
}
