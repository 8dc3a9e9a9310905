/** The admin key: `<instance name>|<secret>`. */
import { createHash, timingSafeEqual } from "node:crypto";

export class AdminKey {
  readonly #digest: Buffer;

  constructor(key: string) {
    this.#digest = digest(withoutKind(key));
  }

  /** Takes the same time whatever the text is. A `prod:`, `dev:` or `preview:` before the name is ignored. */
  matches(text: string): boolean {
    return timingSafeEqual(digest(withoutKind(text)), this.#digest);
  }
}

function withoutKind(key: string): string {
  const [name = "", ...secret] = key.split("|");
  const colon = name.lastIndexOf(":");
  return [name.slice(colon + 1), ...secret].join("|");
}

/** Digests have one length, so comparing them tells nothing about the length of the key. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Parts `<name>|<secret>[:<base64 of JSON attributes>]`; the second part names a user whom the admin acts as. */
export function splitActingAs(value: string): { key: string; attributes: string | null } {
  const colon = value.indexOf(":", value.indexOf("|") + 1);
  if (!value.includes("|") || colon === -1) return { key: value, attributes: null };
  return { key: value.slice(0, colon), attributes: value.slice(colon + 1) };
}
