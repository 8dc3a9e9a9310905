/** A refusal of the deployment: `code` for programs, `message` for people. */
export class PraxTalkError extends Error {
  override readonly name = "PraxTalkError";
  constructor(
    /** As in the table of REST's errors, e.g. NOT_FOUND; UNKNOWN for a fault that is no refusal. */
    readonly code: string,
    message: string,
    /** For RATE_LIMITED: ms until another try makes sense. */
    readonly retryAfterMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The refusal in what the Convex client threw. */
export function toPraxTalkError(cause: unknown): PraxTalkError {
  const data: unknown = cause instanceof Error && "data" in cause ? cause.data : null;
  if (typeof data === "object" && data !== null && "code" in data && "message" in data) {
    const wait =
      "retryAfterMs" in data && typeof data.retryAfterMs === "number" ? data.retryAfterMs : undefined;
    return new PraxTalkError(String(data.code), String(data.message), wait, { cause });
  }
  return new PraxTalkError("UNKNOWN", cause instanceof Error ? cause.message : String(cause), undefined, {
    cause,
  });
}

/** Codes after which a token never works again. */
const ENDED = new Set(["UNAUTHENTICATED", "SESSION_EXPIRED"]);

export const isEnded = ({ code }: PraxTalkError): boolean => ENDED.has(code);
