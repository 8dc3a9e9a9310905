"use client";

import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { Dialog } from "@/components/ui/dialog";
import { KeySheet } from "./key-sheet";
import { inPrintOrder, matchesKey, takesText, type KeyBinding } from "./key-match";

type Keys = {
  /** What the page offers now. */
  bindings: readonly KeyBinding[];
  register: (id: symbol, bindings: readonly KeyBinding[]) => () => void;
  showAll: () => void;
};

const KeysContext = createContext<Keys | null>(null);

function useKeysContext(): Keys {
  const keys = use(KeysContext);
  if (!keys) throw new Error("Keys need a KeysProvider above them.");
  return keys;
}

/** The keys that work on this page now, for the foot line and the sheet. */
export function useKeyBindings(): Pick<Keys, "bindings" | "showAll"> {
  return useKeysContext();
}

/** Offers keys while the calling component is on the page. Memoise `bindings`. */
export function useKeys(bindings: readonly KeyBinding[]): void {
  const { register } = useKeysContext();
  const [id] = useState(() => Symbol("keys"));
  useEffect(() => register(id, bindings), [register, id, bindings]);
}

/** Listens for all keys of the page in one place, and shows them all on "?". */
export function KeysProvider({ children }: { children: ReactNode }) {
  const [groups, setGroups] = useState<ReadonlyMap<symbol, readonly KeyBinding[]>>(new Map());
  const [sheetOpen, setSheetOpen] = useState(false);
  const register = useCallback((id: symbol, bindings: readonly KeyBinding[]) => {
    // Set again in place, so that a component that changes its keys keeps its position.
    setGroups((all) => new Map(all).set(id, bindings));
    return () =>
      setGroups((all) => {
        if (all.get(id) !== bindings) return all;
        const rest = new Map(all);
        rest.delete(id);
        return rest;
      });
  }, []);
  const showAll = useCallback(() => setSheetOpen(true), []);
  const bindings = useMemo(
    () =>
      inPrintOrder([
        ...[...groups.values()].flat(),
        { key: "?", label: "All keys", foot: "all keys", run: showAll },
      ]),
    [groups, showAll],
  );
  const current = useRef(bindings);
  useEffect(() => {
    current.current = bindings;
  }, [bindings]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const binding = current.current.find((each) => each.run && matchesKey(event, each.key));
      if (!binding?.run || (takesText(event.target) && !binding.key.startsWith("mod+"))) return;
      event.preventDefault();
      binding.run();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
  const keys = useMemo(() => ({ bindings, register, showAll }), [bindings, register, showAll]);
  return (
    <KeysContext value={keys}>
      {children}
      <Dialog open={sheetOpen} onOpenChange={setSheetOpen} title="Keys">
        <KeySheet bindings={bindings} />
      </Dialog>
    </KeysContext>
  );
}
