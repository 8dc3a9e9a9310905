/** Which picture a file is, by its first bytes: what its name or its sender says of it can be wrong. */

export type ImageType = "image/png" | "image/jpeg" | "image/webp" | "image/gif";

const matches = (bytes: Uint8Array, offset: number, signature: string): boolean =>
  [...signature].every((character, index) => bytes[offset + index] === character.charCodeAt(0));

/** Never a type that a browser may run, as SVG is; null for anything else. */
export function imageType(bytes: Uint8Array): ImageType | null {
  if (matches(bytes, 0, "\x89PNG\r\n\x1a\n")) return "image/png";
  if (matches(bytes, 0, "\xff\xd8\xff")) return "image/jpeg";
  if (matches(bytes, 0, "GIF87a") || matches(bytes, 0, "GIF89a")) return "image/gif";
  return matches(bytes, 0, "RIFF") && matches(bytes, 8, "WEBP") ? "image/webp" : null;
}
