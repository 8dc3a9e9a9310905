/**
 * What can be told about an endpoint's URL while it is being entered; null when nothing is wrong so far. The server checks
 * the rest of it.
 */
export function urlProblem(text: string, mayBePrivate: boolean): string | null {
  const entered = text.trim();
  if (entered === "") return "Enter the URL that deliveries are sent to.";
  if (/^http:/i.test(entered) && !mayBePrivate) return "Use https: deliveries carry what customers write.";
  if (!/^https?:\/\//i.test(entered) || !URL.canParse(entered))
    return "Enter a whole URL, with https:// at its start.";
  return null;
}

export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** A URL in two: the scheme, which all have, and what tells them apart. */
export function splitUrl(url: string): { scheme: string; rest: string } {
  const rest = url.replace(/^https?:\/\//, "");
  return { scheme: url.slice(0, url.length - rest.length), rest };
}
