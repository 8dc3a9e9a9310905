/** What came of one HTTP exchange with a webhook's receiver. */

/** A closed set of words, shown as they are. None tells an address: the log must not become a view of the network. */
export const EXCHANGE_OUTCOMES = [
  "delivered",
  "dns_failure",
  "blocked_address",
  "connect_timeout",
  "connect_failed",
  "tls_error",
  "reset",
  "response_timeout",
  "http_3xx",
  "http_4xx",
  "http_5xx",
  "body_too_large",
  "bad_response",
] as const;

export type ExchangeOutcome = (typeof EXCHANGE_OUTCOMES)[number];

/** How far an exchange with a known address came. */
export type ExchangePhase = "connecting" | "securing" | "connected";

/** What a final status means, whatever follows it. */
export function outcomeOfStatus(status: number): ExchangeOutcome {
  if (status >= 200 && status < 300) return "delivered";
  if (status >= 300 && status < 400) return "http_3xx";
  if (status >= 400 && status < 500) return "http_4xx";
  if (status >= 500 && status < 600) return "http_5xx";
  return "bad_response";
}

/** What a time limit that ran out in this phase means. */
export function outcomeOfTimeout(phase: ExchangePhase): ExchangeOutcome {
  return phase === "connecting" || phase === "securing" ? "connect_timeout" : "response_timeout";
}

/** What an error of Node's HTTP client in this phase means; `code` is the error's. */
export function outcomeOfError(phase: ExchangePhase, code: string): ExchangeOutcome {
  if (phase === "connecting") return code === "ETIMEDOUT" ? "connect_timeout" : "connect_failed";
  // In TLS 1.3 a receiver's refusal of the handshake arrives after it.
  if (phase === "securing" || code.startsWith("ERR_SSL_")) return "tls_error";
  if (code === "HPE_HEADER_OVERFLOW") return "body_too_large";
  return code.startsWith("HPE_") ? "bad_response" : "reset";
}

/**
 * The first bytes of a reply as text of at most `maxBytes` in UTF-8. Bytes that are no text become U+FFFD, which is
 * longer than they were; a character is never cut in two.
 */
export function excerptOf(bytes: Uint8Array, maxBytes: number): string {
  const text = new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: true });
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}
