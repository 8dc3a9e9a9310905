// `npm run bench:embedded`: what the embedded deployment does in a second, beside bare LMDB doing the same work in the
// same run. PRAXTALK_BENCH_ROWS sets the length of the long table (default 1,000,000).
import { BenchBackend } from "./backend.mjs";
import { BareLmdb } from "./bare-lmdb.mjs";
import { newestOnConvexTest } from "./convex-test-rates.mjs";
import { call, load } from "./http-load.mjs";
import { Subscriber } from "./subscriber.mjs";

const FEW = 1_000;
const MANY = Number(process.env.PRAXTALK_BENCH_ROWS ?? 1_000_000);
const ROWS_PER_FILL = 4_000;
/** Reads of 50 rows in one run, below the limit of documents that one may read. */
const LOOPS_PER_RUN = 600;

const table = [];
let nonce = 0;

function report(what, measured, target, isMet) {
  table.push({ what, measured, target, met: isMet === null ? "" : isMet ? "yes" : "NO" });
  process.stdout.write(`${what}: ${measured}\n`);
}

const perSecond = (value) => `${Math.round(value).toLocaleString("en")}/s`;
const percent = (part, whole) => `${((100 * part) / whole).toFixed(1)} %`;
const ms = (value) => `${value.toFixed(1)} ms`;
const newestArgs = (name, times) => ({ table: name, times, nonce: nonce++ });

async function fill(url, name, rows) {
  const began = performance.now();
  for (let from = 0; from < rows; from += ROWS_PER_FILL) {
    const count = Math.min(ROWS_PER_FILL, rows - from);
    await call(url, "mutation", "bench:fill", { table: name, from, count });
  }
  return rows / ((performance.now() - began) / 1000);
}

/** Newest-50 reads a second inside one worker: many in one run, less a run of one. */
async function newestInWorker(url, name) {
  const time = async (times) => {
    const began = performance.now();
    await call(url, "query", "bench:newest", newestArgs(name, times));
    return performance.now() - began;
  };
  const rates = [];
  for (let i = 0; i < 5; i++)
    rates.push(((LOOPS_PER_RUN - 2) / ((await time(LOOPS_PER_RUN)) - (await time(2)))) * 1000);
  return median(rates);
}

function newestOverHttp(url, name) {
  const body = () => ({ path: "bench:newest", args: newestArgs(name, 1) });
  return load({ url, path: "/api/query", total: 1_500, connections: 16, body });
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

/**
 * Measures by turns, so that none has the colder code or the busier machine; the first turn is not counted. Rates a
 * second by name.
 */
async function byTurns(measures) {
  const rates = Object.fromEntries(Object.keys(measures).map((name) => [name, []]));
  for (let turn = 0; turn < 6; turn++) {
    const turns = Object.entries(measures);
    for (const [name, measure] of turn % 2 === 0 ? turns : turns.reverse()) rates[name].push(await measure());
  }
  return Object.fromEntries(Object.entries(rates).map(([name, values]) => [name, median(values.slice(1))]));
}

async function benchReads({ url }, bare) {
  const rates = await byTurns({
    bare: () => bare.newest(),
    workerFew: () => newestInWorker(url, "few"),
    workerMany: () => newestInWorker(url, "many"),
    httpFew: () => newestOverHttp(url, "few"),
    httpMany: () => newestOverHttp(url, "many"),
  });
  report("newest 50, bare LMDB range + JSON.parse", perSecond(rates.bare), "", null);
  const places = [
    ["inside a worker", rates.workerFew, rates.workerMany, 0.2],
    ["over HTTP", rates.httpFew, rates.httpMany, 0.1],
  ];
  for (const [where, few, many, share] of places) {
    const worst = Math.min(few, many);
    const difference = Math.abs(few - many) / Math.max(few, many);
    const of = (count) => count.toLocaleString("en");
    report(
      `newest 50, ${where}`,
      `${perSecond(few)} of ${of(FEW)}, ${perSecond(many)} of ${of(MANY)}`,
      "",
      null,
    );
    report(
      "  against bare LMDB",
      percent(worst, rates.bare),
      `>= ${share * 100} %`,
      worst >= rates.bare * share,
    );
    report("  short and long table differ by", percent(difference, 1), "<= 15 %", difference <= 0.15);
  }
}

/** Both inside one thread; the longer table is ours. */
async function benchAgainstConvexTest({ url }) {
  const rates = await byTurns({
    convexTest: () => newestOnConvexTest(10_000),
    worker: () => newestInWorker(url, "many"),
  });
  report("newest 50 of 10,000, convex-test", perSecond(rates.convexTest), "", null);
  const times = rates.worker / rates.convexTest;
  report("  inside a worker, against convex-test", `${times.toFixed(0)} times`, ">= 50 times", times >= 50);
}

async function benchWrites({ url }, bare) {
  const body = (n) => ({ path: "bench:touch", args: { n } });
  const rates = await byTurns({
    bare: () => bare.commits(),
    http: () => load({ url, path: "/api/mutation", total: 4_000, connections: 64, body }),
  });
  report("grouped transactions, bare LMDB, 64 in flight", perSecond(rates.bare), "", null);
  report("durable mutations over HTTP, 64 in flight", perSecond(rates.http), "", null);
  report("  against bare LMDB", percent(rates.http, rates.bare), ">= 10 %", rates.http >= rates.bare * 0.1);
}

async function benchSubscribers(backend) {
  const { url } = backend;
  const query = { path: "bench:inChannel", args: { channel: "watched" } };
  const subscribers = [];
  for (let i = 0; i < 1_000; i++) subscribers.push(await Subscriber.open(url, [query]));
  const times = [];
  for (let i = 0; i < 6; i++) {
    await settled(backend);
    backend.queryRuns.length = 0;
    const all = Promise.all(subscribers.map((subscriber) => subscriber.updates(1)));
    const began = performance.now();
    await call(url, "mutation", "bench:send", { channel: "watched", at: i });
    times.push(Math.max(...(await all)) - began);
    await settled(backend);
    if (i === 5) {
      const runs = backend.queryRuns.length;
      report("one insert, 1,000 subscribers: query runs", String(runs), "1", runs === 1);
    }
  }
  const last = median(times.slice(1));
  report("one insert, 1,000 subscribers: last one told after", ms(last), "<= 150 ms", last <= 150);
  for (const subscriber of subscribers) subscriber.close();
}

async function benchQuietQueries(backend) {
  const { url } = backend;
  const commit = async () => {
    const began = performance.now();
    await call(url, "mutation", "bench:touch", { n: 0 });
    return performance.now() - began;
  };
  const commits = async () => {
    const times = [];
    for (let i = 0; i < 300; i++) times.push(await commit());
    return median(times);
  };
  const before = await commits();
  const queries = Array.from({ length: 10_000 }, (_, i) => ({
    path: "bench:inChannel",
    args: { channel: `quiet ${i}` },
  }));
  const subscribers = [];
  for (let i = 0; i < 10; i++)
    subscribers.push(await Subscriber.open(url, queries.slice(i * 1_000, (i + 1) * 1_000)));
  await settled(backend);
  backend.queryRuns.length = 0;
  const after = await commits();
  await settled(backend);
  const runs = backend.queryRuns.length;
  report("a commit that touches none of 10,000 live queries wakes", String(runs), "0", runs === 0);
  report("  one commit with no live query", ms(before), "", null);
  report("  one commit with 10,000", ms(after), "no more", after <= before * 1.25);
  for (const subscriber of subscribers) subscriber.close();
}

/** The backend writes its log some ms after the fact. */
async function settled(backend) {
  for (let seen = -1; seen !== backend.queryRuns.length;) {
    seen = backend.queryRuns.length;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

async function benchStart(backend) {
  await backend.stop();
  const startMs = await backend.start();
  const rows = MANY.toLocaleString("en");
  report(`start with ${rows} documents`, ms(startMs), "<= 1,000 ms", startMs <= 1_000);
  await call(backend.url, "query", "bench:oldest", { table: "many" });
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const { total, own } = backend.memory();
  report(
    "idle memory",
    `${Math.round(total)} MB, ${Math.round(own)} of them its own`,
    "< 300 MB",
    total < 300,
  );
}

async function main() {
  const backend = new BenchBackend();
  const bare = new BareLmdb();
  try {
    await bare.fill();
    await backend.start();
    await backend.push();
    await fill(backend.url, "few", FEW);
    report("inserts in mutations of 4,000", perSecond(await fill(backend.url, "many", MANY)), "", null);
    await benchReads(backend, bare);
    await benchAgainstConvexTest(backend);
    await benchWrites(backend, bare);
    await benchSubscribers(backend);
    await benchQuietQueries(backend);
    await benchStart(backend);
    await backend.stop();
  } finally {
    await bare.close();
    backend.remove();
  }
  process.stdout.write("\n");
  console.table(table);
}

await main();
