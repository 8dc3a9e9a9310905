import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Identity } from "@/embedded/runtime/types";
import { LiveQueries } from "@/embedded/sync/live-queries";
import type { Subscription } from "@/embedded/sync/live-query";
import type { QueryResult } from "@/embedded/sync/query-result";
import { FakeDeployment, settled } from "./fake-deployment";

const nobody: Identity = { kind: "none" };
const user = (name: string): Identity => ({
  kind: "user",
  claims: { subject: name },
  expiresAt: null,
  token: "t",
});
const origin = { caller: "SyncWorker" as const, client: { ip: null, userAgent: null } };

let fake: FakeDeployment;
let live: LiveQueries;
let woken: string[];

beforeEach(() => {
  fake = new FakeDeployment();
  fake.define("get", ({ read }, [cell]) => ({ value: read(cell!) }));
  fake.define("whoami", ({ read, identity }) => ({ value: `${read("a")} ${JSON.stringify(identity())}` }));
  live = new LiveQueries({ functions: fake.functions, committer: fake.committer });
  woken = [];
});

function watch(path: string, arg = "", identity = nobody, journal: string | null = null): Subscription {
  const query = { path, component: "", args: JSON.stringify([arg]), journal };
  return live.subscribe(query, identity, origin, () => woken.push(`${path} ${arg}`));
}

function valueOf(result: QueryResult | undefined): string {
  return result?.settled.ok
    ? (JSON.parse(result.settled.value) as string)
    : `failed ${JSON.stringify(result?.settled)}`;
}

async function values(...subscriptions: Subscription[]): Promise<string[]> {
  return (await live.collect(subscriptions, 0n)).results.map(valueOf);
}

describe("sharing", () => {
  test("a query runs once however many watch it", async () => {
    fake.write({ a: "1" });
    const watchers = Array.from({ length: 50 }, () => watch("get", "a"));
    await Promise.all(watchers.map((watcher) => values(watcher)));
    expect(fake.runs).toHaveLength(1);
    fake.write({ a: "2" });
    expect(woken).toHaveLength(50);
    const all = await Promise.all(watchers.map((watcher) => values(watcher)));
    expect(all.flat()).toEqual(Array.from({ length: 50 }, () => "2"));
    expect(fake.runs).toHaveLength(2);
  });

  test("other arguments, another journal and admin access are other queries", async () => {
    const admin: Identity = { kind: "admin" };
    await values(
      watch("get", "a"),
      watch("get", "b"),
      watch("get", "a", nobody, "J"),
      watch("get", "a", admin),
    );
    expect(fake.runs).toHaveLength(4);
  });

  test("users share a query until it reads who they are", async () => {
    fake.write({ a: "x" });
    const [ann, bob, bob2] = [
      watch("whoami", "", user("ann")),
      watch("whoami", "", user("bob")),
      watch("whoami", "", user("bob")),
    ];
    const answers = (await Promise.all([values(ann), values(bob), values(bob2)])).flat();
    expect(answers.map((answer) => /ann|bob/.exec(answer)?.[0])).toEqual(["ann", "bob", "bob"]);
    expect(fake.runs).toHaveLength(2);
    const shared = [watch("get", "a", user("ann")), watch("get", "a", user("bob"))];
    expect(await values(...shared)).toEqual(["x", "x"]);
    expect(fake.runs).toHaveLength(3);
  });

  test("a query that starts to read the identity later separates its watchers then", async () => {
    fake.define("sometimes", ({ read, identity }) => ({
      value: read("a") === "" ? "same" : JSON.stringify(identity()),
    }));
    const [ann, bob] = [watch("sometimes", "", user("ann")), watch("sometimes", "", user("bob"))];
    expect(await values(ann, bob)).toEqual(["same", "same"]);
    fake.write({ a: "1" });
    const [forAnn, forBob] = await Promise.all([values(ann), values(bob)]);
    expect(forAnn[0]).toContain("ann");
    expect(forBob[0]).toContain("bob");
  });

  test("another identity re-runs only what read it", async () => {
    const [who, plain] = [watch("whoami", "", user("ann")), watch("get", "a", user("ann"))];
    await values(who, plain);
    live.setIdentity(who, user("bob"));
    live.setIdentity(plain, user("bob"));
    const [forBob] = await values(who, plain);
    expect(forBob).toContain("bob");
    expect(fake.runs.filter((run) => run.startsWith("get"))).toHaveLength(1);
  });
});

describe("waking", () => {
  test("a commit elsewhere wakes and re-runs nothing", async () => {
    const a = watch("get", "a");
    await values(a);
    const ts = fake.write({ b: "1" });
    expect(woken).toEqual([]);
    const collected = await live.collect([a], 0n);
    expect(collected.ts).toBe(ts);
    expect(fake.runs).toHaveLength(1);
  });

  test("a watcher is woken once until the new result was taken", async () => {
    const a = watch("get", "a");
    await values(a);
    fake.write({ a: "1" });
    fake.write({ a: "2" });
    expect(woken).toEqual(["get a"]);
    expect(await values(a)).toEqual(["2"]);
    fake.write({ a: "3" });
    expect(woken).toHaveLength(2);
  });

  test("a commit while the query runs makes its answer old", async () => {
    const a = watch("get", "a");
    fake.holding = true;
    const pending = values(a);
    await settled();
    fake.write({ a: "1" });
    fake.holding = false;
    fake.release();
    await pending;
    expect(await values(a)).toEqual(["1"]);
  });

  test("nobody is woken after leaving", async () => {
    const a = watch("get", "a");
    await values(a);
    live.unsubscribe(a);
    fake.write({ a: "1" });
    expect(woken).toEqual([]);
    expect(live.size).toBe(0);
  });

  test("leaving during the run leaves nothing behind", async () => {
    const a = watch("get", "a");
    fake.holding = true;
    const pending = values(a);
    await settled();
    live.unsubscribe(a);
    fake.release();
    await pending;
    fake.write({ a: "1" });
    expect(live.size).toBe(0);
  });

  test("new code ends every result, and runs of the old code do not count", async () => {
    let version = "old";
    fake.define("version", () => ({ value: version }));
    const [a, b] = [watch("version"), watch("get", "a")];
    await values(b);
    fake.holding = true;
    const pending = values(a, b);
    await settled();
    version = "new";
    live.invalidateAll();
    expect(woken).toContain("get a");
    fake.holding = false;
    fake.release();
    expect(await pending).toEqual(["new", ""]);
  });
});

describe("one timestamp", () => {
  test("results of one collect agree although a commit fell between their runs", async () => {
    fake.define("also", ({ read }, [cell]) => ({ value: read(cell!) }));
    fake.write({ a: "1" });
    let once = true;
    fake.onRun = ({ path }) => {
      if (path === "get" && once) fake.write({ a: "2" });
      if (path === "get") once = false;
    };
    expect(await values(watch("get", "a"), watch("also", "a"))).toEqual(["2", "2"]);
  });

  test("queries that change with every run meet on one snapshot", async () => {
    const names = ["p", "q", "r"];
    for (const name of names) fake.define(name, ({ read }) => ({ value: read("a") }));
    let n = 0;
    // A commit between any two separate runs: they never meet.
    fake.onRun = () => {
      if (fake.batches === 0) fake.write({ a: String(++n) });
    };
    const got = await values(...names.map((name) => watch(name)));
    expect(new Set(got).size).toBe(1);
    expect(fake.batches).toBe(1);
  });

  test("a collect is not older than asked", async () => {
    const a = watch("get", "a");
    await values(a);
    const ts = fake.write({ b: "1" });
    expect((await live.collect([a], ts)).ts).toBe(ts);
    expect((await live.collect([], ts)).ts).toBe(ts);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "under random load every answer is what held at its timestamp (seed %i)",
    async (seed) => {
      const random = seeded(seed);
      const cells = ["a", "b", "c", "d"];
      fake.define("pair", ({ read }, [first, second]) => ({ value: `${read(first!)}/${read(second!)}` }));
      fake.holding = true;
      const sessions = Array.from({ length: 6 }, () => ({
        busy: false,
        queries: Array.from({ length: 4 }, () => {
          const [first, second] = [pick(random, cells), pick(random, cells)];
          const query = { path: "pair", component: "", args: JSON.stringify([first, second]), journal: null };
          return { first, second, subscription: live.subscribe(query, nobody, origin, () => {}) };
        }),
      }));
      let checked = 0;
      for (let step = 0; step < 400; step++) {
        if (random() < 0.3) fake.write({ [pick(random, cells)]: String(step) });
        const session = pick(random, sessions);
        if (random() < 0.3 && !session.busy) {
          session.busy = true;
          void live
            .collect(
              session.queries.map((query) => query.subscription),
              0n,
            )
            .then(({ ts, results }) => {
              session.busy = false;
              for (const [i, { first, second }] of session.queries.entries()) {
                expect(valueOf(results[i])).toBe(`${fake.at(ts, first)}/${fake.at(ts, second)}`);
                checked++;
              }
            });
        }
        fake.release(Math.floor(random() * 4));
        if (random() < 0.5) await settled(1);
      }
      fake.holding = false;
      while (sessions.some((session) => session.busy)) {
        fake.release();
        await settled(1);
      }
      expect(checked).toBeGreaterThan(50);
      for (const { queries } of sessions)
        for (const { subscription } of queries) live.unsubscribe(subscription);
      fake.write(Object.fromEntries(cells.map((cell) => [cell, "end"])));
      expect(live.size).toBe(0);
    },
  );
});

describe("journals", () => {
  test("a page that was read keeps its end when it runs again", async () => {
    fake.define("page", ({ read, journal }) => ({
      value: `${read("a")} to ${journal ?? "new"}`,
      journal: journal ?? `end${read("a")}`,
    }));
    fake.write({ a: "1" });
    const early = watch("page");
    expect(await values(early)).toEqual(["1 to new"]);
    fake.write({ a: "2" });
    const late = watch("page");
    expect(await values(early)).toEqual(["2 to end1"]);
    expect(await values(late)).toEqual(["2 to new"]);
    fake.write({ a: "3" });
    expect(await values(early, late)).toEqual(["3 to end1", "3 to end2"]);
  });
});

describe("cache", () => {
  test("a result that still stands answers the next watcher", async () => {
    const a = watch("get", "a");
    await values(a);
    live.unsubscribe(a);
    await values(watch("get", "a"));
    expect(fake.runs).toHaveLength(1);
  });

  test("holds no more than its limit", async () => {
    live.close();
    live = new LiveQueries({ functions: fake.functions, committer: fake.committer, cacheBytes: 3000 });
    for (let i = 0; i < 20; i++) {
      const watcher = watch("get", `cell${i}`);
      await values(watcher);
      live.unsubscribe(watcher);
    }
    expect(live.size).toBeGreaterThan(0);
    expect(live.size).toBeLessThanOrEqual(4);
  });

  test("a result that read the clock serves new watchers for a while only", async () => {
    let now = 0;
    live.close();
    const functions: typeof fake.functions = {
      ...fake.functions,
      query: async (request) => ({ ...(await fake.functions.query(request)), timeRead: true }),
    };
    live = new LiveQueries({ functions, committer: fake.committer, now: () => now });
    await values(watch("get", "a"));
    now = 16_000;
    await values(watch("get", "a"));
    expect(fake.runs).toHaveLength(1);
    now = 18_000;
    await values(watch("get", "a"));
    expect(fake.runs).toHaveLength(2);
    expect(woken).toEqual(["get a", "get a", "get a"]);
  });

  test("holdsSince tells whether an older snapshot would have given the same", async () => {
    const before = fake.write({ a: "1" });
    fake.write({ b: "1" });
    const result = await live.read(
      { path: "get", component: "", args: '["a"]', journal: null },
      nobody,
      origin,
    );
    expect(live.holdsSince(result, before)).toBe(true);
    expect(live.holdsSince(result, before - 1n)).toBe(false);
  });
});

test("a result whose reads are unknown is tried again, ever more rarely", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    live.close();
    const functions: typeof fake.functions = {
      ...fake.functions,
      query: async (request) => ({ ...(await fake.functions.query(request)), readsUnknown: true }),
    };
    live = new LiveQueries({ functions, committer: fake.committer });
    const a = watch("get", "a");
    for (const [i, delay] of [5_000, 10_000, 20_000].entries()) {
      await values(a);
      vi.advanceTimersByTime(delay - 1);
      expect(woken).toHaveLength(i);
      vi.advanceTimersByTime(1);
      expect(woken).toHaveLength(i + 1);
    }
  } finally {
    vi.useRealTimers();
  }
});

test("a result whose reads are unknown is handed to nobody who asks later", async () => {
  live.close();
  const functions: typeof fake.functions = {
    ...fake.functions,
    query: async (request) => ({ ...(await fake.functions.query(request)), readsUnknown: true }),
  };
  live = new LiveQueries({ functions, committer: fake.committer });
  const query = { path: "get", component: "", args: '["a"]', journal: null };
  await live.read(query, nobody, origin);
  await live.read(query, nobody, origin);
  expect(fake.runs).toHaveLength(2);
  const watched = watch("get", "a");
  await values(watched);
  await live.read(query, nobody, origin);
  expect(fake.runs).toHaveLength(4);
});

test("a watcher that fails when it is told takes nothing from others", async () => {
  const told: string[] = [];
  const query = { path: "get", component: "", args: '["a"]', journal: null };
  const failing = live.subscribe(query, nobody, origin, () => {
    throw new Error("watcher");
  });
  const others = ["a", "b"].map((cell) =>
    live.subscribe({ ...query, args: JSON.stringify([cell]) }, nobody, origin, () => told.push(cell)),
  );
  await live.collect([failing, ...others], 0n);
  expect(() => fake.write({ a: "1", b: "1" })).toThrow("watcher");
  expect(told.sort()).toEqual(["a", "b"]);
});

test("a query that cannot run now rejects, and runs when asked again", async () => {
  const a = watch("get", "a");
  fake.unavailable = true;
  await expect(live.collect([a], 0n)).rejects.toMatchObject({ name: "QueryUnavailable" });
  fake.unavailable = false;
  expect(await values(a)).toEqual([""]);
});

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function pick<T>(random: () => number, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!;
}
