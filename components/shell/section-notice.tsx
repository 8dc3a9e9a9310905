"use client";

import { TriangleAlert } from "lucide-react";
import { useTroubledEndpoints } from "@/components/hooks/use-troubled-endpoints";
import { Badge } from "@/components/ui/badge";
import type { SectionId } from "./sections";

/**
 * What a section's link says of trouble in it, to whoever can mend it: an endpoint that fails or was disabled. A word where
 * the sidebar has room for one, else a sign at the icon.
 */
export function SectionNotice({ section }: { section: SectionId }) {
  const troubled = useTroubledEndpoints();
  if (section !== "integrations" || troubled.length === 0) return null;
  const word = troubled.some(({ enabled }) => enabled) ? "Failing" : "Disabled";
  return (
    <>
      <Badge kind="bad" Icon={TriangleAlert} className="ml-auto max-lg:hidden">
        <span className="sr-only">Endpoint: </span>
        {word}
      </Badge>
      <span className="absolute top-0.5 left-[calc(50%+6px)] text-danger-ink lg:hidden">
        <TriangleAlert size={12} aria-hidden="true" strokeWidth={2.25} />
        <span className="sr-only">Endpoint {word.toLowerCase()}</span>
      </span>
    </>
  );
}
