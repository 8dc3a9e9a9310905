/** The `Convex-Client` header and the version in the websocket's path. */

export type ClientVersion = { client: string; version: readonly [number, number, number] };

/** `npm-1.48.0`, `npm-cli-1.48.0`, `rust-0.9.0`; null for what is not of this form. */
export function parseClientVersion(text: string): ClientVersion | null {
  const match = /^([a-z][a-z0-9-]*)-(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/i.exec(text);
  const [, client, major, minor, patch] = match ?? [];
  if (client === undefined) return null;
  return { client: client.toLowerCase(), version: [Number(major), Number(minor), Number(patch)] };
}

export function atLeast(version: ClientVersion["version"], least: ClientVersion["version"]): boolean {
  for (const [i, part] of least.entries()) {
    const own = version[i] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}

/** npm clients from this version on put the parts of a TransitionChunk together. */
const CHUNKS_SINCE = [1, 28, 0] as const;

/** `version` is the path segment before `/sync`: a bare npm version, or another client's full name. */
export function understandsChunks(version: string): boolean {
  const parsed = parseClientVersion(`npm-${version}`);
  return parsed?.client === "npm" && atLeast(parsed.version, CHUNKS_SINCE);
}
