/**
 * Variables of saved replies: `{{visitor.name}}`, or `{{visitor.name|there}}` with what to write when it has no value.
 */
export const REPLY_VARIABLES = [
  "visitor.name",
  "visitor.email",
  "operator.name",
  "brand.name",
  "workspace.name",
] as const;
export type ReplyVariable = (typeof REPLY_VARIABLES)[number];

export type ReplyValues = Partial<Record<ReplyVariable, string>>;

/** What stands between double braces, in one line. */
const PLACE = /\{\{([^{}\n]*)\}\}/g;

const isKnown = (name: string): name is ReplyVariable => REPLY_VARIABLES.some((known) => known === name);

function parsePlace(inside: string): { name: string; fallback: string | undefined } {
  const bar = inside.indexOf("|");
  if (bar === -1) return { name: inside.trim(), fallback: undefined };
  const fallback = inside.slice(bar + 1).trim();
  return { name: inside.slice(0, bar).trim(), fallback: fallback === "" ? undefined : fallback };
}

/** The names between double braces that are no variable, each once. */
export function unknownVariables(text: string): string[] {
  const names = [...text.matchAll(PLACE)].map(([, inside = ""]) => parsePlace(inside).name);
  return [...new Set(names.filter((name) => !isKnown(name)))];
}

/** The text with its variables' values; one without a value and without a fallback stays as it is. */
export function fillVariables(text: string, values: ReplyValues): string {
  return text.replace(PLACE, (place: string, inside: string) => {
    const { name, fallback } = parsePlace(inside);
    if (!isKnown(name)) return place;
    return values[name]?.trim() || (fallback ?? place);
  });
}

/** The first variable that is still in the text, with its place in it; null: none. */
export function firstUnfilled(text: string): { name: ReplyVariable; start: number; end: number } | null {
  for (const match of text.matchAll(PLACE)) {
    const { name } = parsePlace(match[1] ?? "");
    if (isKnown(name)) return { name, start: match.index, end: match.index + match[0].length };
  }
  return null;
}
