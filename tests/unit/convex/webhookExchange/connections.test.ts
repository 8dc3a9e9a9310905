// @vitest-environment node
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TlsOptions } from "node:tls";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { BUDGETS, exchange } from "../../../../convex/webhookExchange/exchange";
import type { ExchangeOptions, ExchangeResult } from "../../../../convex/webhookExchange/exchange";
import { createAuthority, selfSigned } from "../../../helpers/certificates";
import { cidrs } from "../../../helpers/cidrs";
import { BEHAVIOURS, answer, closedPort, filteredPort, startReceiver } from "../../../helpers/receivers";
import type { Behaviour, Receiver, ReceiverOptions } from "../../../helpers/receivers";
import { WAIT } from "../../../helpers/wait";

const NAME = "hooks.acme.com";
const authority = createAuthority();
const genuine = authority.issue(NAME);

async function receiver(
  options: ReceiverOptions = {},
  behaviour: Behaviour = answer(200),
): Promise<Receiver> {
  const started = await startReceiver(behaviour, options);
  onTestFinished(() => started.close());
  return started;
}

type Sent = { url: string; allowed?: string } & ExchangeOptions;

/** Loopback stands for the internet: 127.0.0.1 is what may be reached, every other address of 127.0.0.0/8 is not. */
function send({ url, allowed = "127.0.0.1/32", ...options }: Sent): Promise<ExchangeResult> {
  const request = { url, headers: [], body: "{}", allowedCidrs: cidrs(allowed) };
  return exchange(request, { ca: authority.cert, ...options });
}

const outcomeOf = async (sent: Sent): Promise<string> => (await send(sent)).outcome;
const answers = (...addresses: string[]) => ({ resolve: () => Promise.resolve(addresses) });

/** A receiver at a name with a genuine certificate, and one at the same port of an address that must never be reached. */
async function siteAndTrap() {
  const site = await receiver({ tls: genuine });
  const trap = await receiver({ host: "127.0.0.2", port: site.port, tls: genuine });
  return { site, trap, url: `https://${NAME}:${site.port}/hook` };
}

afterEach(() => vi.unstubAllEnvs());

describe("what a name resolves to", () => {
  it.each([
    ["N01", ["127.0.0.2"]],
    ["N02", ["169.254.169.254"]],
    ["N03", ["::1"]],
    ["N04", ["127.0.0.1", "fd00::1"]],
    ["N05", ["127.0.0.1", "10.1.2.3"]],
    ["N05 the other way round", ["10.1.2.3", "127.0.0.1"]],
    ["N10", ["::ffff:10.0.0.1"]],
    ["N10 with a good one", ["127.0.0.1", "::ffff:10.0.0.1"]],
    ["N11", ["64:ff9b::a00:1"]],
    ["N12", ["::7f00:1"]],
    ["N12 with a good one", ["127.0.0.1", "::7f00:1"]],
    ["Azure's host", ["168.63.129.16"]],
    ["what is no address", ["127.0.0.1", "localhost"]],
  ])("%s: %j blocks the whole answer before any connection", async (_name, addresses) => {
    const { site, trap, url } = await siteAndTrap();
    expect(await outcomeOf({ url, ...answers(...addresses) })).toBe("blocked_address");
    expect([site.connections(), trap.connections()]).toEqual([0, 0]);
  });

  it("N06: is asked anew for every attempt", async () => {
    const { site, trap, url } = await siteAndTrap();
    const resolve = vi.fn().mockResolvedValueOnce(["127.0.0.1"]).mockResolvedValueOnce(["127.0.0.2"]);
    expect(await outcomeOf({ url, resolve })).toBe("delivered");
    expect(await outcomeOf({ url, resolve })).toBe("blocked_address");
    expect([site.connections(), trap.connections()]).toEqual([1, 0]);
  });

  it("N07: is asked once per attempt: the address that was checked is the one that is connected to", async () => {
    const { site, trap, url } = await siteAndTrap();
    const resolve = vi.fn().mockResolvedValueOnce(["127.0.0.1"]).mockResolvedValue(["127.0.0.2"]);
    expect(await outcomeOf({ url, resolve })).toBe("delivered");
    expect(resolve).toHaveBeenCalledTimes(1);
    expect(resolve).toHaveBeenCalledWith(NAME, expect.any(AbortSignal));
    expect([site.connections(), trap.connections()]).toEqual([1, 0]);
  });

  it("N13: nothing, an error, or no answer in time is dns_failure", async () => {
    const url = `https://${NAME}/`;
    expect(await outcomeOf({ url, ...answers() })).toBe("dns_failure");
    expect(await outcomeOf({ url, resolve: () => Promise.reject(new Error("ESERVFAIL")) })).toBe(
      "dns_failure",
    );
    const resolve: ExchangeOptions["resolve"] = (_name, signal) =>
      new Promise((resolve) => signal.addEventListener("abort", () => resolve([])));
    expect(await outcomeOf({ url, resolve, budgets: { ...BUDGETS, dnsMs: 1 } })).toBe("dns_failure");
  });

  it("N14: sixteen addresses are tried, all are checked", async () => {
    const hosts = Array.from({ length: 200 }, (_, index) => `127.0.1.${index + 1}`);
    const sixteenth = await receiver({ host: "127.0.1.16", tls: genuine });
    const url = `https://${NAME}:${sixteenth.port}/`;
    expect(await outcomeOf({ url, allowed: "127.0.1.0/24", ...answers(...hosts) })).toBe("delivered");

    const seventeenth = await receiver({ host: "127.0.1.17", tls: genuine });
    const beyond = `https://${NAME}:${seventeenth.port}/`;
    expect(await outcomeOf({ url: beyond, allowed: "127.0.1.0/24", ...answers(...hosts) })).toBe(
      "connect_failed",
    );
    expect(seventeenth.connections()).toBe(0);

    const last = [...hosts.slice(0, -1), "10.0.0.1"];
    expect(await outcomeOf({ url, allowed: "127.0.1.0/24", ...answers(...last) })).toBe("blocked_address");
    expect(sixteenth.connections()).toBe(1);
  });

  it("N15: is tried in its order, and only when all of it may be reached", async () => {
    const second = await receiver({ host: "127.0.0.2", tls: genuine });
    const url = `https://${NAME}:${second.port}/`;
    const both = answers("127.0.0.1", "127.0.0.2");
    expect(await outcomeOf({ url, allowed: "127.0.0.0/30", ...both })).toBe("delivered");
    expect(await outcomeOf({ url, allowed: "127.0.0.1/32", ...both })).toBe("blocked_address");
    expect(await outcomeOf({ url, allowed: "127.0.0.2/32", ...both })).toBe("blocked_address");
    expect(second.connections()).toBe(1);
  });
});

describe("a literal address", () => {
  it("is checked as one: Node asks no look-up about it", async () => {
    const trap = await receiver();
    const resolve = vi.fn();
    const allowed = "198.51.100.1/32";
    expect(await outcomeOf({ url: trap.url, allowed, resolve })).toBe("blocked_address");
    expect(await outcomeOf({ url: `http://[::ffff:127.0.0.1]:${trap.port}/`, allowed, resolve })).toBe(
      "blocked_address",
    );
    expect(resolve).not.toHaveBeenCalled();
    expect(trap.connections()).toBe(0);
  });

  it("is reached once a range opens it, by http too", async () => {
    const site = await receiver();
    expect(await outcomeOf({ url: site.url })).toBe("delivered");
    expect(await outcomeOf({ url: `http://[::ffff:127.0.0.1]:${site.port}/` })).toBe("delivered");
  });

  it("does not let plain http go to a public address", async () => {
    expect(await outcomeOf({ url: "http://hooks.acme.com/", ...answers("93.184.216.34") })).toBe(
      "blocked_address",
    );
  });
});

describe("where a reply points to", () => {
  const to = (status: number) => (location: string) => answer(status, { headers: { Location: location } });
  it.each<[string, (trap: string) => Behaviour, string]>([
    ["301", to(301), "http_3xx"],
    ["302", to(302), "http_3xx"],
    ["303", to(303), "http_3xx"],
    ["307", to(307), "http_3xx"],
    ["308", to(308), "http_3xx"],
    ["302 without a scheme", (trap) => to(302)(trap.replace("http:", "")), "http_3xx"],
    ["201 with a Location", to(201), "delivered"],
    ["Refresh", (trap) => answer(200, { headers: { Refresh: `0; url=${trap}` } }), "delivered"],
    [
      "a meta element",
      (trap) => answer(200, { body: `<meta http-equiv="refresh" content="0; url=${trap}">` }),
      "delivered",
    ],
    ["Alt-Svc", (trap) => answer(200, { headers: { "Alt-Svc": `h2="${new URL(trap).host}"` } }), "delivered"],
  ])("N16: %s is not followed", async (_name, behaviour, outcome) => {
    const trap = await receiver();
    const site = await receiver({}, behaviour(trap.url));
    expect(await outcomeOf({ url: site.url })).toBe(outcome);
    expect([site.connections(), trap.connections()]).toEqual([1, 0]);
  });
});

describe("connections", () => {
  it("N17: none is used twice, none stays open", async () => {
    const keeps: Behaviour = (socket) =>
      socket.write("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok");
    const site = await receiver({ tls: genuine }, keeps);
    const url = `https://${NAME}:${site.port}/`;
    for (const count of [1, 2]) {
      expect(await outcomeOf({ url, ...answers("127.0.0.1") })).toBe("delivered");
      expect(site.connections()).toBe(count);
    }
    expect(site.requests.map(({ headers }) => headers.get("connection"))).toEqual(["close", "close"]);
    await vi.waitFor(() => expect(site.openConnections()).toBe(0), WAIT);
  });

  it("N18: proxies of the environment are ignored", async () => {
    const proxy = await receiver();
    for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"]) {
      vi.stubEnv(name, proxy.url);
    }
    vi.stubEnv("NODE_USE_ENV_PROXY", "1");
    const plain = await receiver();
    const secure = await receiver({ tls: genuine });
    expect(await outcomeOf({ url: plain.url })).toBe("delivered");
    expect(await outcomeOf({ url: `https://${NAME}:${secure.port}/`, ...answers("127.0.0.1") })).toBe(
      "delivered",
    );
    expect(proxy.connections()).toBe(0);
  });

  it("refused is connect_failed, on every address", async () => {
    const port = await closedPort();
    expect(await outcomeOf({ url: `http://127.0.0.1:${port}/` })).toBe("connect_failed");
    const both = { allowed: "127.0.0.0/30", ...answers("127.0.0.1", "127.0.0.2") };
    expect(await outcomeOf({ url: `https://${NAME}:${port}/`, ...both })).toBe("connect_failed");
  });

  it("without any answer is connect_timeout", async () => {
    const { port, close } = await filteredPort();
    onTestFinished(close);
    const budgets = { ...BUDGETS, connectMs: 100 };
    expect(await outcomeOf({ url: `http://127.0.0.1:${port}/`, budgets })).toBe("connect_timeout");
    const both = { allowed: "127.0.0.0/30", ...answers("127.0.0.1", "127.0.0.1") };
    expect(await outcomeOf({ url: `https://${NAME}:${port}/`, budgets, ...both })).toBe("connect_timeout");
  });
});

describe("certificates", () => {
  const TLS_1_0: TlsOptions = {
    ...genuine,
    minVersion: "TLSv1",
    maxVersion: "TLSv1",
    ciphers: "DEFAULT@SECLEVEL=0",
  };

  it.each<[string, string, TlsOptions]>([
    ["one of the name", "delivered", genuine],
    ["one for another name", "tls_error", authority.issue("other.acme.com")],
    ["one for the name as a suffix", "tls_error", authority.issue("acme.com")],
    ["a wildcard of the level", "delivered", authority.issue("*.acme.com")],
    ["an expired one", "tls_error", authority.issue(NAME, { from: -30, to: -1 })],
    ["one that is not valid yet", "tls_error", authority.issue(NAME, { from: 1, to: 30 })],
    ["a self-signed one", "tls_error", selfSigned(NAME)],
    ["one of an unknown authority", "tls_error", createAuthority().issue(NAME)],
    ["TLS 1.2", "delivered", { ...genuine, maxVersion: "TLSv1.2" }],
    ["TLS 1.0", "tls_error", TLS_1_0],
    ["TLS 1.1", "tls_error", { ...TLS_1_0, minVersion: "TLSv1.1", maxVersion: "TLSv1.1" }],
    ["a demand for a client's", "tls_error", { ...genuine, requestCert: true, rejectUnauthorized: true }],
  ])("N19: %s: %s", async (_name, outcome, tls) => {
    const site = await receiver({ tls });
    const sent = { url: `https://${NAME}:${site.port}/`, ...answers("127.0.0.1") };
    expect(await outcomeOf(sent)).toBe(outcome);
    // Nothing is said to a receiver that has not proved its name.
    expect(site.requests).toHaveLength(outcome === "delivered" ? 1 : 0);
  });

  it("N19: are checked whatever the environment says", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    const site = await receiver({ tls: selfSigned(NAME) });
    expect(await outcomeOf({ url: `https://${NAME}:${site.port}/`, ...answers("127.0.0.1") })).toBe(
      "tls_error",
    );
  });

  it("are missing where plain http is spoken", async () => {
    const server = createServer((_request, response) => response.end());
    onTestFinished(() => void server.close());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    expect(await outcomeOf({ url: `https://${NAME}:${port}/`, ...answers("127.0.0.1") })).toBe("tls_error");
  });

  it("that never come are connect_timeout", async () => {
    const site = await receiver({}, BEHAVIOURS.silence);
    const budgets = { ...BUDGETS, connectMs: 100 };
    expect(await outcomeOf({ url: `https://${NAME}:${site.port}/`, budgets, ...answers("127.0.0.1") })).toBe(
      "connect_timeout",
    );
  });

  it("N20: the server is asked for by the registered name", async () => {
    const names: string[] = [];
    const tls: TlsOptions = {
      ...genuine,
      SNICallback: (name, done) => {
        names.push(name);
        done(null);
      },
    };
    const site = await receiver({ tls });
    expect(await outcomeOf({ url: `https://${NAME}:${site.port}/a?b`, ...answers("127.0.0.1") })).toBe(
      "delivered",
    );
    expect(names).toEqual([NAME]);
    expect(site.requests[0]?.headers.get("host")).toBe(`${NAME}:${site.port}`);
    expect(site.requests[0]?.path).toBe("/a?b");
  });
});
