// @vitest-environment node
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { exchange } from "../../../../convex/webhookExchange/exchange";
import { dnsResolver } from "../../../../convex/webhookExchange/resolve";
import { startDnsServer } from "../../../helpers/dns-server";
import type { DnsRecord, DnsServer, Zone } from "../../../helpers/dns-server";
import { WAIT } from "../../../helpers/wait";

const NAME = "hooks.acme.com";
const A = (...values: string[]): DnsRecord[] => values.map((value) => ({ name: NAME, type: "A", value }));
const AAAA = (...values: string[]): DnsRecord[] =>
  values.map((value) => ({ name: NAME, type: "AAAA", value }));

async function dnsServer(zone: Zone): Promise<DnsServer> {
  const server = await startDnsServer(zone);
  onTestFinished(() => server.close());
  return server;
}

/** Turns of the event loop, far less than a query waits for its answer. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const never = new AbortController().signal;
const ofType =
  (answers: Record<string, ReturnType<Zone>>): Zone =>
  (_name, type) =>
    answers[type] ?? null;

describe("dnsResolver", () => {
  it("asks for both families and gives all addresses, IPv4 first", async () => {
    const server = await dnsServer(
      ofType({ A: A("192.0.2.1", "192.0.2.2"), AAAA: AAAA("2001:db8::1", "::ffff:a00:1") }),
    );
    const addresses = await dnsResolver([server.address])(NAME, never);
    expect(addresses).toEqual(["192.0.2.1", "192.0.2.2", "2001:db8::1", "::ffff:10.0.0.1"]);
    expect(server.questions.sort()).toEqual([`${NAME} A`, `${NAME} AAAA`]);
  });

  it.each<[string, Record<string, ReturnType<Zone>>, string[]]>([
    ["no address in IPv6", { A: A("192.0.2.1"), AAAA: [] }, ["192.0.2.1"]],
    ["an error about IPv6", { A: A("192.0.2.1"), AAAA: "SERVFAIL" }, ["192.0.2.1"]],
    ["no address in IPv4", { A: [], AAAA: AAAA("2001:db8::1") }, ["2001:db8::1"]],
    ["no address at all", { A: [], AAAA: [] }, []],
    ["NXDOMAIN", { A: "NXDOMAIN", AAAA: "NXDOMAIN" }, []],
    ["SERVFAIL", { A: "SERVFAIL", AAAA: "SERVFAIL" }, []],
    ["REFUSED", { A: "REFUSED", AAAA: "REFUSED" }, []],
  ])("takes %s for what it is", async (_name, answers, expected) => {
    const server = await dnsServer(ofType(answers));
    expect(await dnsResolver([server.address])(NAME, never)).toEqual(expected);
  });

  it("gives what it knows when its time is up", async () => {
    const limit = new AbortController();
    const server = await dnsServer(ofType({ A: A("192.0.2.1"), AAAA: null }));
    const addresses = dnsResolver([server.address])(NAME, limit.signal);
    await vi.waitUntil(() => server.questions.length >= 2, WAIT);
    // The answer for IPv4 is sent; a few turns bring it home before the time is up.
    await turns();
    limit.abort();
    expect(await Promise.race([addresses, turns()])).toEqual(["192.0.2.1"]);
  });

  it("gives nothing when nobody answers in time", async () => {
    const limit = new AbortController();
    const server = await dnsServer(() => null);
    const addresses = dnsResolver([server.address])(NAME, limit.signal);
    await vi.waitUntil(() => server.questions.length >= 2, WAIT);
    limit.abort();
    expect(await Promise.race([addresses, turns()])).toEqual([]);
  });
});

describe("exchange by DNS", () => {
  const chain: Zone = (_name, type) =>
    type === "A"
      ? [
          { name: NAME, type: "CNAME", value: "a.acme.com" },
          { name: "a.acme.com", type: "CNAME", value: "localhost" },
          { name: "localhost", type: "A", value: "127.0.0.1" },
        ]
      : [];
  const wildcard: Zone = (name, type) =>
    type === "A" ? [{ name, type: "A", value: name.split(".").slice(0, 4).join(".") }] : [];

  it.each<[string, string, Zone, string]>([
    ["N08: a chain of CNAMEs to localhost", NAME, chain, "blocked_address"],
    ["N09: a name that spells its address", "127.0.0.1.nip.io", wildcard, "blocked_address"],
    ["N11: NAT64", NAME, ofType({ A: [], AAAA: AAAA("64:ff9b::a00:1") }), "blocked_address"],
    ["N13: NXDOMAIN", NAME, () => "NXDOMAIN", "dns_failure"],
    ["N13: SERVFAIL", NAME, () => "SERVFAIL", "dns_failure"],
  ])("%s", async (_name, host, zone, outcome) => {
    const server = await dnsServer(zone);
    const request = { url: `https://${host}/`, headers: [], body: "", allowedCidrs: [] };
    const result = await exchange(request, { resolve: dnsResolver([server.address]) });
    expect(result.outcome).toBe(outcome);
    expect(Object.keys(result).sort()).toEqual(["latencyMs", "outcome"]);
  });
});
