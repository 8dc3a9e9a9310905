/** Two texts of one author, one below the other; a text that only goes on from the other takes its place. */
export function joinTexts(above: string, below: string): string {
  if (below.trim() === "") return above;
  return below.startsWith(above) ? below : `${above}\n\n${below}`;
}

/** The text on one line and at most `max` characters, cut at a whole character and marked with … */
export function oneLine(text: string, max: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  if (line.length <= max) return line;
  const cut = line.slice(0, max - 1);
  // A cut between the halves of a surrogate pair would leave half a character.
  return `${cut.replace(/[\uD800-\uDBFF]$/, "").trimEnd()}…`;
}
