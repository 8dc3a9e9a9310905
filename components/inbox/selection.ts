/** Which rows are selected, and from which one a range begins. */
export type Selection = { ids: ReadonlySet<string>; anchor: string | null };

export const NOTHING_SELECTED: Selection = { ids: new Set(), anchor: null };

/** Selects a row, or takes it out; ranges begin there from now on. */
export function toggled({ ids }: Selection, id: string): Selection {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, anchor: id };
}

/** Adds all rows from where ranges begin to this one, in the order shown; a range that begins nowhere is this row. */
export function extended({ ids, anchor }: Selection, to: string, shown: readonly string[]): Selection {
  const ends = [anchor === null ? -1 : shown.indexOf(anchor), shown.indexOf(to)];
  if (ends.includes(-1)) return { ids: new Set([...ids, to]), anchor: to };
  const range = shown.slice(Math.min(...ends), Math.max(...ends) + 1);
  return { ids: new Set([...ids, ...range]), anchor };
}

/** What is left of the selection among the rows that are still listed. */
export function withinShown(selection: Selection, shown: readonly string[]): Selection {
  const ids = new Set(shown.filter((id) => selection.ids.has(id)));
  return ids.size === selection.ids.size ? selection : { ...selection, ids };
}
