"use node";

/**
 * One HTTP exchange with a webhook's receiver. node:http instead of fetch: it lets the caller choose the address,
 * follows no redirect, reads no proxy from the environment and inflates no body.
 */
import { isIP } from "node:net";
import type { LookupFunction, TcpNetConnectOpts } from "node:net";
import type { RequestOptions } from "node:https";
import type { Cidr } from "../logic/addressSafety";
import type { Header } from "../logic/webhookSignature";
import { mayReach } from "../logic/webhookUrl";
import { dnsResolver } from "./resolve";
import type { Resolve } from "./resolve";
import { Sending } from "./sending";
import type { Budgets, Reply } from "./sending";

export const BUDGETS: Budgets & { dnsMs: number } = {
  dnsMs: 3_000,
  connectMs: 5_000,
  totalMs: 15_000,
  headerBytes: 16 * 1024,
  bodyBytes: 16 * 1024,
  excerptBytes: 4 * 1024,
};

/** Addresses of one name that are tried. All are checked. */
const ADDRESSES_MAX = 16;

export type ExchangeRequest = {
  /** As `checkWebhookUrl` gave it. */
  url: string;
  headers: readonly Header[];
  body: string;
  allowedCidrs: readonly Cidr[];
};

/** What tests replace. */
export type ExchangeOptions = {
  resolve?: Resolve;
  budgets?: typeof BUDGETS;
  /** Certificates (PEM) to trust in place of Node's own. */
  ca?: string;
};

/** `latencyMs`: from the look-up to the outcome, whole milliseconds. */
export type ExchangeResult = Reply & { latencyMs: number };

/** Sends the body to the receiver once. Never throws for anything that the receiver, its name or its network does. */
export async function exchange(
  request: ExchangeRequest,
  { resolve = dnsResolver(), budgets = BUDGETS, ca }: ExchangeOptions = {},
): Promise<ExchangeResult> {
  const startedAt = performance.now();
  const elapsed = () => Math.round(performance.now() - startedAt);
  const url = new URL(request.url);
  const addresses = await addressesOf(url, resolve, budgets.dnsMs);
  const refused = refusalOf(url, addresses, request.allowedCidrs);
  if (refused !== null) return { ...refused, latencyMs: elapsed() };
  const options = requestOptions(url, request, addresses.slice(0, ADDRESSES_MAX), budgets);
  const sending = new Sending({ ...options, ca }, { ...budgets, totalMs: budgets.totalMs - elapsed() });
  const reply = await sending.send(request.body);
  return { ...reply, latencyMs: elapsed() };
}

function refusalOf(url: URL, addresses: readonly string[], allowedCidrs: readonly Cidr[]): Reply | null {
  if (addresses.length === 0) return { outcome: "dns_failure" };
  return mayReach(url, addresses, allowedCidrs) ? null : { outcome: "blocked_address" };
}

/** The addresses behind the URL's host. Node asks no `lookup` about a literal, so that it has to be looked at here. */
async function addressesOf(url: URL, resolve: Resolve, limitMs: number): Promise<string[]> {
  const host = hostOf(url);
  if (isIP(host) !== 0) return [host];
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), limitMs);
  try {
    return await resolve(host, limit.signal);
  } catch {
    // Whatever the reason, the name leads nowhere now.
    return [];
  } finally {
    clearTimeout(timer);
  }
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "");

function requestOptions(
  url: URL,
  { headers }: ExchangeRequest,
  addresses: readonly string[],
  { connectMs, headerBytes }: Budgets,
): RequestOptions & Pick<TcpNetConnectOpts, "autoSelectFamily" | "autoSelectFamilyAttemptTimeout"> {
  const host = hostOf(url);
  return {
    method: "POST",
    protocol: url.protocol,
    host,
    port: url.port,
    path: url.pathname + url.search,
    headers: Object.fromEntries(headers),
    // The addresses that were checked, and no second question to the DNS, which could be answered otherwise.
    lookup: pinned(addresses),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: Math.max(10, Math.floor(connectMs / addresses.length)),
    // A connection of its own, closed afterwards: the next request may be for another name on the same address.
    agent: false,
    maxHeaderSize: headerBytes,
    servername: isIP(host) === 0 ? host : "",
    minVersion: "TLSv1.2",
    rejectUnauthorized: true,
  };
}

/** With `autoSelectFamily` Node asks for all addresses. */
function pinned(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, _options, callback) => callback(null, found);
}
