import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DEFAULT_RETRY_SCHEDULE,
  nextAttemptAt,
  parseRetryAfter,
  parseRetrySchedule,
} from "../../../../convex/logic/retrySchedule";

const NOW = Date.UTC(2030, 0, 1);

describe("the retry schedule", () => {
  it("is read in ms, s, m and h, and is the default as documented", () => {
    expect(parseRetrySchedule("30s,2m,10m,1h,6h")).toEqual({ ok: true, value: [...DEFAULT_RETRY_SCHEDULE] });
    expect(parseRetrySchedule("1ms, 2s ,3m,4h,168h")).toEqual({
      ok: true,
      value: [1, 2_000, 180_000, 14_400_000, 604_800_000],
    });
  });

  it("is never early, and at most a tenth late, twice the delay where the receiver asks for time", () => {
    const delays = fc.array(fc.integer({ min: 1, max: 604_800_000 }), { minLength: 5, maxLength: 5 });
    const random = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
    const retryAfter = fc.option(fc.oneof(fc.nat(1e9).map(String), fc.string()), { nil: undefined });
    fc.assert(
      fc.property(
        delays,
        fc.integer({ min: 1, max: 5 }),
        random,
        retryAfter,
        (schedule, number, random, asked) => {
          const at = nextAttemptAt({ number, endedAt: NOW, retryAfter: asked }, schedule, random);
          const delay = schedule[number - 1]!;
          const askedMs = asked === undefined ? 0 : (parseRetryAfter(asked, NOW) ?? 0);
          const wait = Math.min(Math.max(delay, askedMs), 2 * delay);
          expect(at! - NOW).toBeGreaterThanOrEqual(wait);
          expect(at! - NOW).toBeLessThanOrEqual(wait * 1.1);
        },
      ),
    );
  });

  it("spreads attempts over the tenth", () => {
    const at = (random: number) =>
      nextAttemptAt({ number: 1, endedAt: NOW }, DEFAULT_RETRY_SCHEDULE, random)! - NOW;
    expect([at(0), at(0.5), at(0.9999999)]).toEqual([30_000, 31_500, 32_999]);
  });

  it("ends after the last delay", () => {
    expect(nextAttemptAt({ number: 6, endedAt: NOW }, DEFAULT_RETRY_SCHEDULE, 0)).toBeNull();
  });
});

describe("Retry-After", () => {
  it.each([
    ["0", 0],
    [" 120 ", 120_000],
    ["1000000000", 1e12],
    ["Tue, 01 Jan 2030 00:01:00 GMT", 60_000],
    ["Tuesday, 01-Jan-30 00:01:00 GMT", 60_000],
    ["Tue Jan  1 00:01:00 2030", 60_000],
    ["Mon, 31 Dec 2029 23:59:00 GMT", -60_000],
    ["", null],
    ["-1", null],
    ["1.5", null],
    ["1e9", null],
    ["soon", null],
    ["2030-01-01T00:01:00Z", null],
    ["Tue, 01 Jan 2030 00:01:00 +0000", null],
    ["Tue, 99 Foo 2030 00:01:00 GMT", null],
  ])("of %j asks for %j ms", (text, ms) => {
    expect(parseRetryAfter(text, NOW)).toBe(ms);
  });
});
