import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { TrustedProxies } from "@/embedded/http/client-address";

function from(peer: string | undefined, headers: Record<string, string | undefined> = {}): IncomingMessage {
  return { socket: { remoteAddress: peer }, headers } as unknown as IncomingMessage;
}

const proxies = new TrustedProxies(["10.0.0.0/8", "fd00::/8", "192.0.2.7"]);

describe("the client's address", () => {
  test.each([
    ["of a direct client is its own, whatever it claims", "203.0.113.9", "1.2.3.4", "203.0.113.9"],
    ["behind a trusted proxy is the one it names", "10.1.1.1", "203.0.113.9", "203.0.113.9"],
    ["is the last that no trusted proxy wrote", "10.1.1.1", "6.6.6.6, 203.0.113.9, 10.2.2.2", "203.0.113.9"],
    ["of a single trusted address counts", "192.0.2.7", "203.0.113.9", "203.0.113.9"],
    ["stops at what is no address", "10.1.1.1", "203.0.113.9, unknown", "10.1.1.1"],
    ["is the farthest proxy's when all are trusted", "10.1.1.1", "10.3.3.3", "10.3.3.3"],
    ["may be mapped into IPv6", "::ffff:10.1.1.1", "203.0.113.9", "203.0.113.9"],
    ["may be IPv6", "fd00::1", "2001:db8::5", "2001:db8::5"],
    ["without the header is the proxy's", "10.1.1.1", undefined, "10.1.1.1"],
  ])("%s", (_what, peer, forwarded, expected) => {
    const headers = { "x-forwarded-for": forwarded };
    expect(proxies.clientIp(from(peer, headers))).toBe(expected);
  });

  test("is unknown once the socket is gone", () => {
    expect(proxies.clientIp(from(undefined))).toBeNull();
  });

  test("the scheme is https on a trusted proxy's word only", () => {
    const headers = { "x-forwarded-proto": "https" };
    expect(proxies.scheme(from("10.1.1.1", headers))).toBe("https");
    expect(proxies.scheme(from("10.1.1.1", { forwarded: 'for=1.2.3.4;proto="https"' }))).toBe("https");
    expect(proxies.scheme(from("203.0.113.9", headers))).toBe("http");
    expect(proxies.scheme(from("10.1.1.1"))).toBe("http");
  });

  test("whoever shows the secret is believed like a trusted proxy, and nobody else", () => {
    const sharing = new TrustedProxies([], "s3cret");
    const headers = { "x-forwarded-for": "1.1.1.1, 203.0.113.9", "x-forwarded-proto": "https" };
    const shown = { ...headers, "x-praxtalk-proxy-secret": "s3cret" };
    expect(sharing.clientIp(from("127.0.0.1", shown))).toBe("203.0.113.9");
    expect(sharing.scheme(from("127.0.0.1", shown))).toBe("https");
    for (const guess of ["", "s3cre", "s3cret2", undefined]) {
      const guessed = { ...headers, "x-praxtalk-proxy-secret": guess };
      expect(sharing.clientIp(from("127.0.0.1", guessed))).toBe("127.0.0.1");
      expect(sharing.scheme(from("127.0.0.1", guessed))).toBe("http");
    }
    expect(proxies.clientIp(from("203.0.113.5", { ...headers, "x-praxtalk-proxy-secret": "" }))).toBe(
      "203.0.113.5",
    );
  });

  test("a range that is none is refused by name", () => {
    for (const bad of ["10.0.0.0/33", "localhost", "", "10.0.0/8x"]) {
      expect(() => new TrustedProxies([bad])).toThrow(`"${bad}" is not an address range`);
    }
  });
});
