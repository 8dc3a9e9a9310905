import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkWebhookUrl, mayReach } from "../../../../convex/logic/webhookUrl";
import { cidrs } from "../../../helpers/cidrs";

const SCHEMES = /must begin with https/;
const LITERAL = /DNS name, not an IP address/;
const NAME = /public DNS name|not a valid DNS name/;
const PORT = /port of the URL must be 443 or 8443/;
const USER = /user name and password/;
const NO_URL = /Enter a full URL/;
const EMPTY = /Enter a URL/;
const CHARACTERS = /space, a backslash or a control character/;
const LENGTH = /too long/;

const REFUSED: [name: string, url: string, reason: RegExp][] = [
  ["S01", "http://127.0.0.1/", SCHEMES],
  ["S02", "https://127.0.0.1/", LITERAL],
  ["S03", "https://127.1/", LITERAL],
  ["S04", "https://127.0.1/", LITERAL],
  ["S06", "https://0.0.0.0/", LITERAL],
  ["S07", "https://2130706433/", LITERAL],
  ["S10", "https://017700000001/", LITERAL],
  ["S11", "https://0177.0.0.1/", LITERAL],
  ["S14", "https://127.0.0.1./", LITERAL],
  ["S16", "https://127。0。0。1/", LITERAL],
  ["S18", "https://localhost/", NAME],
  ["S18 with a dot", "https://localhost./", NAME],
  ["S20", "https://foo.localhost/", NAME],
  ["S22", "https://ip6-localhost/", NAME],
  ["S23", "https://[::1]/", LITERAL],
  ["S25", "https://[::]/", LITERAL],
  ["S26", "https://[::ffff:127.0.0.1]/", LITERAL],
  ["S28", "https://[::127.0.0.1]/", LITERAL],
  ["S30", "https://[64:ff9b::7f00:1]/", LITERAL],
  ["S32", "https://[64:ff9b:1::1]/", LITERAL],
  ["S34", "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", LITERAL],
  ["S35", "https://[fe80::1]/", LITERAL],
  ["S37", "https://[fd00:ec2::254]/", LITERAL],
  ["S38", "https://[fec0::1]/", LITERAL],
  ["S40", "https://[2001:db8::1]/", LITERAL],
  ["S42", "https://[100::1]/", LITERAL],
  ["S45", "https://[2001:20::1]/", LITERAL],
  ["S47", "https://169.254.169.254/latest/meta-data/", LITERAL],
  ["S49", "https://2852039166/", LITERAL],
  ["S51", "https://100.100.100.200/", LITERAL],
  ["S53", "https://10.0.0.1/", LITERAL],
  ["S54", "https://172.31.255.255/", LITERAL],
  ["S55", "https://192.168.1.1/", LITERAL],
  ["S57", "https://192.0.0.192/", LITERAL],
  ["S59", "https://192.52.193.1/", LITERAL],
  ["S60", "https://192.88.99.1/", LITERAL],
  ["S62", "https://203.0.113.1/", LITERAL],
  ["S64", "https://255.255.255.255/", LITERAL],
  ["S65", "https://1.1.1.1/", LITERAL],
  ["S65 in IPv6", "https://[2606:4700:4700::1111]/", LITERAL],
  ["S66", "https://metadata.google.internal/", NAME],
  ["S68", "https://intranet/", NAME],
  ["S68 with a name of no special meaning", "https://hooks/", NAME],
  ["S70", "https://user:pass@hooks.acme.com/", USER],
  ["S70 user alone", "https://user@hooks.acme.com/", USER],
  ["S70 password alone", "https://:pass@hooks.acme.com/", USER],
  ["S70 as a disguise", "https://hooks.acme.com@127.0.0.1/", USER],
  ["S76", "//127.0.0.1/", NO_URL],
  ["S77", "https://hooks.acme.com:22/", PORT],
  ["S77 http's port", "https://hooks.acme.com:80/", PORT],
  ["S79", "https://hooks.acme.com:65536/", NO_URL],
  ["S81 http", "http://hooks.acme.com/", SCHEMES],
  ["S81 ftp", "ftp://hooks.acme.com/", SCHEMES],
  ["S81 file", "file:///etc/passwd", SCHEMES],
  ["S81 gopher", "gopher://hooks.acme.com/", SCHEMES],
  ["S81 dict", "dict://hooks.acme.com:11211/", SCHEMES],
  ["S81 jar", "jar:https://hooks.acme.com!/", SCHEMES],
  ["S81 data", "data:text/plain,x", SCHEMES],
  ["S81 javascript", "javascript:alert(1)", SCHEMES],
  ["S81 ws", "ws://hooks.acme.com/", SCHEMES],
  ["S81 wss", "wss://hooks.acme.com/", SCHEMES],
  ["S81 blob", "blob:https://hooks.acme.com/1", SCHEMES],
  ["S86", "https://\u202emoc.emca/", NO_URL],
  ["S86 without a scheme", "\u202emoc.emca", NO_URL],
  ["S89 empty", "", EMPTY],
  ["S89 spaces", "   ", EMPTY],
  ["S89 null", "null", NO_URL],
  ["S89 no host", "https://", NO_URL],
  ["S89 numbers too large", "https://999.999.999.999/", NO_URL],
  ["S89 five numbers", "https://1.2.3.4.5/", NO_URL],
  ["a space inside", "https://hooks.acme.com/a b", CHARACTERS],
  ["a line break in the host", "https://hooks.ac\nme.com/", CHARACTERS],
  ["a tab in the scheme", "ht\ttps://hooks.acme.com/", CHARACTERS],
  ["NUL", "https://hooks.acme.com/\0", CHARACTERS],
  ["a no-break space", "https://hooks.acme.com/\u00a0x", CHARACTERS],
  ["backslashes for slashes", "https:\\\\hooks.acme.com\\x", CHARACTERS],
  ["an underscore", "https://my_host.acme.com/", NAME],
  ["an empty label", "https://hooks..acme.com/", NAME],
  ["a hyphen first", "https://-hooks.acme.com/", NAME],
  ["a label of 64 characters", `https://${"a".repeat(64)}.acme.com/`, NAME],
  ["a name of 254 characters", `https://${"a.".repeat(125)}com.com/`, NAME],
  ["one letter on top", "https://hooks.acme.c/", NAME],
  ["a reverse zone", "https://1.0.0.127.in-addr.arpa/", NAME],
  ["one character too many", `https://hooks.acme.com/${"a".repeat(2_026)}`, LENGTH],
  ["too long by its fragment", `https://hooks.acme.com/#${"a".repeat(2_026)}`, LENGTH],
  ["too long once it is encoded", `https://hooks.acme.com/${"ä".repeat(1_000)}`, LENGTH],
];

const INSIDE =
  "localhost localdomain local internal intranet lan home corp private home.arpa onion alt".split(" ");
const RESERVED = "test invalid example".split(" ");

const ACCEPTED: [name: string, url: string, normal: string][] = [
  ["S87", "https://exämple.com/", "https://xn--exmple-cua.com/"],
  ["S91", " https://hooks.acme.com/x ", "https://hooks.acme.com/x"],
  ["S91 line break", "https://hooks.acme.com/x\n", "https://hooks.acme.com/x"],
  ["S92", "https://hooks.acme.com:8443/p?q=%0d%0aX", "https://hooks.acme.com:8443/p?q=%0d%0aX"],
  ["S93", "https://hooks.acme.com/", "https://hooks.acme.com/"],
  ["the usual port, written", "https://hooks.acme.com:443/", "https://hooks.acme.com/"],
  ["upper case", "HTTPS://Hooks.ACME.com/X", "https://hooks.acme.com/X"],
  ["a dot at the end", "https://hooks.acme.com./x", "https://hooks.acme.com/x"],
  ["a fragment", "https://hooks.acme.com/x?y#z", "https://hooks.acme.com/x?y"],
  ["no path", "https://hooks.acme.com", "https://hooks.acme.com/"],
  ["an international top-level name", "https://пример.рф/", "https://xn--e1afmkfd.xn--p1ai/"],
  ["digits and hyphens", "https://a1-b2.3c.io/", "https://a1-b2.3c.io/"],
  [
    "the longest",
    `https://hooks.acme.com/${"a".repeat(2_025)}`,
    `https://hooks.acme.com/${"a".repeat(2_025)}`,
  ],
];

/** The reason for a refusal, or the URL as it would be stored. */
function verdict(url: string, ranges = ""): string {
  const checked = checkWebhookUrl(url, cidrs(ranges));
  if (!checked.ok) return checked.reason;
  return checked.value.isPrivate ? `private ${checked.value.url}` : checked.value.url;
}

const address = fc.nat({ max: 0xffffffff });
const octets = (value: number): number[] => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);

/** The last part of a short form stands for all bytes that are left. */
function shorten(value: number, count: number): number[] {
  const all = octets(value);
  const rest = all.slice(count - 1).reduce((sum, byte) => sum * 256 + byte, 0);
  return [...all.slice(0, count - 1), rest];
}

/** One number as a URL may spell it: decimal, octal or hexadecimal, with zeros in front, in other digits, percent-encoded. */
const spelling = fc
  .tuple(fc.constantFrom(10, 8, 16), fc.nat({ max: 3 }), fc.constantFrom("plain", "wide", "encoded"))
  .map(([radix, zeros, letters]) => (value: number): string => {
    const digits = value.toString(radix);
    const padded = radix === 10 ? digits : (radix === 16 ? "0x" : "0") + "0".repeat(zeros) + digits;
    if (letters === "wide") {
      return padded.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)));
    }
    return letters === "encoded"
      ? padded.replace(/\d/g, (digit) => `%${digit.charCodeAt(0).toString(16)}`)
      : padded;
  });

/** An IPv4 address as the host of a URL, in every form that parsers read. */
const spelledIpv4 = fc
  .tuple(
    address,
    fc.integer({ min: 1, max: 4 }),
    fc.array(spelling, { minLength: 4, maxLength: 4 }),
    fc.constantFrom(".", "。", "．", "｡"),
    fc.constantFrom("", "."),
  )
  .map(([value, count, spellings, dot, end]) => ({
    value,
    host:
      shorten(value, count)
        .map((part, index) => spellings[index]!(part))
        .join(dot) + end,
  }));

describe("checkWebhookUrl", () => {
  it.each(REFUSED)("refuses %s: %j", (_name, url, reason) => {
    expect(verdict(url)).toMatch(reason);
    // Nothing of that is opened by a range that it does not lie in.
    expect(verdict(url, "198.51.100.1/32")).toMatch(reason);
  });

  it.each(INSIDE)("refuses names under .%s", (top) => {
    expect(checkWebhookUrl(`https://hooks.${top}/`, [])).toMatchObject({ ok: false });
  });

  it.each(RESERVED)("refuses names under .%s, not those that contain it", (top) => {
    expect(checkWebhookUrl(`https://hooks.${top}/`, [])).toMatchObject({ ok: false });
    expect(checkWebhookUrl(`https://${top}.hooks.com/`, [])).toMatchObject({ ok: true });
  });

  it.each(ACCEPTED)("accepts %s: %j", (_name, url, normal) => {
    expect(checkWebhookUrl(url, [])).toEqual({ ok: true, value: { url: normal, isPrivate: false } });
  });

  it("refuses this deployment's own hosts", () => {
    const own = ["chat.acme.com"];
    expect(checkWebhookUrl("https://chat.acme.com/hook", [], own)).toMatchObject({ ok: false });
    expect(checkWebhookUrl("https://CHAT.acme.com.:8443/", [], own)).toMatchObject({ ok: false });
    expect(checkWebhookUrl("https://hooks.chat.acme.com/", [], own)).toMatchObject({ ok: true });
  });

  it("refuses every IPv4 address in every form", () => {
    fc.assert(
      fc.property(spelledIpv4, ({ host }) => {
        expect(verdict(`https://${host}/`)).toMatch(LITERAL);
      }),
      { numRuns: 1_000 },
    );
  });

  it("opens exactly the literals in the ranges, with http and any port", () => {
    const inRange = fc.nat({ max: 0xffff }).map((low) => (10 << 24) | (20 << 16) | low);
    const scheme = fc.constantFrom("http", "https");
    const port = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(fc.oneof(address, inRange), scheme, port, (value, protocol, number) => {
        const host = octets(value >>> 0).join(".");
        const url = `${protocol}://${host}:${number}/hook`;
        const opened = `private ${new URL(url).href}`;
        if (host.startsWith("10.20.")) expect(verdict(url, "10.20.0.0/16")).toBe(opened);
        else expect(verdict(url, "10.20.0.0/16")).toMatch(protocol === "http" ? SCHEMES : LITERAL);
      }),
    );
  });

  it("opens the same address in any spelling, and stores the plain one", () => {
    const all = cidrs("0.0.0.0/0");
    fc.assert(
      fc.property(spelledIpv4, ({ value, host }) => {
        expect(checkWebhookUrl(`http://${host}:4000/`, all)).toEqual({
          ok: true,
          value: { url: `http://${octets(value).join(".")}:4000/`, isPrivate: true },
        });
      }),
    );
  });

  it("says which addresses are open", () => {
    expect(checkWebhookUrl("http://localhost:4000/", cidrs("127.0.0.1/32, ::1/128"))).toEqual({
      ok: false,
      reason:
        "The URL must begin with https://. Only literal addresses in 127.0.0.1/32, ::1/128 may do without.",
    });
  });

  it.each([
    ["http://[::1]:4000/", "::1/128", true],
    ["https://[::1]/", "::1/128", true],
    ["http://[::ffff:127.0.0.1]/", "127.0.0.0/8", true],
    ["http://[::1]/", "127.0.0.0/8", false],
    ["ftp://127.0.0.1/", "127.0.0.0/8", false],
    ["ws://127.0.0.1/", "127.0.0.0/8", false],
    ["http://user@127.0.0.1/", "127.0.0.0/8", false],
    ["http://localhost:4000/", "127.0.0.0/8, ::1/128", false],
    ["http://hooks.acme.com/", "127.0.0.0/8", false],
    ["https://hooks.acme.com:4000/", "127.0.0.0/8", false],
  ])("%s with %s open: %s", (url, ranges, expected) => {
    expect(checkWebhookUrl(url, cidrs(ranges)).ok).toBe(expected);
  });
});

describe("mayReach", () => {
  const PUBLIC = "93.184.216.34";
  it.each([
    ["https://hooks.acme.com/", [PUBLIC], true],
    ["https://hooks.acme.com:8443/", [PUBLIC, "2606:4700::1111"], true],
    ["https://hooks.acme.com/", [], false],
    ["https://hooks.acme.com/", [PUBLIC, "10.0.0.1"], false],
    ["https://hooks.acme.com/", ["10.0.0.1", PUBLIC], false],
    ["https://hooks.acme.com/", ["not an address"], false],
    // A form that registration refuses today: an endpoint from a time when a range was open.
    ["http://hooks.acme.com/", [PUBLIC], false],
    ["https://hooks.acme.com:22/", [PUBLIC], false],
    [`https://${PUBLIC}/`, [PUBLIC], false],
    ["https://[2606:4700::1111]/", ["2606:4700::1111"], false],
    ["http://127.0.0.1:4000/", ["127.0.0.1"], false],
  ])("%s at %j: %s", (url, addresses, expected) => {
    expect(mayReach(new URL(url), addresses, [])).toBe(expected);
  });

  it.each([
    ["http://127.0.0.1:4000/", ["127.0.0.1"], true],
    ["https://hooks.acme.com/", ["127.0.0.1"], true],
    ["https://hooks.acme.com/", ["127.0.0.1", PUBLIC], true],
    ["http://hooks.acme.com/", ["127.0.0.1"], true],
    ["http://hooks.acme.com/", ["127.0.0.1", PUBLIC], false],
    ["https://hooks.acme.com/", ["127.0.0.1", "10.0.0.1"], false],
    ["http://10.0.0.1/", ["10.0.0.1"], false],
  ])("%s at %j with 127.0.0.1 open: %s", (url, addresses, expected) => {
    expect(mayReach(new URL(url), addresses, cidrs("127.0.0.1/32"))).toBe(expected);
  });

  it("refuses the whole answer for one address, wherever it stands", () => {
    const some = fc.array(fc.constantFrom(PUBLIC, "2606:4700::1111", "1.1.1.1"), { maxLength: 40 });
    const bad = fc.constantFrom(
      "127.0.0.1",
      "::1",
      "fd00::1",
      "169.254.169.254",
      "168.63.129.16",
      "::ffff:a00:1",
    );
    fc.assert(
      fc.property(some, some, bad, (before, after, between) => {
        expect(mayReach(new URL("https://hooks.acme.com/"), [...before, between, ...after], [])).toBe(false);
      }),
    );
  });
});
