"use client";

import { useSyncExternalStore } from "react";
import { Kbd } from "@/components/ui/kbd";
import { keyCaps } from "./key-match";

const never = () => () => undefined;

/** Whether this is a computer by Apple, whose keys are named ⌘ and ⌥. False while the server renders. */
export function useAppleKeys(): boolean {
  return useSyncExternalStore(
    never,
    () => /Mac|iPhone|iPad/.test(navigator.userAgent),
    () => false,
  );
}

/** The caps of a key, as they are named on this computer; `bare` in one piece for a filled button. */
export function KeyCaps({ of: key, bare }: { of: string; bare?: boolean }) {
  const caps = keyCaps(key, useAppleKeys());
  if (bare) return <Kbd bare>{caps.join("")}</Kbd>;
  return caps.map((cap) => <Kbd key={cap}>{cap}</Kbd>);
}
