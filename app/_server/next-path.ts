const FALLBACK = "/app";
// Only its path is used; the host exists nowhere.
const BASE = "http://praxtalk.invalid";

/** Where to go after login: a page of the dashboard, never another site, whatever the address says. */
export function nextPath(wanted: string | string[] | undefined): string {
  if (typeof wanted !== "string" || !URL.canParse(wanted, BASE)) return FALLBACK;
  const url = new URL(wanted, BASE);
  const inside = url.origin === BASE && (url.pathname === "/app" || url.pathname.startsWith("/app/"));
  return inside ? url.pathname + url.search : FALLBACK;
}

/** A page's address with the part after the question mark. Of a name that comes more than once, all values stay. */
export function withQuery(path: string, params: Record<string, string | string[] | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(params)) {
    for (const value of [values ?? []].flat()) query.append(name, value);
  }
  return query.size === 0 ? path : `${path}?${query}`;
}
