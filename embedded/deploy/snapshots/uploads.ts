/** Files that arrive in parts, in any order. An upload ends with the process: its sender begins again. */
import { randomUUID } from "node:crypto";
import type { FileStore } from "../../storage/file-store";
import { DeployError } from "../deploy-error";

export class Uploads {
  readonly #store: FileStore;
  /** By token: the keys of the parts, by their tokens. */
  readonly #uploads = new Map<string, Map<string, string>>();

  constructor(store: FileStore) {
    this.#store = store;
  }

  start(): string {
    const token = randomUUID();
    this.#uploads.set(token, new Map());
    return token;
  }

  /** A part that is sent again takes the place of the first. */
  async addPart(token: string, part: number, body: AsyncIterable<Uint8Array>): Promise<string> {
    const parts = this.#of(token);
    const { key } = await this.#store.receive(body);
    const partToken = String(part);
    const previous = parts.get(partToken);
    parts.set(partToken, key);
    if (previous !== undefined) await this.#store.remove(previous);
    return partToken;
  }

  /** Key of the whole file, of the parts in this order. */
  async finish(token: string, partTokens: readonly string[]): Promise<string> {
    const parts = this.#of(token);
    const keys = partTokens.map((partToken) => {
      const key = parts.get(partToken);
      if (key === undefined)
        throw new DeployError("ImportPartNotFound", `The upload has no part ${partToken}.`);
      return key;
    });
    // Nobody may finish it twice; after a failure it may be tried again.
    this.#uploads.delete(token);
    const { key } = await this.#store.receive(this.#joined(keys)).catch((error: unknown) => {
      this.#uploads.set(token, parts);
      throw error;
    });
    for (const part of parts.values()) await this.#store.remove(part);
    return key;
  }

  async *#joined(keys: readonly string[]): AsyncGenerator<Uint8Array> {
    for (const key of keys) yield* this.#store.read(key) as AsyncIterable<Uint8Array>;
  }

  #of(token: string): Map<string, string> {
    const parts = this.#uploads.get(token);
    if (parts !== undefined) return parts;
    throw new DeployError(
      "ImportUploadNotFound",
      "There is no such upload: it was finished or cut off. Begin again.",
    );
  }
}
