import { timeInSentence, waitingTime } from "@/components/format/time";
import type { Sighting } from "@/convex/validators/brands";

const HOUR = 3_600_000;

/** Where a widget was seen, as people call it. */
export function placeOf({ origin }: Pick<Sighting, "origin">): string {
  return origin === "null" ? "a local file" : new URL(origin).host;
}

/** When it was seen: "just now", "2 min ago", then the time or the date. Sightings are noted to the minute. */
export function seenText({ seenAt }: Pick<Sighting, "seenAt">, now: number): string {
  const ago = now - seenAt;
  if (ago < 60_000) return "just now";
  return ago < HOUR ? `${waitingTime(seenAt, now)} ago` : timeInSentence(seenAt, { now });
}
