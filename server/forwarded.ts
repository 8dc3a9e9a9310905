import type { IncomingHttpHeaders } from "node:http";
import { BlockList, isIP } from "node:net";

/** The peers whose X-Forwarded-* headers are believed: addresses or CIDR ranges. Throws on anything else. */
export function parseTrustedProxies(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = "", prefix] = entry.split("/");
    const family = isIP(address);
    const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
    if (family === 0 || !Number.isInteger(bits) || bits < 0 || bits > (family === 4 ? 32 : 128)) {
      throw new Error(`PRAXTALK_TRUSTED_PROXIES: "${entry}" is not an address or a range like 10.0.0.0/8.`);
    }
    list.addSubnet(address, bits, family === 4 ? "ipv4" : "ipv6");
  }
  return list;
}

/** The end of the connection that a request came in on. */
export type Peer = { address: string; isEncrypted: boolean };

/** Who really asks, and how they reached us. */
export type Client = { address: string; proto: "http" | "https"; host: string | undefined };

/**
 * Resolves the client from the socket, and from forwarded headers as far as trusted proxies vouch for them: the client
 * is the last address of the chain that no trusted proxy has, since everything left of it is the client's own claim.
 */
export function resolveClient(peer: Peer, headers: IncomingHttpHeaders, trusted: BlockList): Client {
  const direct = normalizeAddress(peer.address);
  if (!isTrusted(direct, trusted)) {
    return { address: direct, proto: peer.isEncrypted ? "https" : "http", host: headers.host };
  }
  const hops = list(headers["x-forwarded-for"]).map(normalizeAddress).reverse();
  // A trusted chain that is trusted to its very beginning: the farthest known hop is the client.
  const known = hops.filter((hop) => isIP(hop) !== 0);
  const address = hops.find((hop) => !isTrusted(hop, trusted)) ?? known.at(-1) ?? direct;
  const proto = list(headers["x-forwarded-proto"]).at(-1);
  return {
    address: isIP(address) ? address : direct,
    proto: proto === "https" || proto === "http" ? proto : peer.isEncrypted ? "https" : "http",
    host: list(headers["x-forwarded-host"]).at(-1) ?? headers.host,
  };
}

/** Replaces whatever the request claimed with what was resolved, so that code behind us can believe these headers. */
export function setForwarded(headers: IncomingHttpHeaders, client: Client): void {
  delete headers.forwarded;
  delete headers["x-real-ip"];
  delete headers["x-forwarded-port"];
  headers["x-forwarded-for"] = client.address;
  headers["x-forwarded-proto"] = client.proto;
  if (client.host === undefined) delete headers["x-forwarded-host"];
  else headers["x-forwarded-host"] = client.host;
}

function isTrusted(address: string, trusted: BlockList): boolean {
  const family = isIP(address);
  return family !== 0 && trusted.check(address, family === 4 ? "ipv4" : "ipv6");
}

/** ::ffff:10.0.0.1, as a dual-stack socket names an IPv4 peer, is 10.0.0.1. */
function normalizeAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
}

function list(header: string | string[] | undefined): string[] {
  return [header ?? []]
    .flat()
    .join(",")
    .split(",")
    .flatMap((entry) => entry.trim() || []);
}
