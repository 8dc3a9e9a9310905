/** Which client a request comes from, and by which scheme, when proxies may stand in between. */
import type { IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

export class TrustedProxies {
  readonly #ranges: [Address, number][];

  /** CIDR ranges or single addresses. Throws for a text that is neither. */
  constructor(ranges: readonly string[]) {
    this.#ranges = ranges.map((range) => {
      try {
        if (range.includes("/")) return ipaddr.parseCIDR(range);
        const address = ipaddr.process(range);
        return [address, address.kind() === "ipv4" ? 32 : 128];
      } catch {
        throw new Error(`"${range}" is not an address range, such as 10.0.0.0/8 or 127.0.0.1.`);
      }
    });
  }

  /**
   * The address nearest to us that is not a trusted proxy: what stands left of it in X-Forwarded-For could have been
   * written by anybody. Null when the socket is already gone.
   */
  clientIp(request: IncomingMessage): string | null {
    const peer = parse(request.socket.remoteAddress);
    if (peer === null) return null;
    let client = peer;
    if (!this.#trusts(peer)) return client.toString();
    const hops = list(request.headers["x-forwarded-for"]);
    for (const hop of hops.reverse()) {
      const address = parse(hop);
      if (address === null) break;
      client = address;
      if (!this.#trusts(address)) break;
    }
    return client.toString();
  }

  /** `https` only on the word of a trusted proxy. */
  scheme(request: IncomingMessage): "http" | "https" {
    const peer = parse(request.socket.remoteAddress);
    if (peer === null || !this.#trusts(peer)) return "http";
    const [proto] = list(request.headers["x-forwarded-proto"]);
    const forwarded = /proto="?(https?)\b/i.exec(request.headers.forwarded ?? "")?.[1];
    return (proto ?? forwarded)?.toLowerCase() === "https" ? "https" : "http";
  }

  #trusts(address: Address): boolean {
    return this.#ranges.some(
      ([range, bits]) => range.kind() === address.kind() && address.match([range, bits]),
    );
  }
}

/** IPv4 addresses mapped into IPv6 count as IPv4. */
function parse(text: string | undefined): Address | null {
  return text !== undefined && ipaddr.isValid(text) ? ipaddr.process(text) : null;
}

function list(header: string | string[] | undefined): string[] {
  const text = Array.isArray(header) ? header.join(",") : (header ?? "");
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
