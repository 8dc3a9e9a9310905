"use client";

import { fullTime, spanText } from "@/components/format/time";
import { useSecond } from "@/components/hooks/use-now";

/** How long it is until a time, to the second: "in 4 min 12 s". Not announced: it changes all the time. */
export function Countdown({ to }: { to: number }) {
  const now = useSecond();
  if (now === 0) return null;
  return (
    <time dateTime={new Date(to).toISOString()} title={fullTime(to)}>
      {to > now ? `in ${spanText(Math.ceil((to - now) / 1000) * 1000)}` : "now"}
    </time>
  );
}
