/** Milliseconds in which a visitor should have an answer, until brands set a target of their own. */
export const REPLY_TARGET_MS = 10 * 60_000;

export type WaitLevel = "calm" | "soon" | "late";

/** How far a wait has gone toward the reply target: `share` from 0 to 1, amber from 60 %, red at 100 %. */
export function waitGauge(since: number, now: number): { share: number; level: WaitLevel } {
  const share = Math.min(1, Math.max(0, (now - since) / REPLY_TARGET_MS));
  return { share, level: share >= 1 ? "late" : share >= 0.6 ? "soon" : "calm" };
}
