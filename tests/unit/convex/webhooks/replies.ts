/** What a receiver of the model does with a request: every outcome that an exchange can have, and some that take long. */
import fc from "fast-check";
import type { ExchangeResult } from "../../../../convex/validators/webhooks";

export type Reply = Pick<ExchangeResult, "outcome" | "httpStatus" | "latencyMs"> & {
  retryAfter?: { seconds: number } | { dateInMs: number } | { unreadable: string };
};

/** The Retry-After field of a reply at a time, and the ms that it asks for; null when it is none that can be read. */
export function retryAfterOf({ retryAfter }: Reply, now: number): { text?: string; askedMs: number | null } {
  if (retryAfter === undefined) return { askedMs: null };
  if ("unreadable" in retryAfter) return { text: retryAfter.unreadable, askedMs: null };
  if ("seconds" in retryAfter)
    return { text: String(retryAfter.seconds), askedMs: retryAfter.seconds * 1_000 };
  const text = new Date(now + retryAfter.dateInMs).toUTCString();
  return { text, askedMs: Date.parse(text) - now };
}

/** More than a lease: the process stood still, and what it has to tell comes too late. */
export const STALLED_MS = 65_000;

const answers = (outcome: Reply["outcome"], httpStatus: number, latencyMs = 0): Reply => ({
  outcome,
  httpStatus,
  latencyMs,
});
const fails = (outcome: Reply["outcome"], latencyMs = 0): Reply => ({ outcome, latencyMs });

export const FINE = answers("delivered", 200);

const GOOD: Reply[] = [
  FINE,
  answers("delivered", 204),
  answers("delivered", 200, 300),
  answers("delivered", 200, 6_000),
  answers("delivered", 200, 14_900),
];

const BAD: Reply[] = [
  fails("dns_failure", 3_000),
  fails("blocked_address"),
  fails("connect_timeout", 5_000),
  fails("connect_failed"),
  fails("tls_error", 40),
  fails("reset"),
  fails("response_timeout", 15_000),
  answers("reset", 200),
  answers("response_timeout", 200, 15_000),
  answers("body_too_large", 200),
  fails("bad_response"),
  answers("http_3xx", 302),
  answers("http_4xx", 400),
  answers("http_4xx", 401),
  answers("http_4xx", 404),
  answers("http_4xx", 425),
  answers("http_5xx", 500),
  answers("http_5xx", 502, 2_000),
  answers("http_5xx", 504),
];

const RETRY_AFTER: Reply["retryAfter"][] = [
  ...[0, 5, 90, 1e9].map((seconds) => ({ seconds })),
  ...["-1", "soon"].map((unreadable) => ({ unreadable })),
  ...[40_000, -40_000].map((dateInMs) => ({ dateInMs })),
];

const asking = fc
  .tuple(
    fc.constantFrom(answers("http_4xx", 429), answers("http_5xx", 503), answers("http_4xx", 404)),
    fc.constantFrom(...RETRY_AFTER),
  )
  .map(([reply, retryAfter]): Reply => ({ ...reply, retryAfter }));

const GONE = answers("http_4xx", 410);
const STALLED: Reply[] = [answers("delivered", 200, STALLED_MS), answers("http_5xx", 500, STALLED_MS)];

const reply: fc.Arbitrary<Reply> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...GOOD) },
  { weight: 6, arbitrary: fc.constantFrom(...BAD) },
  { weight: 3, arbitrary: asking },
  { weight: 1, arbitrary: fc.constantFrom(GONE, ...STALLED) },
);

/** Replies to the next requests, by turns. */
export const replies: fc.Arbitrary<Reply[]> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Reply[]>([FINE]) },
  { weight: 3, arbitrary: fc.array(reply, { minLength: 1, maxLength: 4 }) },
);
