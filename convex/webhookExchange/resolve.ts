"use node";

import { Resolver } from "node:dns/promises";

/**
 * All addresses of a name. Empty when it has none or none can be found out; settles when the signal aborts, with what is
 * known by then.
 */
export type Resolve = (hostname: string, signal: AbortSignal) => Promise<string[]>;

/** One server's time for a first answer, in ms; c-ares doubles it for the second try. */
const QUERY_TIMEOUT_MS = 900;
const QUERY_TRIES = 2;

/**
 * Asks DNS servers alone: no hosts file, no search domain, no thread of the pool that a slow server would hold.
 * `servers` (`address:port`) in place of the machine's.
 */
export function dnsResolver(servers?: readonly string[]): Resolve {
  return async (hostname, signal) => {
    const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
    if (servers !== undefined) resolver.setServers(servers);
    const cancel = () => resolver.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    signal.removeEventListener("abort", cancel);
    // A family that fails is one that is not connected to: some servers answer for IPv4 alone.
    return answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  };
}
