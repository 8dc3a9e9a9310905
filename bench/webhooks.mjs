// `npm run bench:webhooks`: how soon a change's webhook arrives on the embedded deployment, beside endpoints that hang and
// without them in the same run; how many are sent in a second; and what the outbox costs the change that writes it.
// PRAXTALK_BENCH_SECONDS sets the length of each measure of the first (default 5).
import { randomUUID } from "node:crypto";
import { BenchBackend } from "./backend.mjs";
import { call, load } from "./http-load.mjs";
import { WebhookReceiver } from "./webhook-receiver.mjs";

const SECONDS = Number(process.env.PRAXTALK_BENCH_SECONDS ?? 5);
const CHANGES_PER_SECOND = 20;
const HANGING = 5;
/** Longer than an attempt: endpoints that hang have been through their first ones. */
const FIRST_ATTEMPTS_MS = 16_000;
const BURST = { events: 1_000, healthy: 15, dead: 5 };
const WRITES = 2_000;
const EVENTS = ["lead.created", "lead.status_changed"];

const table = [];

function report(what, measured, target = "", isMet = null) {
  table.push({ what, measured, target, met: isMet === null ? "" : isMet ? "yes" : "NO" });
  process.stdout.write(`${what}: ${measured}\n`);
}

const perSecond = (value) => `${Math.round(value).toLocaleString("en")}/s`;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function percentiles(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

const showTimes = ({ p50, p95, p99, max }) => `p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms, max ${max} ms`;

/** A workspace of its own: its changes go to no other measure's endpoints. */
class Workspace {
  static async make(backend, receiver) {
    const made = await backend.run("setup:provision", {
      workspace: "Bench",
      name: "Bench",
      email: `${randomUUID()}@acme.test`,
      password: "correct horse battery",
    });
    return new Workspace(backend.url, receiver, made.sessionToken);
  }

  constructor(url, receiver, sessionToken) {
    this.url = url;
    this.receiver = receiver;
    this.sessionToken = sessionToken;
  }

  /** An endpoint at the receiver's path for this behaviour; its path and id. */
  async addEndpoint(behaviour) {
    const path = `/${behaviour}/${randomUUID()}`;
    const args = { sessionToken: this.sessionToken, url: this.receiver.urlOf(path), events: EVENTS };
    const { subscriptionId } = await call(this.url, "action", "webhooks:create", args);
    return { path, subscriptionId };
  }

  async addEndpoints(behaviour, count) {
    const endpoints = [];
    for (let i = 0; i < count; i++) endpoints.push(await this.addEndpoint(behaviour));
    return endpoints;
  }

  async remove({ subscriptionId }) {
    const args = { sessionToken: this.sessionToken, subscriptionId };
    await call(this.url, "mutation", "webhooks:remove", args);
  }

  async disable({ subscriptionId }) {
    const args = { sessionToken: this.sessionToken, subscriptionId, enabled: false };
    await call(this.url, "mutation", "webhooks:setEnabled", args);
  }

  /** Each of these is one event. Resolves with changes a second. */
  async change(total, connections) {
    const args = { sessionToken: this.sessionToken, name: "Ada" };
    const body = () => ({ path: "leads:create", args });
    return await load({ url: this.url, path: "/api/mutation", total, connections, body });
  }
}

/** Ms from the change to its arrival, of changes at an even rate. */
async function latencies(workspace, { path }) {
  const { receiver } = workspace;
  const before = receiver.arrivals(path).length;
  const total = SECONDS * CHANGES_PER_SECOND;
  const began = performance.now();
  for (let i = 0; i < total; i++) {
    await sleep(began + (i * 1_000) / CHANGES_PER_SECOND - performance.now());
    await workspace.change(1, 1);
  }
  await receiver.until(path, before + total);
  return percentiles(receiver.arrivals(path).slice(before));
}

async function benchLatency(workspace) {
  const healthy = await workspace.addEndpoint("well");
  const measure = async (what) => {
    const times = await latencies(workspace, healthy);
    report(`change to arrival, ${what}`, showTimes(times), "p95 <= 2,000 ms", times.p95 <= 2_000);
  };
  // What runs for the first time is slower.
  await workspace.change(20, 1);
  await measure("alone");
  const hanging = await workspace.addEndpoints("hang", HANGING);
  await measure(`${HANGING} others hang, from their first attempt on`);
  await sleep(FIRST_ATTEMPTS_MS);
  await measure(`${HANGING} others hang, later`);
  for (const endpoint of hanging) await workspace.remove(endpoint);
  await sleep(FIRST_ATTEMPTS_MS);
  await measure("alone again");
}

async function benchBurst(workspace) {
  const { receiver } = workspace;
  const { events, healthy, dead } = BURST;
  const endpoints = await workspace.addEndpoints("well", healthy);
  await workspace.addEndpoints("hang", Math.ceil(dead / 2));
  await workspace.addEndpoints("reset", Math.floor(dead / 2));
  const began = performance.now();
  const rate = await workspace.change(events, 16);
  await Promise.all(endpoints.map(({ path }) => receiver.until(path, events)));
  const seconds = (performance.now() - began) / 1_000;
  const times = percentiles(endpoints.flatMap(({ path }) => receiver.arrivals(path).slice(0, events)));
  const what = `${events.toLocaleString("en")} changes to ${healthy + dead} endpoints, ${dead} of them dead`;
  report(what, `${perSecond(rate)}, 16 in flight`);
  report("  change to arrival at the others", showTimes(times), "p95 <= 5,000 ms", times.p95 <= 5_000);
  report("  deliveries to the others", perSecond((events * healthy) / seconds));
}

/** The same changes with ever more endpoints: first their rows alone (endpoints that are disabled), then sent as well. */
async function benchWriter(backend, receiver) {
  const measure = async (endpoints, isDisabled) => {
    const workspace = await Workspace.make(backend, receiver);
    const made = await workspace.addEndpoints("well", endpoints);
    if (isDisabled) for (const endpoint of made) await workspace.disable(endpoint);
    await workspace.change(200, 64);
    const rate = await workspace.change(WRITES, 64);
    if (!isDisabled) await Promise.all(made.map(({ path }) => receiver.until(path, WRITES + 200)));
    return rate;
  };
  const none = await measure(0, true);
  report("changes with no endpoint, 64 in flight", perSecond(none));
  for (const endpoints of [1, 20]) {
    const share = (rate) => `${perSecond(rate)}, ${((100 * rate) / none).toFixed(0)} %`;
    const name = endpoints === 1 ? "1 endpoint" : `${endpoints} endpoints`;
    report(`  with ${name}, rows alone`, share(await measure(endpoints, true)));
    report(`  with ${name}, sending`, share(await measure(endpoints, false)));
  }
}

const backend = new BenchBackend();
const receiver = new WebhookReceiver();
try {
  await receiver.start();
  await backend.start();
  await backend.setEnvironment({
    PRAXTALK_SECRET_KEY: Buffer.alloc(32, 7).toString("base64"),
    PRAXTALK_WEBHOOK_ALLOW_CIDRS: "127.0.0.1/32",
  });
  await backend.push({ convex: "convex", lib: "lib" });
  await benchLatency(await Workspace.make(backend, receiver));
  await benchBurst(await Workspace.make(backend, receiver));
  await benchWriter(backend, receiver);
  process.stdout.write("\n");
  console.table(table);
} finally {
  await backend.stop();
  await receiver.stop();
  backend.remove();
}
