/** How long a scheduled mutation, or a cron job's, waits before it is tried again. */

/** Conflicts pass soon; other failures of the deployment may last. All in ms. */
const DELAYS = {
  conflict: { first: 100, longest: 60_000 },
  other: { first: 500, longest: 2 * 60 * 60 * 1000 },
  cron: { first: 500, longest: 15_000 },
} as const;

/** In ms; doubles with each failure in a row. `failures`: those before this one. */
export function retryDelay(failures: number, reason: keyof typeof DELAYS): number {
  const { first, longest } = DELAYS[reason];
  return Math.min(first * 2 ** failures, longest);
}
