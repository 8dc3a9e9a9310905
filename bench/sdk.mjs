// `npm run bench:sdk`: how long after it was sent a message reaches 1,000 subscribers of one inbox, on the SDK, while 50
// messages are sent a second to the embedded deployment. PRAXTALK_BENCH_SECONDS sets for how long (default 20),
// PRAXTALK_BENCH_SUBSCRIBERS, PRAXTALK_BENCH_RATE and PRAXTALK_BENCH_PROCESSES (default 4, which hold the subscribers) the
// rest. Whoever falls behind is told of several messages at once, and of the newest alone of each conversation.
import { fork } from "node:child_process";
import { availableParallelism, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { buildSdk } from "../scripts/build-sdk.mjs";
import { BenchBackend } from "./backend.mjs";
import { call } from "./http-load.mjs";
import { conversationRow } from "./rows.mjs";

const SECONDS = Number(process.env.PRAXTALK_BENCH_SECONDS ?? 20);
const SUBSCRIBERS = Number(process.env.PRAXTALK_BENCH_SUBSCRIBERS ?? 1_000);
const RATE = Number(process.env.PRAXTALK_BENCH_RATE ?? 50);
const PROCESSES = Math.min(Number(process.env.PRAXTALK_BENCH_PROCESSES ?? 4), SUBSCRIBERS);
/** As many as an inbox shows unless told otherwise: all are in view. */
const CONVERSATIONS = 50;
/** Subscribers with one token share its query. */
const TOKENS = 20;

const clock = () => performance.timeOrigin + performance.now();
const number = (value) => value.toLocaleString("en", { maximumFractionDigits: 1 });
const report = (what, measured) => process.stdout.write(`${what}: ${measured}\n`);
const sum = (values) => values.reduce((total, value) => total + value, 0);

/** A workspace with conversations to write in, and tokens of agent software. */
async function prepare(backend) {
  const { workspaceId, brandId, sessionToken } = await backend.run("setup:provision", {
    workspace: "Bench",
    name: "Bench",
    email: "bench@acme.test",
    password: "correct horse battery",
  });
  const insert = (table, rows) => backend.run("scenes:insert", { table, rows });
  const at = Date.now();
  const visitor = { workspaceId, brandId, keyHash: "", firstSeenAt: at, lastSeenAt: at };
  const [visitorId] = await insert("visitors", [visitor]);
  const owner = { workspaceId, brandId, visitorId };
  const rows = Array.from({ length: CONVERSATIONS }, (_, n) =>
    conversationRow(owner, `Visitor ${n}`, at + n, {}),
  );
  const conversationIds = await insert("conversations", rows);
  const tokens = [];
  for (let n = 0; n < TOKENS; n++) {
    const expiresAt = Date.now() + 24 * 60 * 60 * 1000;
    const args = { sessionToken, name: `Software ${n}`, access: "reply", brands: "all", expiresAt };
    tokens.push((await call(backend.url, "action", "agentTokens:create", args)).token);
  }
  return { conversationIds, tokens };
}

/** What the process answers; rejects when it ends without. */
function ask(child, message) {
  return new Promise((resolve, reject) => {
    const onExit = (code) => reject(new Error(`A process of subscribers ended with code ${code}.`));
    child.once("exit", onExit);
    child.once("message", (answer) => {
      child.off("exit", onExit);
      resolve(answer);
    });
    child.send(message);
  });
}

/** Starts the subscribers; resolves when each has its first rows. */
async function subscribe(processes, url, tokens) {
  await Promise.all(
    processes.map((child, n) => {
      const count = Math.floor(SUBSCRIBERS / PROCESSES) + (n < SUBSCRIBERS % PROCESSES ? 1 : 0);
      return ask(child, { url, tokens, count });
    }),
  );
}

/** Sends at the rate whether or not what was sent before is done, then one alone: the last. Resolves with its number. */
async function send(url, { conversationIds, tokens }) {
  const write = (n) =>
    call(url, "mutation", "v1/messages:send", {
      sessionToken: tokens[0],
      conversationId: conversationIds[n % CONVERSATIONS],
      body: `${n} ${clock()}`,
      clientMessageId: `bench-${n}`,
    });
  const began = clock();
  const writes = [];
  let failure;
  const total = RATE * SECONDS;
  for (let n = 1; n < total; n++) {
    const wait = began + (n * 1000) / RATE - clock();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const fail = (error) => (failure ??= error);
    writes.push(write(n).catch(fail));
  }
  await Promise.all(writes);
  if (failure !== undefined) throw failure;
  await write(total);
  return { total, seconds: (clock() - began) / 1000 };
}

/** Percentiles of all deliveries, from how many took how many milliseconds. */
function percentiles(reports) {
  const lags = reports.flatMap((each) => each.lags).sort(([a], [b]) => a - b);
  const count = sum(lags.map(([, times]) => times));
  const at = (share) => {
    let before = 0;
    return lags.find(([, times]) => (before += times) >= count * share)?.[0] ?? NaN;
  };
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`;
}

const backend = new BenchBackend();
const processes = [];
try {
  await buildSdk();
  await backend.start();
  await backend.push({ convex: "convex", lib: "lib", "bench/rest-app": "convex" });
  const prepared = await prepare(backend);
  const file = fileURLToPath(new URL("sdk-subscribers.mjs", import.meta.url));
  for (let n = 0; n < PROCESSES; n++) processes.push(fork(file));
  await subscribe(processes, backend.url, prepared.tokens);
  report("machine", `${availableParallelism()} cores, load ${number(loadavg()[0])} before`);
  report("subscribers", `${number(SUBSCRIBERS)} in ${PROCESSES} processes, ${TOKENS} tokens`);
  const cpuBefore = backend.cpuSeconds();
  const { total, seconds } = await send(backend.url, prepared);
  report("messages sent", `${number(total)} in ${number(seconds)} s, ${number(total / seconds)}/s`);
  const reports = await Promise.all(processes.map((child) => ask(child, { finish: total })));
  const all = (field) => sum(reports.map((each) => each[field]));
  const share = (100 * all("deliveries")) / (total * SUBSCRIBERS);
  report("lag from sending to a subscriber's callback", percentiles(reports));
  report(
    "deliveries seen",
    `${number(all("deliveries"))} of ${number(total * SUBSCRIBERS)} (${number(share)} %; a newer message of the same conversation overtook the rest), by ${number(all("callbacks"))} callbacks`,
  );
  report("subscribers that never saw the last message", number(all("behind")));
  report(
    "deployment",
    `${number(backend.cpuSeconds() - cpuBefore)} s of CPU, ${number(backend.memory().total)} MB`,
  );
  report("subscribers' processes", `${number(all("cpuSeconds"))} s of CPU, ${number(all("memoryMb"))} MB`);
} finally {
  for (const child of processes) child.kill();
  await backend.stop();
  backend.remove();
}
