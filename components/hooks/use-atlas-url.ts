"use client";

import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useCallback } from "react";

/** The parts of the page, in the order in which they stand in the sidebar. */
export const ATLAS_VIEWS = ["knowledge", "runs", "evaluation", "settings"] as const;
export type AtlasView = (typeof ATLAS_VIEWS)[number];

const params = {
  view: parseAsStringLiteral(ATLAS_VIEWS).withDefault("knowledge"),
  brand: parseAsString,
  run: parseAsString,
};

/** What the address says: which part of the page, of which brand, and which run is open. */
export function useAtlasUrl() {
  const [{ view, brand, run }, set] = useQueryStates(params, { history: "push" });
  const show = useCallback((next: AtlasView) => void set({ view: next, run: null }), [set]);
  const choose = useCallback((next: string) => void set({ brand: next, run: null }), [set]);
  const open = useCallback((next: string | null) => void set({ view: "runs", run: next }), [set]);
  return { view, brand, run, show, choose, open };
}
