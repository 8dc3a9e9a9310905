/** What a file is and what it may be called, whatever its sender says of it. Pure. */
import { FILE_NAME_MAX } from "../../lib/limits";
import { imageType } from "./imageType";

/** For everything that is not shown: browsers save it and run nothing of it. */
export const OPAQUE_TYPE = "application/octet-stream";

/** The type by the file's own first bytes. None of the images can carry a script. */
export const typeOf = (content: Uint8Array): string => imageType(content) ?? OPAQUE_TYPE;

const FALLBACK_NAME = "file";
/** Long enough for every extension that says something; what is longer is part of the name. */
const EXTENSION = /\.[^.\s]{1,12}$/;

/**
 * A name fit to be shown and saved under: its last part, on one line, without characters that are invisible, that turn
 * the direction of what follows ("gpj.exe" would read as "exe.jpg"), or that systems give a meaning.
 */
export function cleanFileName(given: string): string {
  const last = given.split(/[\\/]/).at(-1) ?? "";
  const name = last
    .replace(/[\p{C}\p{Zl}\p{Zp}<>:"|?*]/gu, "")
    .replace(/\s+/g, " ")
    .replace(/^[\s.]+|[\s.]+$/g, "");
  if (name === "") return FALLBACK_NAME;
  if (name.length <= FILE_NAME_MAX) return name;
  const extension = EXTENSION.exec(name)?.[0] ?? "";
  const stem = name.slice(0, FILE_NAME_MAX - extension.length);
  // A cut between the halves of a surrogate pair would leave half a character.
  return stem.replace(/[\uD800-\uDBFF]$/, "") + extension;
}

/** `Content-Disposition`: images are shown where they are asked for, everything else is saved. */
export function dispositionOf({ name, type }: { name: string; type: string }): string {
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${type === OPAQUE_TYPE ? "attachment" : "inline"}; filename*=UTF-8''${encoded}`;
}
