/**
 * Whether a page of this origin may use a widget. An empty list allows every page; otherwise the origin that the
 * browser sent must be in the list, and a request without one (not from a page) is refused.
 */
export function originAllowed(allowed: readonly string[], origin: string | null): boolean {
  if (allowed.length === 0) return true;
  if (origin === null || !URL.canParse(origin)) return false;
  const sent = new URL(origin).origin;
  // An opaque origin ("null") is shared by every sandboxed frame and local file, so it can never be listed.
  return sent !== "null" && allowed.some((entry) => URL.canParse(entry) && new URL(entry).origin === sent);
}
