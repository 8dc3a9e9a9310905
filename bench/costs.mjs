// npm run bench:costs: what each operation of the product costs in Convex's own units (function calls, documents, bytes), as
// the metrics of a deployment count them while the operations are done, and what that comes to for 1, 1,000 and 100,000 brands.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { BenchBackend } from "./backend.mjs";

/** A month of one brand: how often each operation is done. Change it to your own. */
const MONTH = {
  start: 100,
  visitorMessage: 400,
  reply: 500,
  openThread: 300,
  listInbox: 1_000,
  resume: 200,
  status: 100,
};
const BRANDS = [1, 1_000, 100_000];
/** Conversations that are there before anything is counted: lists are as long as they are in use. */
const CONVERSATIONS = 60;
const TIMES = 20;
const PASSWORD = "correct horse battery";

const hex = (bytes) => randomBytes(bytes).toString("hex");
const backend = new BenchBackend();
await backend.start();
try {
  await backend.push({ convex: "convex", lib: "lib" });
  const key = readFileSync(path.join(backend.dataDir, "data/admin.key"), "utf8").trim();
  const call = async (name, args) => {
    const answer = await fetch(`${backend.url}/api/function`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Convex ${key}` },
      body: JSON.stringify({ path: name, args, format: "json" }),
    });
    const body = await answer.json();
    if (body.status !== "success") throw new Error(`${name}: ${JSON.stringify(body)}`);
    return body.value;
  };
  const metrics = async () =>
    totals(
      await (await fetch(`${backend.url}/metrics`, { headers: { Authorization: `Convex ${key}` } })).text(),
    );

  const email = `${hex(6)}@acme.test`;
  const team = await call("setup:provision", { workspace: "Acme", name: "Ada", email, password: PASSWORD });
  const { sessionToken } = team.sessionToken ? team : await call("auth:login", { email, password: PASSWORD });
  const { widgetId } = team;
  const text = "I ordered the blue one in size M on Tuesday and got the green one. Can I change it?";
  const start = async () => {
    const visitorKey = `v_${hex(32)}`;
    const visitor = { widgetId, visitorKey, name: "Maya", email: "maya@example.com" };
    const made = await call("visitors:identifyAndStartConversation", {
      ...visitor,
      message: text,
      clientMessageId: hex(16),
    });
    return { visitorKey, conversationId: made.conversationId };
  };
  const chats = [];
  for (let i = 0; i < CONVERSATIONS; i++) chats.push(await start());
  for (const { conversationId } of chats) {
    for (let i = 0; i < 4; i++) await call("messages:send", { sessionToken, conversationId, body: text });
  }

  const operations = {
    start: ["visitor starts a conversation", () => start()],
    visitorMessage: [
      "visitor writes",
      (chat) =>
        call("visitors:sendVisitorMessage", { widgetId, ...chat, body: text, clientMessageId: hex(16) }),
    ],
    reply: [
      "operator answers",
      ({ conversationId }) => call("messages:send", { sessionToken, conversationId, body: text }),
    ],
    openThread: [
      "operator opens a conversation",
      async ({ conversationId }) => {
        await call("conversations:getById", { sessionToken, conversationId });
        await call("messages:listByConversation", { sessionToken, conversationId });
      },
    ],
    listInbox: [
      "inbox shown or refreshed",
      () => call("conversations:listInbox", { sessionToken, status: "open" }),
    ],
    resume: ["visitor comes back", ({ visitorKey }) => call("visitors:resume", { widgetId, visitorKey })],
    status: [
      "conversation closed",
      ({ conversationId }) =>
        call("conversations:setStatus", { sessionToken, conversationId, status: "closed" }),
    ],
  };
  const costs = {};
  for (const [id, [name, run]] of Object.entries(operations)) {
    const before = await metrics();
    for (let i = 0; i < TIMES; i++) await run(chats[i]);
    costs[id] = { name, ...perTime(before, await metrics()) };
  }
  print(costs);
} finally {
  await backend.stop();
  backend.remove();
}

/** Sums over the app's functions; what the deployment asks itself is left out. */
function totals(text) {
  const sum = (name, access) =>
    text
      .split("\n")
      .filter((line) => line.startsWith(`praxtalk_${name}{`) && !line.includes('path="(system)"'))
      .filter((line) => access === undefined || line.includes(`access="${access}"`))
      .reduce((total, line) => total + Number(line.split(" ").at(-1)), 0);
  return {
    calls: sum("function_runs_total"),
    documentsRead: sum("function_documents_total", "read"),
    documentsWritten: sum("function_documents_total", "write"),
    bytesRead: sum("function_bytes_total", "read"),
    bytesWritten: sum("function_bytes_total", "write"),
  };
}

function perTime(before, after) {
  return Object.fromEntries(Object.keys(before).map((unit) => [unit, (after[unit] - before[unit]) / TIMES]));
}

function print(costs) {
  const units = ["calls", "documentsRead", "documentsWritten", "bytesRead", "bytesWritten"];
  const row = (cells) => `| ${cells.join(" | ")} |\n`;
  const number = (value) => (value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString("en"));
  let text = row(["operation, once", ...units]) + row(["---", ...units.map(() => "---:")]);
  for (const cost of Object.values(costs))
    text += row([cost.name, ...units.map((unit) => number(cost[unit]))]);
  text += `\n${row(["a month of", ...units])}${row(["---", ...units.map(() => "---:")])}`;
  for (const brands of BRANDS) {
    const month = (unit) =>
      brands * Object.entries(MONTH).reduce((sum, [id, times]) => sum + times * costs[id][unit], 0);
    text += row([
      `${brands.toLocaleString("en")} brand${brands === 1 ? "" : "s"}`,
      ...units.map((unit) => number(month(unit))),
    ]);
  }
  process.stdout.write(`${text}\nA month of a brand: ${JSON.stringify(MONTH)}\n`);
}
