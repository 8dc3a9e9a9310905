/** How a socket ends: a close code, and a reason that the client may act on. */

export type CloseReason = { code: number | null; reason: string };

/** The client broke the protocol for good: it is told why and does not come back by itself. */
export class FatalSessionError extends Error {
  override name = "FatalSessionError";
}

/** The socket closes and the client comes back later. */
export class SessionClosed extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
    this.name = "SessionClosed";
  }
}

/** Reasons of a close frame end at this many bytes. */
const MAX_REASON = 123;

/** Close code for an error's HTTP status; null: a close frame without code. */
export function closeReason(status: number, code: string): CloseReason {
  return { code: closeCode(status), reason: code.slice(0, MAX_REASON) };
}

function closeCode(status: number): number | null {
  switch (status) {
    case 400:
    case 401:
    case 409:
      return null;
    case 403:
    case 404:
    case 408:
      return 1000;
    case 421:
    case 425:
    case 429:
    case 503:
      return 1013;
    default:
      return 1011;
  }
}
