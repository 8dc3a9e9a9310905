"use client";

import { CircleCheck, TriangleAlert } from "lucide-react";
import { fullTime } from "@/components/format/time";
import { useNow } from "@/components/hooks/use-now";
import type { Sighting } from "@/convex/validators/brands";
import { placeOf, seenText } from "./sighting-text";

/** "Seen on example.com 2 min ago", and whether that page may have the widget. */
export function LastSeen({ sighting }: { sighting: Sighting | null }) {
  const now = useNow();
  if (sighting === null) return <span className="text-ink-2">Not seen yet</span>;
  const Icon = sighting.isAllowed ? CircleCheck : TriangleAlert;
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <Icon
        size={14}
        aria-hidden="true"
        className={sighting.isAllowed ? "text-success-ink" : "text-warning-ink"}
      />
      <span className="min-w-0 truncate max-md:whitespace-normal" title={fullTime(sighting.seenAt)}>
        {sighting.isAllowed ? "Seen on" : "Refused on"} {placeOf(sighting)} {seenText(sighting, now)}
      </span>
    </span>
  );
}
