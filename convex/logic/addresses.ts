import ipaddr from "ipaddr.js";

/** Parts of 16 bits that name a network of IPv6: one customer has all addresses below it. */
const NETWORK_PARTS = 4;

/** What requests from an address are counted under: itself, or for IPv6 its /64. Anything else counts as one. */
export function addressBucket(address: string | null): string {
  if (address === null || !ipaddr.isValid(address)) return "unknown";
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  const network = parsed.parts.slice(0, NETWORK_PARTS);
  return network.map((part) => part.toString(16)).join(":");
}

/**
 * The same where a count keeps strangers out: null when the address does not tell one client from another. A loopback
 * address is this machine itself, or a proxy that was not named as trusted, with everybody behind it.
 */
export function distinctAddress(address: string | null): string | null {
  if (address === null || !ipaddr.isValid(address)) return null;
  return ipaddr.process(address).range() === "loopback" ? null : addressBucket(address);
}
