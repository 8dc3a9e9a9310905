/**
 * A random workload under stock clients whose sockets are cut again and again. At each transition of each client, all that
 * it shows must be the database after one and the same mutation, never an earlier one than before; pages stay gapless and
 * without repeats; and once the work has settled, everybody shows what a fresh query shows. PRAXTALK_LONG=1: 1,000 drops.
 */
import { ConvexHttpClient } from "convex/browser";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { convexProject, query, startBackend, type Backend } from "../helpers/embedded";
import { APP, History, SCHEMA, type Op, type Query } from "./live/app";
import { Watcher } from "./live/watcher";

const isLong = process.env["PRAXTALK_LONG"] === "1";
const DROPS = isLong ? 1_000 : 20;
const CLIENTS = 6;
const SETTLED = { timeout: 60_000, interval: 20 };
const LISTS = ["red", "green"];

type Action =
  | { type: "apply"; op: Op }
  | { type: "drop" | "loadMore" | "restartPages" }
  | { type: "watch"; query: Query }
  | { type: "forget"; pick: number };
type Step = { client: number; action: Action }[];

const list = fc.constantFrom(...LISTS);
const keyNumber = fc.nat(25);
const key = keyNumber.map((n) => `item ${n}`);
/** No two items have the same rank: its fraction is the item's own. */
const put = fc
  .record({ n: keyNumber, list, base: fc.nat(100) })
  .map(({ n, list: of, base }): Op => ({ type: "put", key: `item ${n}`, list: of, rank: base + n / 100 }));
const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 3, arbitrary: put },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("remove" as const), key }) },
);
const watched: fc.Arbitrary<Query> = fc.oneof(
  fc.record({ name: fc.constantFrom<"all" | "top">("all", "top"), args: fc.record({ list }) }),
  fc.record({
    name: fc.constant("between" as const),
    args: fc.record({ list, lo: fc.constantFrom(0, 20, 50), hi: fc.constantFrom(40, 60, 101) }),
  }),
  fc.record({ name: fc.constant("one" as const), args: fc.record({ key }) }),
  fc.constant({ name: "count" as const, args: {} }),
);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 12, arbitrary: op.map((one) => ({ type: "apply" as const, op: one })) },
  { weight: 4, arbitrary: fc.constant({ type: "drop" as const }) },
  { weight: 3, arbitrary: watched.map((one) => ({ type: "watch" as const, query: one })) },
  { weight: 3, arbitrary: fc.constant({ type: "loadMore" as const }) },
  { weight: 1, arbitrary: fc.constant({ type: "restartPages" as const }) },
  { weight: 2, arbitrary: fc.nat(9).map((pick) => ({ type: "forget" as const, pick })) },
);
const step: fc.Arbitrary<Step> = fc.array(fc.record({ client: fc.nat(CLIENTS - 1), action }), {
  minLength: 10,
  maxLength: 30,
});

let backend: Backend;
beforeAll(async () => {
  const project = convexProject({ "live.ts": APP, "schema.ts": SCHEMA });
  backend = await startBackend();
  await backend.push(project.dir);
  project.remove();
});
afterAll(() => backend.stop());

/** Does what the step says, without waiting in between; resolves when all its mutations are answered. */
async function perform(watchers: Watcher[], history: History, actions: Step): Promise<void> {
  const applied: Promise<void>[] = [];
  for (const { client, action: one } of actions) {
    const watcher = watchers[client]!;
    if (one.type === "apply") applied.push(watcher.apply(one.op).then((n) => history.add(n, one.op)));
    else if (one.type === "watch") watcher.watch(one.query);
    else if (one.type === "forget") watcher.forget(one.pick);
    else watcher[one.type]();
    // Now and then the network gets a turn.
    if (client === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await Promise.all(applied);
}

async function expectFreshQueriesToAgree(http: ConvexHttpClient, watchers: Watcher[]): Promise<void> {
  const seen = new Map<string, unknown>();
  for (const { query: one, value } of watchers.flatMap((watcher) => watcher.results())) {
    const text = JSON.stringify(one);
    if (!seen.has(text)) seen.set(text, await http.query(query(`live:${one.name}`), one.args));
    expect(value).toEqual(seen.get(text));
  }
}

test(
  `all that clients show is one state after the other, through ${DROPS} dropped sockets`,
  async () => {
    const history = new History();
    const http = new ConvexHttpClient(backend.url, { logger: false });
    const watchers = await Promise.all(
      Array.from({ length: CLIENTS }, (_, n) => Watcher.open(backend.url, LISTS[n % LISTS.length]!)),
    );
    const seed = Number(process.env["PRAXTALK_SEED"] ?? Date.now() % 2 ** 31);
    const steps = fc.sample(step, { seed, numRuns: DROPS });
    const drops = (): number => watchers.reduce((sum, watcher) => sum + watcher.drops, 0);
    try {
      for (const actions of steps) {
        if (drops() >= DROPS) break;
        await perform(watchers, history, actions);
        await vi.waitFor(() => {
          for (const watcher of watchers) {
            expect(watcher.version).toBe(history.last);
            expect(watcher.isComplete).toBe(true);
          }
        }, SETTLED);
        for (const watcher of watchers) watcher.check(history);
        await expectFreshQueriesToAgree(http, watchers);
      }
    } catch (error) {
      throw new Error(`With PRAXTALK_SEED=${seed}`, { cause: error });
    } finally {
      await Promise.all(watchers.map((watcher) => watcher.close()));
    }
    expect(drops()).toBeGreaterThanOrEqual(DROPS);
  },
  isLong ? 60 * 60_000 : 120_000,
);
