/**
 * Durations counted in buckets of fixed bounds, so that counts of different times and people can be added: each bucket is a
 * tenth of a doubling wide. A quantile read from them differs from the exact one by less than 3.6%, from a second to 65 days.
 */

const MINUTE = 60_000;
/** Buckets for each doubling of the duration. */
const PER_DOUBLING = 10;
/** Below a second lies one bucket; the last has all that is longer than 65 days. */
const FIRST = -60;
const LAST = 165;

/** The bucket of a duration in milliseconds. Whole powers of two of a minute are bounds. */
export function bucketOf(duration: number): number {
  if (duration <= 0) return FIRST;
  const bucket = Math.floor(PER_DOUBLING * Math.log2(duration / MINUTE));
  return Math.min(Math.max(bucket, FIRST), LAST);
}

/** Where a bucket begins, in milliseconds. */
export function bucketStart(bucket: number): number {
  return bucket <= FIRST ? 0 : MINUTE * 2 ** (bucket / PER_DOUBLING);
}

/** How many durations fell into each bucket. */
export type Histogram = Map<number, number>;

export function addTo(histogram: Histogram, bucket: number, count: number): void {
  histogram.set(bucket, (histogram.get(bucket) ?? 0) + count);
}

export function total(histogram: Histogram): number {
  return [...histogram.values()].reduce((sum, count) => sum + count, 0);
}

/** The duration below or at which `share` of all lie, by nearest rank, in milliseconds; null where there are none. */
export function quantile(histogram: Histogram, share: number): number | null {
  const count = total(histogram);
  if (count === 0) return null;
  const rank = Math.max(1, Math.ceil(share * count));
  let seen = 0;
  for (const bucket of [...histogram.keys()].sort((a, b) => a - b)) {
    seen += histogram.get(bucket) ?? 0;
    // The middle of the bucket, by ratio: as far from either bound.
    if (seen >= rank) return MINUTE * 2 ** ((bucket + 0.5) / PER_DOUBLING);
  }
  return null;
}
