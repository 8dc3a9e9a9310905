import { FILE_MAX } from "../../lib/limits";
import type { DraftFile, DraftFileEvent, UploadStatus } from "./draft-files";
import type { ChatConnection } from "./network";
import { newMessageId } from "./random";
import { explainRefusal } from "./refusals";
import type { Texts } from "./texts";

type Options = {
  texts: Texts;
  connection: () => ChatConnection | null;
  /** How many files the draft still takes. */
  room: () => number;
  dispatch: (event: DraftFileEvent | { type: "noted"; note: string }) => void;
};

/** Sends the files of the draft to the server, each by itself, from the moment that they are chosen. */
export class Uploads {
  readonly #running = new Map<string, { file: File; abort: AbortController }>();

  constructor(private readonly options: Options) {}

  add(files: readonly File[]): void {
    const { room, dispatch, texts } = this.options;
    const count = room();
    if (files.length > count) dispatch({ type: "noted", note: texts.tooManyFiles });
    const added = files.slice(0, count).map((file): DraftFile => {
      const key = newMessageId();
      this.#running.set(key, { file, abort: new AbortController() });
      return { key, name: file.name, size: file.size, status: "uploading", share: 0 };
    });
    dispatch({ type: "filesAdded", files: added });
    for (const { key } of added) void this.#send(key);
  }

  retry(key: string): void {
    void this.#send(key);
  }

  remove(key: string): void {
    this.#running.get(key)?.abort.abort();
    this.#running.delete(key);
    this.options.dispatch({ type: "fileRemoved", key });
  }

  /** Ends what is under way. */
  end(): void {
    for (const { abort } of this.#running.values()) abort.abort();
    this.#running.clear();
  }

  async #send(key: string): Promise<void> {
    const running = this.#running.get(key);
    if (!running) return;
    const { file, abort } = running;
    const { texts, connection, dispatch } = this.options;
    const change = (to: UploadStatus): void => {
      if (!abort.signal.aborted) dispatch({ type: "fileChanged", key, change: to });
    };
    const fail = (reason: string, canRetry: boolean): void => change({ status: "failed", reason, canRetry });
    if (file.size > FILE_MAX || file.size === 0) {
      fail(file.size === 0 ? texts.fileEmpty : texts.fileTooLarge, false);
      return;
    }
    change({ status: "uploading", share: 0 });
    const onProgress = (share: number): void => change({ status: "uploading", share });
    const result = await connection()?.upload(file, onProgress, abort.signal);
    if (result?.kind === "stored") {
      this.#running.delete(key);
      change({ status: "stored", id: result.file.id, type: result.file.type });
    } else fail(explainRefusal(result?.refusal ?? null, texts) ?? texts.fileFailed, true);
  }
}
