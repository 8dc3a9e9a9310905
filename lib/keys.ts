/** Single keys of the dashboard that a person may change, with what they do; their letter is also their name. */
import type { Checked } from "./validation";

export const SINGLE_KEYS = [
  { key: "j", label: "Next" },
  { key: "k", label: "Previous" },
  { key: "r", label: "Reply" },
  { key: "n", label: "Internal note" },
  { key: "d", label: "Dismiss the draft" },
  { key: "a", label: "Assign" },
  { key: "t", label: "Tag" },
  { key: "z", label: "Snooze" },
  { key: "e", label: "Resolve or reopen" },
  { key: "s", label: "Set the status" },
  { key: "m", label: "Merge" },
  { key: "x", label: "Select" },
  { key: "u", label: "Undo" },
  { key: "c", label: "Create" },
  { key: "/", label: "Search" },
  { key: "[", label: "Earlier period" },
  { key: "]", label: "Later period" },
  { key: "g", label: "Go to a section, with its letter" },
  { key: "?", label: "All keys" },
] as const;

/** Keys in place of the usual ones, by the usual one. */
export type OwnKeys = Readonly<Record<string, string>>;

const NAMES: readonly string[] = SINGLE_KEYS.map(({ key }) => key);

/** One character for each key, none of them twice; what is not changed is left out. */
export function checkOwnKeys(keys: OwnKeys): Checked<Record<string, string>> {
  const changed: Record<string, string> = {};
  for (const [name, typed] of Object.entries(keys)) {
    const key = typed.toLowerCase();
    if (!NAMES.includes(name)) return { ok: false, reason: `There is no key “${name}” to change.` };
    if (!/^[^\s\p{C}]$/u.test(key)) return { ok: false, reason: "Choose one character for each key." };
    if (key !== name) changed[name] = key;
  }
  const all = NAMES.map((name) => changed[name] ?? name);
  const twice = all.find((key, index) => all.indexOf(key) !== index);
  if (twice !== undefined) {
    return { ok: false, reason: `“${twice.toUpperCase()}” would do two things. Choose another key for one.` };
  }
  return { ok: true, value: changed };
}
