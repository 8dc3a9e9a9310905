/** Facts that are shown of one visitor's page data. */
const SHOWN_MAX = 20;

/** What the embedding page said, term by term: the fields of a JSON object; anything else as one text. */
export function pageDataFacts(customData: string): [term: string, text: string][] {
  const value = parsed(customData);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [["Data", customData]];
  return Object.entries(value)
    .slice(0, SHOWN_MAX)
    .map(([term, field]) => [term, typeof field === "string" ? field : JSON.stringify(field)]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
