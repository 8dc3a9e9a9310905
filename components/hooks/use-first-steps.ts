"use client";

import { api } from "@/convex/_generated/api";
import type { FirstSteps } from "@/convex/validators/firstSteps";
import { useLiveQuery } from "./use-live-query";
import { useOperatorMutation } from "./use-operator-call";

/** What is done of the first hour; null while it loads, for who could not do it, once all is done, and once it was dismissed. */
export function useFirstSteps(): FirstSteps | null {
  const steps = useLiveQuery(api.firstSteps.get, {}).data ?? null;
  return steps === null || Object.values(steps).every(Boolean) ? null : steps;
}

export const useDismissFirstSteps = () => useOperatorMutation(api.firstSteps.setDismissed);
