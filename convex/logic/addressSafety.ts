/** Which network addresses a webhook may be sent to. */
import ipaddr from "ipaddr.js";
import type { Checked } from "../../lib/validation";

/** A range of addresses that PRAXTALK_WEBHOOK_ALLOW_CIDRS opens. */
export type Cidr = { text: string; range: [ipaddr.IPv4 | ipaddr.IPv6, number] };

/** Unicast by every registry, yet it reaches the host of a virtual machine in Azure. */
const AZURE_HOST = "168.63.129.16";
/** 2000::/3 is all that is assigned as global unicast: the first three bits of an address in it are 001. */
const GLOBAL_UNICAST_BITS = 0b001;

/** The address, with an IPv4 address in IPv6 form unwrapped; null for all but the canonical textual forms. */
function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  // A zone names an interface of this machine.
  if (!ipaddr.IPv6.isValid(text) || text.includes("%")) return null;
  return ipaddr.process(text);
}

/** Whether the address is one that anybody on the internet reaches. False for what cannot be read as an address. */
export function isPublicAddress(text: string): boolean {
  const address = parseAddress(text);
  if (address === null || address.range() !== "unicast") return false;
  if (address instanceof ipaddr.IPv4) return address.toString() !== AZURE_HOST;
  return (address.parts[0] ?? 0) >>> 13 === GLOBAL_UNICAST_BITS;
}

/** Whether one of the ranges holds the address. */
export function isInCidrs(text: string, cidrs: readonly Cidr[]): boolean {
  const address = parseAddress(text);
  if (address === null) return false;
  return cidrs.some(({ range }) => address.kind() === range[0].kind() && address.match(range));
}

/** Whether a request may go to the address: a public one, or one that the ranges open. */
export function isAllowedAddress(text: string, cidrs: readonly Cidr[]): boolean {
  return isPublicAddress(text) || isInCidrs(text, cidrs);
}

/** Ranges separated by commas, such as `127.0.0.1/32,fd00::/8`; none in an empty text. */
export function parseCidrs(text: string): Checked<Cidr[]> {
  const cidrs: Cidr[] = [];
  for (const entry of text.split(",").map((part) => part.trim())) {
    if (entry === "") continue;
    const cidr = parseCidr(entry);
    if (cidr === null) {
      return { ok: false, reason: `"${entry}" is not a range of addresses like 127.0.0.1/32 or fd00::/8.` };
    }
    cidrs.push(cidr);
  }
  return { ok: true, value: cidrs };
}

function parseCidr(text: string): Cidr | null {
  if (ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) return { text, range: ipaddr.IPv4.parseCIDR(text) };
  if (!ipaddr.IPv6.isValidCIDR(text) || text.includes("%")) return null;
  const range = ipaddr.IPv6.parseCIDR(text);
  // Addresses in this form are compared as the IPv4 addresses that they are: such a range would never match.
  return range[0].isIPv4MappedAddress() ? null : { text, range };
}
