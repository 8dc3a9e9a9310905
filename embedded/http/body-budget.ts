/** Bytes of request bodies that are held at a time, all requests together. A bound on memory. */
import { ApiError } from "./api";

/** Requests with no more than this always have room: large bodies under way do not keep them out. */
const SMALL_BODY = 64 * 1024;

export class BodyBudget {
  #held = 0;

  constructor(readonly limit: number) {}

  /** The share of one request, released when its answer has been sent. */
  share(): BodyShare {
    let own = 0;
    return {
      take: (bytes) => {
        // What comes alone is bounded by its route.
        const isAlone = this.#held === own;
        const isSmall = own + bytes <= SMALL_BODY;
        if (!isAlone && !isSmall && this.#held + bytes > this.limit) throw overloaded();
        own += bytes;
        this.#held += bytes;
      },
      release: () => {
        this.#held -= own;
        own = 0;
      },
    };
  }
}

export type BodyShare = {
  /** Throws ApiError when there is no room for so many bytes more. */
  take(bytes: number): void;
  release(): void;
};

function overloaded(): ApiError {
  return new ApiError(503, "Overloaded", "Too many large requests are under way. Try again in a moment.");
}
