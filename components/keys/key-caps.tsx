"use client";

import { use, useSyncExternalStore } from "react";
import { Kbd } from "@/components/ui/kbd";
import { KeyChoiceContext } from "./key-choice";
import { keyCaps } from "./key-match";
import { ownKey } from "./own-keys";

const never = () => () => undefined;

/** Whether this is a computer by Apple, whose keys are named ⌘ and ⌥. False while the server renders. */
export function useAppleKeys(): boolean {
  return useSyncExternalStore(
    never,
    () => /Mac|iPhone|iPad/.test(navigator.userAgent),
    () => false,
  );
}

/** The caps of a usual key, as this person has it and this computer names it: nothing for one that is turned off. */
export function KeyCaps({ of: usual, bare }: { of: string; bare?: boolean }) {
  const apple = useAppleKeys();
  const key = ownKey(usual, use(KeyChoiceContext));
  if (key === null) return null;
  const caps = keyCaps(key, apple);
  if (bare) return <Kbd bare>{caps.join(apple ? "" : " ")}</Kbd>;
  return caps.map((cap, index) => <Kbd key={index}>{cap}</Kbd>);
}
