import type { KeyBinding } from "@/components/keys/key-match";
import { countFound, findHits, searchTerms, type Hit } from "@/lib/search-text";

export const PALETTE_KEY = "mod+k";

/** Something to choose in the palette. */
export type PaletteItem = {
  id: string;
  label: string;
  /** What of the label was looked for. */
  hits: readonly Hit[];
  /** Printed on the right: the key that does the same, or a word. */
  end: { key: string } | { word: string } | null;
  run: () => void;
};
export type PaletteGroup = { name: string; items: PaletteItem[] };

export type Command = Pick<PaletteItem, "label" | "end" | "run">;

/** Keys that make no sense as a command from a list: steps in another list, and the palette itself. */
const NO_COMMANDS = ["j", "k", "Escape", PALETTE_KEY];

/** What the page's keys do, as commands. */
export function commandsOf(bindings: readonly KeyBinding[]): Command[] {
  return bindings.flatMap(({ key, label, run }) =>
    run && !NO_COMMANDS.includes(key) && !key.includes(" ") ? [{ label, end: { key }, run }] : [],
  );
}

/** The commands that have all the words of the text, in their order; all of them for an empty text. */
export function matchCommands(commands: readonly Command[], text: string): PaletteItem[] {
  const terms = searchTerms(text);
  return commands
    .filter(({ label }) => countFound(label, terms) === terms.length)
    .map((command) => ({ ...command, id: command.label, hits: findHits(command.label, terms) }));
}

/** The saved replies whose titles and shortcuts have all the words of the text; choosing one leads to where they are. */
export function matchReplies(
  replies: readonly { _id: string; title: string; shortcut: string | null }[],
  text: string,
  run: () => void,
): PaletteItem[] {
  const terms = searchTerms(text);
  return replies
    .filter(({ title, shortcut }) => countFound(`${title} ${shortcut ?? ""}`, terms) === terms.length)
    .map(({ _id, title, shortcut }) => ({
      id: _id,
      label: title,
      hits: findHits(title, terms),
      end: shortcut === null ? null : { word: `/${shortcut}` },
      run,
    }));
}

/** The groups that have something, in their order. */
export function filledGroups(groups: readonly PaletteGroup[]): PaletteGroup[] {
  return groups.filter(({ items }) => items.length > 0);
}

/** The place after `at` of `count`, going round. */
export function stepItem(at: number, step: 1 | -1, count: number): number {
  return count === 0 ? 0 : (at + step + count) % count;
}
