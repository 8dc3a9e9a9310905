// `npm run bench:rest`: requests a second and latency of the REST API on the embedded deployment, beside a bare Node HTTP
// server that answers the same bytes in the same run. PRAXTALK_BENCH_SECONDS sets the length of each measure (default 5).
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import autocannon from "autocannon";
import { BenchBackend } from "./backend.mjs";

const SECONDS = Number(process.env.PRAXTALK_BENCH_SECONDS ?? 5);
const CONVERSATIONS = 10_000;
const ROWS_PER_INSERT = 1_000;
/** A key has so many requests a minute that one alone would measure its limit. */
const KEYS = { read: 40, write: 400 };

const crc32Hex = (text) => {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
};

function makeKey() {
  const body = `ptk_live_${randomBytes(16).toString("hex")}`;
  return body + crc32Hex(body);
}

async function seed(backend) {
  const insert = (table, rows) => backend.run("scenes:insert", { table, rows });
  const made = await backend.run("setup:provision", {
    workspace: "Bench",
    name: "Bench",
    email: "bench@acme.test",
    password: "correct horse battery",
  });
  const { workspaceId, brandId, operatorId } = made;
  const keys = { read: [], write: [] };
  for (const scope of ["read", "write"]) {
    keys[scope] = Array.from({ length: KEYS[scope] }, makeKey);
    const rows = keys[scope].map((key) => ({
      workspaceId,
      name: "Bench",
      prefix: key.slice(0, 16),
      keyHash: createHash("sha256").update(key).digest("hex"),
      scope,
      createdBy: operatorId,
      createdAt: Date.now(),
    }));
    await insert("apiKeys", rows);
  }
  const visitor = { workspaceId, brandId, keyHash: "0", firstSeenAt: 0, lastSeenAt: 0 };
  const [visitorId] = await insert("visitors", [visitor]);
  const conversation = (n) => ({
    workspaceId,
    brandId,
    visitorId,
    channel: "web_chat",
    status: "open",
    visitor: { name: `Visitor ${n}` },
    lastMessage: { preview: "Do you ship to Norway?", role: "visitor", at: n },
    lastMessageAt: 1_700_000_000_000 + n,
    sequence: 0,
    visitorSequence: 0,
    createdAt: 0,
    updatedAt: 1_700_000_000_000 + n,
  });
  const conversationIds = [];
  for (let from = 0; from < CONVERSATIONS; from += ROWS_PER_INSERT) {
    const rows = Array.from({ length: ROWS_PER_INSERT }, (_, i) => conversation(from + i));
    conversationIds.push(...(await insert("conversations", rows)));
  }
  return { keys, conversationIds };
}

/** What is measured: each request of a measure is the next of these. */
function requestsOf({ keys, conversationIds }) {
  const headers = (key) => ({ Authorization: `Bearer ${key}`, "Content-Type": "application/json" });
  const turn = (values, n) => values[n % values.length];
  return {
    "list 50": (n) => ({
      method: "GET",
      path: "/api/v1/conversations",
      headers: headers(turn(keys.read, n)),
    }),
    get: (n) => ({
      method: "GET",
      path: `/api/v1/conversations/${turn(conversationIds, n * 7)}`,
      headers: headers(turn(keys.read, n)),
    }),
    reply: (n) => ({
      method: "POST",
      path: `/api/v1/conversations/${turn(conversationIds, n * 7)}/messages`,
      headers: headers(turn(keys.write, n)),
      body: JSON.stringify({ body: "Thanks — looking into it now." }),
    }),
  };
}

async function measure(url, request, connections) {
  let n = 0;
  const result = await autocannon({
    url,
    connections,
    duration: SECONDS,
    requests: [{ setupRequest: (base) => ({ ...base, ...request(n++) }) }],
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${result.non2xx} answers were refusals, ${result.errors} requests failed.`);
  }
  return { rate: result.requests.average, p50: result.latency.p50, p99: result.latency.p99 };
}

async function startBare(url, request) {
  const { path, ...init } = request(0);
  const answer = await fetch(url + path, init);
  const child = spawn(process.execPath, [new URL("bare-http.mjs", import.meta.url).pathname], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const headers = Object.fromEntries(
    [...answer.headers].filter(([name]) => !/^(date|connection|keep-alive|transfer-encoding)$/.test(name)),
  );
  child.stdin.end(JSON.stringify({ status: answer.status, headers, body: await answer.text() }));
  const [bareUrl] = await new Promise((resolve) =>
    createInterface({ input: child.stdout }).once("line", (line) => resolve([line])),
  );
  return { url: bareUrl, stop: () => child.kill() };
}

const backend = new BenchBackend();
try {
  await backend.start();
  await backend.push({ convex: "convex", lib: "lib", "bench/rest-app": "convex" });
  const requests = requestsOf(await seed(backend));
  const table = [];
  for (const [what, request] of Object.entries(requests)) {
    const bare = await startBare(backend.siteUrl, request);
    for (const connections of [1, 16, 64]) {
      const ours = await measure(backend.siteUrl, request, connections);
      const most = await measure(bare.url, request, connections);
      const row = {
        what,
        connections,
        "requests/s": Math.round(ours.rate),
        "p50 ms": ours.p50,
        "p99 ms": ours.p99,
        "bare requests/s": Math.round(most.rate),
        "bare p50 ms": most.p50,
        "bare p99 ms": most.p99,
      };
      table.push(row);
      process.stdout.write(`${JSON.stringify(row)}\n`);
    }
    bare.stop();
  }
  console.table(table);
} finally {
  await backend.stop();
  backend.remove();
}
