/** Which client a request comes from, and by which scheme, when proxies may stand in between. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** By this header a proxy shows the secret that it shares with this deployment; functions never see it. */
export const PROXY_SECRET_HEADER = "x-praxtalk-proxy-secret";

export class TrustedProxies {
  readonly #ranges: [Address, number][];
  /** A connection carries many requests. */
  readonly #peers = new WeakMap<object, Address>();
  readonly #secret: Buffer | null;

  /**
   * Trusted are peers in these CIDR ranges or of these addresses, and whoever shows the secret. Throws for a text that
   * is no range.
   */
  constructor(ranges: readonly string[], secret: string | null = null) {
    this.#secret = secret === null ? null : digest(secret);
    this.#ranges = ranges.map((text) => {
      const range = parseRange(text);
      if (range === null)
        throw new Error(`"${text}" is not an address range, such as 10.0.0.0/8 or 127.0.0.1.`);
      return range;
    });
  }

  /**
   * The address nearest to us that is not a trusted proxy: what stands left of it in X-Forwarded-For could have been
   * written by anybody. Null when the socket is already gone.
   */
  clientIp(request: IncomingMessage): string | null {
    const peer = this.#peer(request);
    if (peer === null) return null;
    let client = peer;
    if (!this.#trustsSender(request, peer)) return client.toString();
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
    const peer = this.#peer(request);
    if (peer === null || !this.#trustsSender(request, peer)) return "http";
    const [proto] = list(request.headers["x-forwarded-proto"]);
    const forwarded = /proto="?(https?)\b/i.exec(request.headers.forwarded ?? "")?.[1];
    return (proto ?? forwarded)?.toLowerCase() === "https" ? "https" : "http";
  }

  #trustsSender(request: IncomingMessage, peer: Address): boolean {
    const shown = request.headers[PROXY_SECRET_HEADER];
    if (this.#secret !== null && typeof shown === "string" && timingSafeEqual(digest(shown), this.#secret)) {
      return true;
    }
    return this.#trusts(peer);
  }

  #peer({ socket }: IncomingMessage): Address | null {
    const known = this.#peers.get(socket);
    if (known !== undefined) return known;
    const address = parse(socket.remoteAddress);
    if (address !== null) this.#peers.set(socket, address);
    return address;
  }

  #trusts(address: Address): boolean {
    return this.#ranges.some(
      ([range, bits]) => range.kind() === address.kind() && address.match([range, bits]),
    );
  }
}

/** Whether it is an address or a range of addresses. */
export function isAddressRange(text: string): boolean {
  return parseRange(text) !== null;
}

function parseRange(text: string): [Address, number] | null {
  try {
    if (text.includes("/")) return ipaddr.parseCIDR(text);
    const address = ipaddr.process(text);
    return [address, address.kind() === "ipv4" ? 32 : 128];
  } catch {
    return null;
  }
}

function digest(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
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
