// `npm run bench:inbox`: what a new message costs while 50 operators watch the inbox's default view, for workspaces of
// 1,000 to 100,000 conversations; with PRAXTALK_BENCH_FULL=1 to 1,000,000. PRAXTALK_BENCH_SIZES names other sizes.
import { createHash, randomBytes } from "node:crypto";
import { BenchBackend } from "./backend.mjs";
import { conversationRow } from "./rows.mjs";
import { Subscriber } from "./subscriber.mjs";

const SIZES = (
  process.env.PRAXTALK_BENCH_SIZES ??
  (process.env.PRAXTALK_BENCH_FULL === "1" ? "1000,10000,100000,1000000" : "1000,10000,100000")
)
  .split(",")
  .map(Number);
const OPERATORS = 50;
const MESSAGES = 20;
const ROWS_PER_INSERT = 1_000;
/** Of so many conversations one waits for an answer. */
const ONE_WAITS_OF = 20;
const PAGE = { numItems: 50, cursor: null };
const START = Date.now() - 365 * 24 * 60 * 60 * 1000;

const hash = (text) => createHash("sha256").update(text).digest("hex");
const number = (value) => value.toLocaleString("en", { maximumFractionDigits: 1 });

class Bench {
  constructor(backend) {
    this.backend = backend;
    this.conversations = 0;
  }

  insert(table, rows) {
    return this.backend.run("scenes:insert", { table, rows });
  }

  async begin() {
    const team = await this.backend.run("setup:provision", {
      workspace: "Bench",
      name: "Bench",
      email: "bench@acme.test",
      password: "correct horse battery",
    });
    const { workspaceId, brandId, widgetId } = team;
    Object.assign(this, { workspaceId, brandId, widgetId });
    const operators = Array.from({ length: OPERATORS }, (_, n) => ({
      workspaceId,
      email: `operator${n}@acme.test`,
      name: `Operator ${n}`,
      role: "agent",
      brandAccess: "all",
      passwordHash: "",
      createdAt: START,
    }));
    const ids = await this.insert("operators", operators);
    this.tokens = ids.map(() => randomBytes(32).toString("hex"));
    const sessions = ids.map((operatorId, n) => ({
      scope: "session",
      operatorId,
      workspaceId,
      tokenHash: hash(this.tokens[n]),
      expiresAt: Date.now() + 24 * 60 * 60 * 1000,
      createdAt: Date.now(),
    }));
    await this.insert("sessions", sessions);
  }

  /** A visitor with a key of its own. */
  async addVisitor() {
    const { workspaceId, brandId } = this;
    const visitorKey = `v_${randomBytes(32).toString("hex")}`;
    const row = { workspaceId, brandId, keyHash: hash(visitorKey), firstSeenAt: START, lastSeenAt: START };
    const [visitorId] = await this.insert("visitors", [row]);
    return { visitorKey, visitorId };
  }

  row(visitorId, n, fields) {
    const { workspaceId, brandId } = this;
    return conversationRow({ workspaceId, brandId, visitorId }, `Visitor ${n}`, START + n, fields);
  }

  async growTo(size) {
    const { visitorId } = await this.addVisitor();
    while (this.conversations < size) {
      const count = Math.min(ROWS_PER_INSERT, size - this.conversations);
      const first = this.conversations;
      const rows = Array.from({ length: count }, (_, index) => {
        const n = first + index;
        return this.row(visitorId, n, n % ONE_WAITS_OF === 0 ? { waitingSince: START + n } : {});
      });
      await this.insert("conversations", rows);
      this.conversations += count;
    }
  }

  /** A visitor whose conversation has waited since `waitingSince`, and a way to write in it. */
  async writer(waitingSince) {
    const { visitorKey, visitorId } = await this.addVisitor();
    const [conversationId] = await this.insert("conversations", [this.row(visitorId, 0, { waitingSince })]);
    const { widgetId } = this;
    return () =>
      this.backend.run("visitors:sendVisitorMessage", {
        widgetId,
        visitorKey,
        conversationId,
        body: "Is anybody there?",
      });
  }

  /** What every operator's inbox watches. */
  queriesOf(sessionToken) {
    const list = (part) => ({
      path: "conversations:listPage",
      args: { sessionToken, status: "open", part, paginationOpts: PAGE },
    });
    const others = ["conversationTags:listForWorkspace", "conversations:listAssignees", "brands:listMine"];
    return [list("waiting"), list("answered"), ...others.map((path) => ({ path, args: { sessionToken } }))];
  }

  async measure(size) {
    await this.growTo(size);
    const inView = await this.writer(START - 1);
    const outOfView = await this.writer(Date.now());
    const page = await this.timeOf(() =>
      this.backend.run("conversations:listPage", this.queriesOf(this.tokens[0])[0].args),
    );
    const watchers = [];
    for (const token of this.tokens) {
      watchers.push(await Subscriber.open(this.backend.url, this.queriesOf(token)));
    }
    const seen = await this.costOf(inView, () => Promise.all(watchers.map((each) => each.updates(1))));
    const unseen = await this.costOf(outOfView, async () => undefined);
    for (const each of watchers) each.close();
    return { size, page, seen, unseen };
  }

  async timeOf(run) {
    const began = performance.now();
    await run();
    return performance.now() - began;
  }

  /** Per message: milliseconds until all are told, queries that ran, and documents that these and the message read. */
  async costOf(write, told) {
    const times = [];
    const [runs, documents] = [this.backend.queryRuns.length, await this.backend.documentsRead()];
    for (let n = 0; n < MESSAGES; n++) {
      const all = told();
      times.push(await this.timeOf(() => Promise.all([write(), all])));
    }
    const read = (await this.backend.documentsRead()) - documents;
    times.sort((a, b) => a - b);
    return {
      median: times[MESSAGES / 2],
      wakeUps: (this.backend.queryRuns.length - runs) / MESSAGES,
      documents: read / MESSAGES,
    };
  }
}

const backend = new BenchBackend();
await backend.start();
try {
  await backend.push({ convex: "convex", lib: "lib", "bench/rest-app": "convex" });
  const bench = new Bench(backend);
  await bench.begin();
  const head = [
    "open conversations",
    "first page, ms",
    "message in view: told after, ms",
    "wake-ups",
    "documents read",
    "message out of view: ms",
    "wake-ups",
    "documents read",
  ];
  const line = (cells) => process.stdout.write(`| ${cells.join(" | ")} |\n`);
  process.stdout.write(`${OPERATORS} operators watch; per message, median of ${MESSAGES}\n\n`);
  line(head);
  line(head.map(() => "---:"));
  for (const size of SIZES) {
    const { page, seen, unseen } = await bench.measure(size);
    const costs = [seen, unseen].flatMap(({ median, wakeUps, documents }) => [median, wakeUps, documents]);
    line([size, page, ...costs].map(number));
  }
} finally {
  await backend.stop();
  backend.remove();
}
