import { describe, expect, it } from "vitest";
import { parseTrustedProxies, resolveClient, setForwarded } from "../../../server/forwarded";

const none = parseTrustedProxies([]);
const proxies = parseTrustedProxies(["10.0.0.0/8", "fd00::/8", "127.0.0.1"]);
const plain = (address: string) => ({ address, isEncrypted: false });

describe("parseTrustedProxies", () => {
  it.each(["nonsense", "10.0.0.0/33", "10.0.0.0/-1", "::1/129", "10.0.0/8", "10.0.0.0/x"])(
    "refuses %j, naming it",
    (entry) => {
      expect(() => parseTrustedProxies([entry])).toThrow(entry);
    },
  );
});

describe("resolveClient", () => {
  it("believes nothing that an untrusted peer claims", () => {
    const headers = {
      host: "chat.test",
      "x-forwarded-for": "9.9.9.9",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "evil.test",
    };
    expect(resolveClient(plain("1.2.3.4"), headers, none)).toEqual({
      address: "1.2.3.4",
      proto: "http",
      host: "chat.test",
    });
    expect(resolveClient(plain("1.2.3.4"), headers, proxies).address).toBe("1.2.3.4");
  });

  it("takes the last address of the chain that no trusted proxy has", () => {
    const headers = { "x-forwarded-for": "9.9.9.9, 1.2.3.4, 10.0.0.7" };
    expect(resolveClient(plain("10.0.0.8"), headers, proxies).address).toBe("1.2.3.4");
    expect(resolveClient(plain("::ffff:10.0.0.8"), headers, proxies).address).toBe("1.2.3.4");
  });

  it("takes the farthest address when the whole chain is trusted, and the peer when there is none", () => {
    expect(
      resolveClient(plain("10.0.0.8"), { "x-forwarded-for": "10.0.0.6, 10.0.0.7" }, proxies).address,
    ).toBe("10.0.0.6");
    expect(resolveClient(plain("10.0.0.8"), {}, proxies).address).toBe("10.0.0.8");
  });

  it("does not pass on what is no address", () => {
    expect(resolveClient(plain("10.0.0.8"), { "x-forwarded-for": "<script>" }, proxies).address).toBe(
      "10.0.0.8",
    );
  });

  it("takes scheme and host from a trusted peer, and only known schemes", () => {
    const headers = { host: "inner", "x-forwarded-proto": "https", "x-forwarded-host": "chat.test" };
    expect(resolveClient(plain("127.0.0.1"), headers, proxies)).toMatchObject({
      proto: "https",
      host: "chat.test",
    });
    expect(resolveClient(plain("127.0.0.1"), { "x-forwarded-proto": "ftp" }, proxies).proto).toBe("http");
    expect(resolveClient({ address: "1.2.3.4", isEncrypted: true }, {}, none).proto).toBe("https");
  });
});

describe("setForwarded", () => {
  it("replaces every forwarded header of the request", () => {
    const headers = {
      forwarded: "for=9.9.9.9",
      "x-real-ip": "9.9.9.9",
      "x-forwarded-for": "9.9.9.9",
      "x-forwarded-port": "1",
      host: "h",
    };
    setForwarded(headers, { address: "1.2.3.4", proto: "https", host: "chat.test" });
    expect(headers).toEqual({
      host: "h",
      "x-forwarded-for": "1.2.3.4",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "chat.test",
    });
  });
});
