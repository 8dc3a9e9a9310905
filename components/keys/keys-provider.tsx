"use client";

import {
  createContext,
  use,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
} from "react";
import { Dialog } from "@/components/ui/dialog";
import { KeyChoiceContext } from "./key-choice";
import { KeySheet } from "./key-sheet";
import { hasModifier, inPrintOrder, matchesKey, takesText, type KeyBinding } from "./key-match";
import { USUAL_KEYS, ownKey, type KeyChoice } from "./own-keys";

type Keys = {
  /** What the page offers now. */
  bindings: readonly KeyBinding[];
  showAll: () => void;
};
type Register = (id: symbol, bindings: readonly KeyBinding[]) => () => void;

const KeysContext = createContext<Keys | null>(null);
/** Apart, and never another: who offers keys is not drawn again because somebody does. */
const RegisterContext = createContext<Register | null>(null);

/** How long the first of two keys waits for the second, milliseconds. */
const SECOND_KEY_MS = 1_500;

function provided<T>(value: T | null): T {
  if (value === null) throw new Error("Keys need a KeysProvider above them.");
  return value;
}

/** The keys that work on this page now, for the foot line, the sheet and the palette. */
export function useKeyBindings(): Keys {
  return provided(use(KeysContext));
}

const PausedContext = createContext(false);

/** Takes single keys away from a part of the page while another part has them; keys with a modifier stay. */
export function KeysPaused({ when, children }: { when: boolean; children: ReactNode }) {
  return <PausedContext value={when}>{children}</PausedContext>;
}

/** Offers keys while the calling component is on the page. Memoise `bindings`. */
export function useKeys(bindings: readonly KeyBinding[]): void {
  const register = provided(use(RegisterContext));
  const paused = use(PausedContext);
  const [id] = useState(() => Symbol("keys"));
  // With the page, not after it: a key never does what was offered a moment ago.
  useLayoutEffect(() => {
    return register(id, paused ? bindings.filter(({ key }) => hasModifier(key)) : bindings);
  }, [register, id, bindings, paused]);
}

type KeysProviderProps = {
  /** Which single keys the person has. Keep it between renders. */
  choice?: KeyChoice;
  children: ReactNode;
};

/** Listens for all keys of the page in one place, and shows them all on "?". */
export function KeysProvider({ choice = USUAL_KEYS, children }: KeysProviderProps) {
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
  const bindings = useMemo(() => {
    const working = [...offered, help].filter(({ key }) => ownKey(key, choice) !== null);
    return inPrintOrder(working);
  }, [offered, help, choice]);
  useEffect(() => {
    const all = () => [...registry.current.values(), [help]].flat();
    return listenForKeys(all, choice);
  }, [help, choice]);
  const keys = useMemo(() => ({ bindings, showAll }), [bindings, showAll]);
  return (
    <KeyChoiceContext value={choice}>
      <RegisterContext value={register}>
        <KeysContext value={keys}>
          {children}
          <Dialog open={sheetOpen} onClose={() => setSheetOpen(false)} title="Keys">
            <KeySheet bindings={bindings} singleKeys={choice.singleKeys} />
          </Dialog>
        </KeysContext>
      </RegisterContext>
    </KeyChoiceContext>
  );
}

/** Runs what the page offers under the keys that are pressed. Returns the clean-up. */
function listenForKeys(all: () => KeyBinding[], choice: KeyChoice): () => void {
  /** The key that was pressed before and begins another binding, until then. */
  let first: { key: string; until: number } | null = null;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    const inText = takesText(event.target);
    const before = first !== null && event.timeStamp <= first.until ? first.key : null;
    first = null;
    const offers = all().flatMap(({ key, run }) => {
      const own = ownKey(key, choice);
      return run && own !== null && (!inText || hasModifier(own)) ? { own, run } : [];
    });
    const second = offers.find(({ own }) => {
      const [prefix, key] = own.split(" ");
      return key !== undefined && prefix === before && matchesKey(event, key);
    });
    const single = offers.find(({ own }) => !own.includes(" ") && matchesKey(event, own));
    const begins = offers.find(({ own }) => own.includes(" ") && matchesKey(event, own.split(" ")[0] ?? ""));
    const offer = second ?? single;
    if (!offer && !begins) return;
    event.preventDefault();
    if (offer) offer.run();
    else first = { key: event.key.toLowerCase(), until: event.timeStamp + SECOND_KEY_MS };
  };
  window.addEventListener("keydown", onKeyDown);
  return () => window.removeEventListener("keydown", onKeyDown);
}
