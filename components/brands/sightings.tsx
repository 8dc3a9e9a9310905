"use client";

import { useBrandSightings } from "@/components/hooks/use-brands";
import { NoteBox } from "@/components/ui/note-box";
import { LastSeen } from "./last-seen";
import { placeOf } from "./sighting-text";

/** Where the widget was seen, live, and which of those pages are refused it. */
export function Sightings({ brandId }: { brandId: string }) {
  const sightings = useBrandSightings(brandId);
  if (sightings.status === "failed") {
    return <NoteBox kind="danger">The server could not tell where the widget was seen.</NoteBox>;
  }
  if (sightings.status === "loading") return null;
  const refused = sightings.data.filter(({ isAllowed }) => !isAllowed);
  return (
    <div className="grid gap-3">
      {refused.length > 0 ? (
        <NoteBox kind="warning">
          {refused.map(placeOf).join(", ")} {refused.length === 1 ? "is" : "are"} not among the allowed pages,
          so the widget does not appear there.
        </NoteBox>
      ) : null}
      {sightings.data.length === 0 ? (
        <p role="status" className="text-13 text-ink-2">
          Not seen yet. Open a page that carries the snippet: this line changes by itself.
        </p>
      ) : (
        <ul aria-label="Pages that asked for the widget" className="grid gap-1.5 text-13">
          {sightings.data.map((sighting) => (
            <li key={sighting.origin} className="min-w-0">
              <LastSeen sighting={sighting} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
