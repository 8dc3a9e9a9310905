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
  // The listener reads the registry, so that a key works from the moment when its owner is on the page; what is printed
  // may follow a render later.
  const registry = useRef(new Map<symbol, readonly KeyBinding[]>());
  const [offered, setOffered] = useState<readonly KeyBinding[]>([]);
  const [sheetOpen, setSheetOpen] = useState(false);
  const register = useCallback((id: symbol, bindings: readonly KeyBinding[]) => {
    const publish = () => setOffered([...registry.current.values()].flat());
    registry.current.set(id, bindings);
    publish();
    return () => {
      registry.current.delete(id);
      publish();
    };
  }, []);
  const showAll = useCallback(() => setSheetOpen(true), []);
  const help = useMemo(() => ({ key: "?", label: "All keys", foot: "all keys", run: showAll }), [showAll]);
  const bindings = useMemo(() => inPrintOrder([...offered, help]), [offered, help]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const binding = [...registry.current.values(), [help]]
        .flat()
        .find((each) => each.run && matchesKey(event, each.key));
      if (!binding?.run || (takesText(event.target) && !binding.key.startsWith("mod+"))) return;
      event.preventDefault();
      binding.run();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [help]);
  const keys = useMemo(() => ({ bindings, register, showAll }), [bindings, register, showAll]);
  return (
    <KeysContext value={keys}>
      {children}
      <Dialog open={sheetOpen} onClose={() => setSheetOpen(false)} title="Keys">
        <KeySheet bindings={bindings} />
      </Dialog>
    </KeysContext>
  );
}
