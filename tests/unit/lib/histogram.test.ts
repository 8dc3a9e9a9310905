import { describe, expect, it } from "vitest";
import { addTo, bucketOf, bucketStart, quantile, total } from "../../../lib/histogram";
import type { Histogram } from "../../../lib/histogram";

/** Numbers from 0 to 1, the same in each run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const ERROR = 0.036;

describe("durations in buckets", () => {
  it("have the median and the ninetieth percentile of the exact ones, within the stated error", () => {
    const random = randomNumbers(7);
    for (let round = 0; round < 200; round++) {
      const count = 1 + Math.floor(random() * 300);
      const spread = 1 + random() * 12;
      const durations = Array.from({ length: count }, () =>
        Math.min(2_000 * Math.exp(spread * random()), 60 * 24 * 60 * 60_000),
      );
      const histogram: Histogram = new Map();
      for (const duration of durations) addTo(histogram, bucketOf(duration), 1);
      expect(total(histogram)).toBe(count);
      durations.sort((a, b) => a - b);
      for (const share of [0.5, 0.9, 1]) {
        const exact = durations[Math.ceil(share * count) - 1] ?? 0;
        const read = quantile(histogram, share) ?? 0;
        expect(Math.abs(read - exact) / exact, `${count} durations, ${share}`).toBeLessThan(ERROR);
      }
    }
  });

  it("begin at the powers of two of a minute, and never above what they hold", () => {
    for (const minutes of [0.5, 1, 2, 64]) {
      expect(bucketStart(bucketOf(minutes * 60_000))).toBe(minutes * 60_000);
    }
    const random = randomNumbers(11);
    for (let round = 0; round < 1_000; round++) {
      const duration = Math.exp(random() * 22);
      const bucket = bucketOf(duration);
      expect(bucketStart(bucket)).toBeLessThanOrEqual(duration);
      if (bucket < 165) expect(bucketStart(bucket + 1)).toBeGreaterThan(duration);
    }
  });

  it("take what is out of bounds into the first and the last, and tell nothing of none", () => {
    expect(bucketOf(-5)).toBe(bucketOf(0));
    expect(bucketOf(Number.MAX_SAFE_INTEGER)).toBe(165);
    expect(quantile(new Map(), 0.5)).toBeNull();
  });
});
