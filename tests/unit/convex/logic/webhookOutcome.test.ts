import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  excerptOf,
  outcomeOfError,
  outcomeOfStatus,
  outcomeOfTimeout,
} from "../../../../convex/logic/webhookOutcome";

describe("outcomeOfStatus", () => {
  it.each([
    [200, "delivered"],
    [299, "delivered"],
    [300, "http_3xx"],
    [399, "http_3xx"],
    [400, "http_4xx"],
    [499, "http_4xx"],
    [500, "http_5xx"],
    [599, "http_5xx"],
    [600, "bad_response"],
    [199, "bad_response"],
    [0, "bad_response"],
  ])("%i: %s", (status, outcome) => {
    expect(outcomeOfStatus(status)).toBe(outcome);
  });
});

describe("outcomeOfTimeout", () => {
  it.each([
    ["connecting", "connect_timeout"],
    ["securing", "connect_timeout"],
    ["connected", "response_timeout"],
  ] as const)("%s: %s", (phase, outcome) => {
    expect(outcomeOfTimeout(phase)).toBe(outcome);
  });
});

describe("outcomeOfError", () => {
  it.each([
    ["connecting", "ECONNREFUSED", "connect_failed"],
    ["connecting", "ENETUNREACH", "connect_failed"],
    ["connecting", "ETIMEDOUT", "connect_timeout"],
    ["securing", "ECONNRESET", "tls_error"],
    ["securing", "DEPTH_ZERO_SELF_SIGNED_CERT", "tls_error"],
    ["connected", "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "tls_error"],
    ["connected", "ECONNRESET", "reset"],
    ["connected", "EPIPE", "reset"],
    ["connected", "HPE_HEADER_OVERFLOW", "body_too_large"],
    ["connected", "HPE_INVALID_CONSTANT", "bad_response"],
    ["connected", "HPE_INVALID_CHUNK_SIZE", "bad_response"],
    ["connected", "", "reset"],
  ] as const)("%s, %s: %s", (phase, code, outcome) => {
    expect(outcomeOfError(phase, code)).toBe(outcome);
  });
});

describe("excerptOf", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);

  it.each([
    ["a short text whole", bytes("hello"), 8, "hello"],
    ["a long text's beginning", bytes("hello world"), 5, "hello"],
    ["no half of a character", bytes("aä👋"), 6, "aä"],
    ["NUL and markup as they are", bytes("\0<script>"), 100, "\0<script>"],
    ["nothing of nothing", bytes(""), 8, ""],
    ["U+FFFD for what is no text, up to the limit", Uint8Array.of(255, 65, 255, 255), 7, "\ufffdA\ufffd"],
  ])("%s", (_name, reply, maxBytes, excerpt) => {
    expect(excerptOf(reply, maxBytes)).toBe(excerpt);
  });

  it("is well-formed text within the limit, and the beginning of the reply", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat({ max: 64 }), (reply, maxBytes) => {
        const excerpt = excerptOf(reply, maxBytes);
        expect(bytes(excerpt).length).toBeLessThanOrEqual(maxBytes);
        expect(excerpt).not.toMatch(/\p{Cs}/u);
        expect(new TextDecoder().decode(reply).startsWith(excerpt)).toBe(true);
      }),
    );
  });
});
