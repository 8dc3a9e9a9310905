"use client";

import { parseAsStringLiteral, useQueryState } from "nuqs";

/** The parts of a brand's page, in the order of its tabs. */
export const BRAND_PARTS = ["look", "words", "form", "hours", "pages", "identity", "install"] as const;
export type BrandPart = (typeof BRAND_PARTS)[number];

/** What the address says: which part of the brand's page is shown. */
export function useBrandPart() {
  return useQueryState(
    "part",
    parseAsStringLiteral(BRAND_PARTS).withDefault("look").withOptions({ history: "push" }),
  );
}
