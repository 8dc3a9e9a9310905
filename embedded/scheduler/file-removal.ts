/** Removes stored files once nothing owns them: after the commit that deleted their row, and what a crash left without one. */
import type { Committer } from "../engine/committer";
import { fileByKey, FILE_TABLE } from "../runtime/file-rows";
import type { FileStore } from "../storage/file-store";
import type { IndexKeyWrite } from "../storage/types";

export type FileRemovalOptions = {
  committer: Committer;
  files: FileStore;
  onError: (error: unknown) => void;
};

/** Tag of a text in an index key, and what ends it. */
const TEXT_KEY = /^\x07([0-9a-f-]+)\0/;

export class FileRemoval {
  readonly #o: FileRemovalOptions;
  /** By index number, which are never used twice: whether it finds files by their keys. */
  readonly #isKeyIndex = new Map<number, boolean>();
  readonly #held = new Set<string>();
  #holds = 0;
  #isStopped = false;
  #work: Promise<void> = Promise.resolve();
  #unsubscribe: () => void = () => undefined;

  constructor(options: FileRemovalOptions) {
    this.#o = options;
  }

  start(): void {
    this.#unsubscribe = this.#o.committer.onCommit(({ keys }) => {
      for (const write of keys) {
        const key = this.#isIndexOfKeys(write) ? TEXT_KEY.exec(write.key)?.[1] : undefined;
        if (key !== undefined) this.removeUnowned([key]);
      }
    });
    this.#enqueue(() => this.#removeLeftovers());
  }

  /** Resolves when what was begun is done. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unsubscribe();
    await this.#work;
  }

  /** Keeps all files there until the returned function is called, so that a snapshot of the database can be copied with its files. */
  hold(): () => void {
    this.#holds++;
    return () => {
      if (--this.#holds > 0) return;
      const held = [...this.#held];
      this.#held.clear();
      this.removeUnowned(held);
    };
  }

  /** Removes those of the files that no row owns. */
  removeUnowned(keys: readonly string[]): void {
    if (keys.length > 0) this.#enqueue(() => this.#remove(keys));
  }

  /** Resolves when everything asked for so far has been done. */
  settled(): Promise<void> {
    return this.#work;
  }

  #enqueue(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch(this.#o.onError);
  }

  async #remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      if (this.#isOwned(key)) continue;
      if (this.#holds > 0) this.#held.add(key);
      else await this.#o.files.remove(key);
    }
  }

  async #removeLeftovers(): Promise<void> {
    for await (const key of this.#o.files.earlierKeys()) {
      if (this.#isStopped) return;
      await this.#remove([key]);
    }
  }

  #isOwned(key: string): boolean {
    const { committer } = this.#o;
    const components = committer.catalog.components();
    return components.some((component) => committer.read((tx) => fileByKey(tx, key), { component }) !== null);
  }

  #isIndexOfKeys({ index }: IndexKeyWrite): boolean {
    let isKeyIndex = this.#isKeyIndex.get(index);
    if (isKeyIndex === undefined) {
      const table = this.#o.committer.catalog.tableOfIndex(index);
      const found = table?.indexes.find(({ number }) => number === index);
      isKeyIndex = table?.name === FILE_TABLE && found?.name === "by_storage_key";
      this.#isKeyIndex.set(index, isKeyIndex);
    }
    return isKeyIndex;
  }
}
