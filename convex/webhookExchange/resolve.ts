"use node";

/** Names to addresses, by the configured DNS servers alone: no hosts file, no search domain, no thread of the pool. */
import { Resolver } from "node:dns/promises";

/**
 * All addresses of a name. Empty when it has none or none can be found out; settles when the signal aborts, with what is
 * known by then.
 */
export type Resolve = (hostname: string, signal: AbortSignal) => Promise<string[]>;

/** One server's time for a first answer, in ms; c-ares doubles it for the second try. */
const QUERY_TIMEOUT_MS = 900;
const QUERY_TRIES = 2;

export const resolveByDns: Resolve = async (hostname, signal) => {
  const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
  const cancel = () => resolver.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    // A family that fails is one that is not connected to: many servers answer only for IPv4.
    return answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  } finally {
    signal.removeEventListener("abort", cancel);
  }
};
