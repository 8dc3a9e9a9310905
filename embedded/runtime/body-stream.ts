/** Bodies across threads: the reading side asks for each chunk, so a slow reader slows the writer. */
import { messageOf } from "./failure";
import type { BodyChunk } from "./worker-messages";

/** The reading side: a stream whose chunks arrive as messages, one for each `pull`. */
export class RemoteBody {
  readonly stream: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #arrived: (() => void) | null = null;

  constructor(pull: () => void, cancel: () => void) {
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () =>
          new Promise<void>((resolve) => {
            this.#arrived = resolve;
            pull();
          }),
        cancel: () => {
          this.#controller = null;
          cancel();
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** Takes what the writing side sent; ignored after the end. */
  receive(body: BodyChunk): void {
    const controller = this.#controller;
    if (controller !== null) {
      if ("error" in body) controller.error(new Error(body.error));
      else if (body.chunk === null) controller.close();
      else controller.enqueue(body.chunk);
      if ("error" in body || body.chunk === null) this.#controller = null;
    }
    this.#arrived?.();
    this.#arrived = null;
  }
}

export type BodySourceOptions = {
  /** In bytes. */
  limit: number;
  /** Told once when the limit is passed: with a text the body breaks off with it, with null the rest is dropped. */
  onOverflow: () => string | null;
};

/** The writing side: reads the stream a chunk at a time, as asked. */
export class BodySource {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #bytes = 0;
  #overflow = false;

  constructor(
    stream: ReadableStream<Uint8Array>,
    readonly options: BodySourceOptions,
  ) {
    this.#reader = stream.getReader();
  }

  /** The next chunk, the end, or how it broke off; never rejects. */
  async next(): Promise<BodyChunk> {
    try {
      for (;;) {
        const { done, value } = await this.#reader.read();
        if (done) return { chunk: null };
        if (!ArrayBuffer.isView(value)) return { error: "Received a chunk that is not a Uint8Array" };
        this.#bytes += value.byteLength;
        if (this.#bytes <= this.options.limit) return { chunk: value };
        if (this.#overflow) continue;
        this.#overflow = true;
        const error = this.options.onOverflow();
        if (error !== null) return { error };
      }
    } catch (error) {
      return { error: messageOf(error) };
    }
  }

  cancel(): void {
    this.#reader.cancel().catch(() => undefined);
  }
}
