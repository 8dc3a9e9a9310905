"use client";

import type { FunctionArgs } from "convex/server";
import { useCallback, useEffect } from "react";
import { api } from "@/convex/_generated/api";
import type { Preferences } from "@/convex/validators/preferences";
import { useLiveQuery, type Live, type OwnArgs } from "./use-live-query";
import { useOperatorMutation } from "./use-operator-call";

type Change = OwnArgs<FunctionArgs<typeof api.preferences.update>>;

/** What this operator chose for themselves. */
export function usePreferences(): Live<Preferences> {
  return useLiveQuery(api.preferences.get, {});
}

export function useChangePreferences(): (change: Change) => Promise<null> {
  const update = useOperatorMutation(api.preferences.update);
  return useCallback((change: Change) => update(change), [update]);
}

/** Draws the page as dense as the operator chose. */
export function useDensity(density: Preferences["density"] | undefined): void {
  useEffect(() => {
    if (density === "compact") document.documentElement.dataset["density"] = "compact";
    else delete document.documentElement.dataset["density"];
  }, [density]);
}
