/** Host of Clerk's Frontend API, which a publishable key names (`pk_test_` and base64 of the host and "$"); null for other texts. */
export function frontendApiOf(publishableKey: string): string | null {
  const encoded = /^pk_(?:test|live)_([A-Za-z0-9+/]+={0,2})$/.exec(publishableKey)?.[1];
  if (encoded === undefined || encoded.replace(/=+$/, "").length % 4 === 1) return null;
  return /^([a-z0-9.-]+(?::\d+)?)\$$/i.exec(atob(encoded))?.[1] ?? null;
}
