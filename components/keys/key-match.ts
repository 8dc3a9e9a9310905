/** One action with the key that runs it. */
export type KeyBinding = {
  /**
   * As `KeyboardEvent.key`, letters in lower case; "mod+Enter" for ⌘ or Ctrl, "alt+Enter" for ⌥ or Alt; "g i" for one after
   * the other. Single keys are the usual ones: which key a person has for them is the provider's business.
   */
  key: string;
  /** What it does, for the sheet of all keys: "Reply". */
  label: string;
  /** Short form for the foot line; without one the foot leaves it out. */
  foot?: string;
  /** Absent where the browser or the field itself acts on the key, and it is only to be told of. */
  run?: () => void;
};

/** The order in which keys are printed, whatever part of the page offers them: "*" is any that is not named here. */
const PRINT_ORDER = [
  "j",
  "k",
  "Enter",
  "r",
  "n",
  "c",
  "mod+Enter",
  "alt+Enter",
  "d",
  "a",
  "t",
  "z",
  "e",
  "m",
  "x",
  "u",
  "/",
  "mod+k",
  "Escape",
  "*",
  "?",
];

export function inPrintOrder(bindings: readonly KeyBinding[]): KeyBinding[] {
  const rank = ({ key }: KeyBinding) => {
    const place = PRINT_ORDER.indexOf(key);
    return place === -1 ? PRINT_ORDER.indexOf("*") : place;
  };
  return [...bindings].sort((a, b) => rank(a) - rank(b));
}

type Pressed = Pick<KeyboardEvent, "key" | "metaKey" | "ctrlKey" | "altKey" | "isComposing" | "repeat">;

/** Whether a key press is the named one. Single keys never match with a modifier held: those belong to the browser. */
export function matchesKey(event: Pressed, key: string): boolean {
  if (event.isComposing) return false;
  const mod = event.metaKey || event.ctrlKey;
  if (key.startsWith("alt+")) return event.altKey && !mod && sameKey(event.key, key.slice("alt+".length));
  if (event.altKey) return false;
  if (key.startsWith("mod+")) return mod && sameKey(event.key, key.slice("mod+".length));
  return !mod && sameKey(event.key, key);
}

function sameKey(pressed: string, wanted: string): boolean {
  return pressed.length === 1 ? pressed.toLowerCase() === wanted : pressed === wanted;
}

/** Whether a key has a modifier: it acts inside text fields too. */
export const hasModifier = (key: string): boolean => /^(mod|alt)\+/.test(key);

/** Whether a key is a letter or sign without a modifier, alone or the first of two: what a person may change or turn off. */
export function isSingleKey(key: string): boolean {
  return (key.split(" ")[0] ?? "").length === 1;
}

/** Single letters act only outside text fields, and never while a menu or dialog has the keyboard. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  return target.closest("input, textarea, select, [role=textbox], [role=menu], [role=dialog]") !== null;
}

/** The caps to print for a key: the modifier as this system names it. */
export function keyCaps(key: string, apple: boolean): string[] {
  const parts = key.split(/[+ ]/);
  return parts.map((part) => {
    if (part === "mod") return apple ? "⌘" : "Ctrl";
    if (part === "alt") return apple ? "⌥" : "Alt";
    if (part === "Enter") return "↵";
    if (part === "Escape") return "Esc";
    return part.length === 1 ? part.toUpperCase() : part;
  });
}
