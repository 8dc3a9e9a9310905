import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isAllowedAddress,
  isInCidrs,
  isPublicAddress,
  parseCidrs,
} from "../../../../convex/logic/addressSafety";
import { cidrs } from "../../../helpers/cidrs";

/** IANA's registry of special IPv4 addresses, and 168.63.129.16: [first address, bits]. */
const SPECIAL_IPV4: [string, number][] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["168.63.129.16", 32],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["192.175.48.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

/** Special ranges inside 2000::/3: the first 16-bit parts and the bits that are fixed. */
const SPECIAL_IPV6: [number[], number][] = [
  [[0x2001], 23],
  [[0x2001, 0x0db8], 32],
  [[0x2002], 16],
  [[0x2620, 0x004f, 0x8000], 48],
  [[0x3fff], 20],
];

const ipv4Text = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
const ipv4Value = (text: string): number =>
  text.split(".").reduce((value, part) => value * 256 + Number(part), 0);
const ipv6Text = (parts: readonly number[]): string => parts.map((part) => part.toString(16)).join(":");

const ipv4 = fc.nat({ max: 0xffffffff });
const parts = fc.array(fc.nat({ max: 0xffff }), { minLength: 8, maxLength: 8 });

const isSpecialIpv4 = (value: number): boolean =>
  SPECIAL_IPV4.some(([first, bits]) => Math.floor((value - ipv4Value(first)) / 2 ** (32 - bits)) === 0);

/** Any address of a range of IPv6. */
const within = (first: readonly number[], bits: number) =>
  parts.map((random) =>
    random.map((part, index) => {
      const fixed = Math.min(16, Math.max(0, bits - index * 16));
      const mask = (0xffff << (16 - fixed)) & 0xffff;
      return ((first[index] ?? 0) & mask) | (part & ~mask & 0xffff);
    }),
  );

describe("isPublicAddress", () => {
  it.each([
    ["93.184.216.34", true],
    ["168.63.129.15", true],
    ["168.63.129.16", false],
    ["168.63.129.17", true],
    ["1.1.1.1", true],
    ["223.255.255.255", true],
    ["2606:4700::1111", true],
    ["2a00:1450:4001:82a::200e", true],
    ["::ffff:93.184.216.34", true],
    ["::ffff:168.63.129.16", false],
    ["::ffff:10.0.0.1", false],
    ["::ffff:a00:1", false],
    ["::127.0.0.1", false],
    ["::7f00:1", false],
    ["4000::1", false],
    ["1fff:ffff::1", false],
    ["100::1", false],
    ["100:0:0:1::1", false],
    ["64:ff9b::a00:1", false],
    ["64:ff9b::5db8:d822", false],
    ["64:ff9b:1::1", false],
    ["2001:0:4136:e378:8000:63bf:3fff:fdd2", false],
    ["2002:7f00:1::1", false],
    ["2001:db8::1", false],
    ["5f00::1", false],
    ["fe80::1", false],
    ["fec0::1", false],
    ["fd00:ec2::254", false],
    ["ff02::1", false],
    ["::1", false],
    ["::", false],
  ])("%s: %s", (address, expected) => {
    expect(isPublicAddress(address)).toBe(expected);
  });

  it.each([
    "",
    " 93.184.216.34",
    "93.184.216.34 ",
    "93.184.216.34.",
    "93.184.216",
    "1572395042",
    "0x5db8d822",
    "0135.184.216.34",
    "93.184.216.256",
    "93.184.216.34/32",
    "93.184.216.34:443",
    "2606:4700::1111%eth0",
    "[2606:4700::1111]",
    "2606:4700::1111::1",
    "hooks.acme.com",
  ])("does not take %j for an address", (text) => {
    expect(isPublicAddress(text)).toBe(false);
  });

  it("is IPv4 outside every special range", () => {
    const nearby = fc
      .tuple(fc.constantFrom(...SPECIAL_IPV4), fc.integer({ min: -2, max: 2 }), fc.boolean())
      .map(
        ([[first, bits], step, atEnd]) => (ipv4Value(first) + (atEnd ? 2 ** (32 - bits) : 0) + step) >>> 0,
      );
    fc.assert(
      fc.property(fc.oneof(ipv4, nearby), (value) => {
        expect(isPublicAddress(ipv4Text(value))).toBe(!isSpecialIpv4(value));
      }),
      { numRuns: 2_000 },
    );
  });

  it("judges a mapped address as the IPv4 address in it, however it is written", () => {
    fc.assert(
      fc.property(ipv4, (value) => {
        const expected = isPublicAddress(ipv4Text(value));
        expect(isPublicAddress(`::ffff:${ipv4Text(value)}`)).toBe(expected);
        expect(isPublicAddress(ipv6Text([0, 0, 0, 0, 0, 0xffff, value >>> 16, value & 0xffff]))).toBe(
          expected,
        );
      }),
    );
  });

  it("is no IPv6 address outside 2000::/3, but for mapped ones", () => {
    const outside = parts.filter(([first = 0]) => first >>> 13 !== 1);
    const embedding = fc
      .tuple(fc.constantFrom([0, 0, 0, 0, 0, 0], [0x64, 0xff9b, 0, 0, 0, 0], [0, 0, 0, 0, 0xffff, 0]), ipv4)
      .map(([prefix, value]) => [...prefix, value >>> 16, value & 0xffff]);
    fc.assert(
      fc.property(fc.oneof(outside, embedding), (address) => {
        expect(isPublicAddress(ipv6Text(address))).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it("is no IPv6 address of a special range inside 2000::/3", () => {
    const special = fc.constantFrom(...SPECIAL_IPV6).chain(([first, bits]) => within(first, bits));
    fc.assert(
      fc.property(special, (address) => {
        expect(isPublicAddress(ipv6Text(address))).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it("is an IPv6 address of a provider's range", () => {
    const provider = fc
      .constantFrom([0x2606, 0x4700], [0x2a00, 0x1450], [0x2400, 0xcb00], [0x2c0f, 0xf248])
      .chain((first) => within(first, 32));
    fc.assert(
      fc.property(provider, (address) => {
        expect(isPublicAddress(ipv6Text(address))).toBe(true);
      }),
    );
  });
});

describe("parseCidrs", () => {
  it("reads ranges of both families, with spaces and empty entries between the commas", () => {
    expect(cidrs(" 127.0.0.1/32, fd00::/8 ,,10.0.0.0/8,").map(({ text }) => text)).toEqual([
      "127.0.0.1/32",
      "fd00::/8",
      "10.0.0.0/8",
    ]);
    expect(cidrs("")).toEqual([]);
    expect(cidrs(" ")).toEqual([]);
  });

  it.each([
    "127.0.0.1",
    "127.0.0.1/33",
    "127.0.0.1/-1",
    "127.0.0.1/",
    "127.1/8",
    "0177.0.0.1/8",
    "::1",
    "::1/129",
    "fe80::1%eth0/64",
    "::ffff:10.0.0.0/104",
    "localhost",
    "127.0.0.1/32;10.0.0.0/8",
  ])("refuses %s by name", (text) => {
    expect(parseCidrs(`10.0.0.0/8,${text}`)).toEqual({
      ok: false,
      reason: `"${text}" is not a range of addresses like 127.0.0.1/32 or fd00::/8.`,
    });
  });
});

describe("isInCidrs", () => {
  it("compares the bits of the prefix, and no others", () => {
    fc.assert(
      fc.property(ipv4, ipv4, fc.nat({ max: 32 }), fc.nat({ max: 32 }), (network, other, bits, shared) => {
        // An address that has at least `shared` bits in common with the network.
        const keep = shared === 0 ? 0 : (0xffffffff << (32 - shared)) >>> 0;
        const address = ((network & keep) | (other & ~keep)) >>> 0;
        const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
        const expected = (network & mask) === (address & mask);
        const range = cidrs(`${ipv4Text(network)}/${bits}`);
        expect(isInCidrs(ipv4Text(address), range)).toBe(expected);
        expect(isInCidrs(`::ffff:${ipv4Text(address)}`, range)).toBe(expected);
      }),
    );
  });

  it.each([
    ["fd00::1", "fd00::/8", true],
    ["fc00::1", "fd00::/8", false],
    ["::1", "127.0.0.1/32", false],
    ["127.0.0.1", "::1/128", false],
    ["127.0.0.1", "10.0.0.0/8, 127.0.0.0/8", true],
    ["fe80::1%eth0", "fe80::/10", false],
    ["127.1", "127.0.0.0/8", false],
    ["127.0.0.1", "", false],
  ])("%s in %s: %s", (address, ranges, expected) => {
    expect(isInCidrs(address, cidrs(ranges))).toBe(expected);
  });
});

describe("isAllowedAddress", () => {
  it("opens the ranges, and nothing beside them", () => {
    const opened = cidrs("127.0.0.1/32");
    expect(isAllowedAddress("127.0.0.1", opened)).toBe(true);
    expect(isAllowedAddress("127.0.0.2", opened)).toBe(false);
    expect(isAllowedAddress("93.184.216.34", opened)).toBe(true);
    expect(isAllowedAddress("127.0.0.1", [])).toBe(false);
  });
});
