import { expect, it } from "vitest";
import { REPLY_TARGET_MS, waitGauge } from "@/components/inbox/wait";

it.each([
  [0, "calm", 0],
  [0.59, "calm", 0.59],
  [0.6, "soon", 0.6],
  [0.99, "soon", 0.99],
  [1, "late", 1],
  [7, "late", 1],
  [-1, "calm", 0],
])("after %d of the reply target the gauge is %s", (part, level, share) => {
  const gauge = waitGauge(0, part * REPLY_TARGET_MS);
  expect(gauge.level).toBe(level);
  expect(gauge.share).toBeCloseTo(share);
});
