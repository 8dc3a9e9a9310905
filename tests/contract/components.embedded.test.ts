/** Components: published ones doing what they are for, and the fixture's own, one inside the other. */
import { cpSync } from "node:fs";
import path from "node:path";
import { ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  convexProject,
  mutation,
  query,
  REPOSITORY,
  startBackend,
  type Backend,
  type ConvexProject,
} from "../helpers/embedded";
import { ownComponentCases } from "./components/own.cases";

const WAIT = { timeout: 25_000, interval: 50 };

let backend: Backend;
let project: ConvexProject;
let client: ConvexHttpClient;

beforeAll(async () => {
  project = convexProject({});
  cpSync(path.join(REPOSITORY, "tests/contract/components/project"), project.dir, { recursive: true });
  backend = await startBackend();
  await backend.push(project.dir);
  client = new ConvexHttpClient(backend.url, { logger: false });
});
afterAll(async () => {
  project.remove();
  await backend.stop();
});

const seconds = (n: number) => n * 1000;

describe("the rate limiter", () => {
  test("gives out no more than its bucket holds, whoever asks at once", async () => {
    const taken = await Promise.all(
      Array.from({ length: 60 }, () => client.mutation(mutation("limits:takeShared"), {})),
    );
    const granted = taken.filter(Boolean).length;
    // Of four shards each call looks into two: those may be empty while another is not.
    expect(granted).toBeGreaterThanOrEqual(15);
    expect(granted).toBeLessThanOrEqual(20);
  });

  test("counts each key for itself, says when to come back, and forgets on reset", async () => {
    const take = (key: string) => client.mutation(mutation("limits:take"), { key });
    for (let i = 0; i < 3; i++) expect(await take("ada")).toMatchObject({ ok: true });
    expect(await take("ada")).toMatchObject({ ok: false, retryAfter: expect.any(Number) as number });
    expect(await take("bob")).toMatchObject({ ok: true });
    await client.mutation(mutation("limits:reset"), { key: "ada" });
    expect(await take("ada")).toMatchObject({ ok: true });
  });

  test("takes nothing in a mutation that fails", async () => {
    for (let i = 0; i < 5; i++) {
      await expect(client.mutation(mutation("limits:takeAndFail"), { key: "eve" })).rejects.toThrow(
        "changed my mind",
      );
    }
    expect(await client.mutation(mutation("limits:take"), { key: "eve" })).toMatchObject({ ok: true });
  });
});

test("the aggregate counts, sums and ranks as the table itself, under concurrent writes", async () => {
  const scores = Array.from({ length: 60 }, (_, i) => (i * 37) % 101);
  const ids = await Promise.all(
    scores.map((score, i) => client.mutation(mutation("ranking:add"), { player: `p${i}`, score })),
  );
  await Promise.all([
    ...ids.slice(0, 10).map((id) => client.mutation(mutation("ranking:remove"), { id: id as string })),
    ...ids
      .slice(10, 20)
      .map((id, i) => client.mutation(mutation("ranking:change"), { id: id as string, score: 200 + i })),
  ]);
  for (const lowest of [0, 50, 201]) {
    const totals = (await client.query(query("ranking:totals"), { lowest })) as Record<string, number>;
    expect(totals).toMatchObject({ count: totals["realCount"], sum: totals["realSum"] });
  }
  const sorted = [...scores.slice(20), ...Array.from({ length: 10 }, (_, i) => 200 + i)].sort(
    (a, b) => a - b,
  );
  const walked: number[] = [];
  for (let offset = 0; offset < sorted.length; offset += 15) {
    walked.push(...((await client.query(query("ranking:page"), { offset, size: 15 })) as number[]));
  }
  expect(walked).toEqual(sorted);
});

describe("the action retrier", () => {
  const outcomeOf = async (name: string, failures: number, maxFailures: number) => {
    const runId = (await client.mutation(mutation("retries:start"), {
      name,
      failures,
      maxFailures,
    })) as string;
    return vi.waitFor(async () => {
      const outcome = (await client.query(query("retries:outcome"), { runId })) as string | null;
      return JSON.parse(outcome ?? "") as unknown;
    }, WAIT);
  };

  test("runs an action again until it works", async () => {
    expect(await outcomeOf("works in the end", 2, 4)).toEqual({
      type: "success",
      returnValue: "attempt 3 worked",
    });
  });

  test("gives up on one that keeps failing, and says so once", async () => {
    expect(await outcomeOf("never works", 99, 2)).toMatchObject({
      type: "failed",
      error: expect.stringContaining("attempt 3 failed") as string,
    });
  });
});

describe("the workpool", () => {
  test("runs no more at a time than it may, tries again what fails, and tells of each end once", async () => {
    const names = Array.from({ length: 6 }, (_, i) => `work ${i}`);
    await client.mutation(mutation("pool:enqueue"), { names, ms: 60, failures: 0 });
    await client.mutation(mutation("pool:enqueue"), { names: ["flaky"], ms: 0, failures: 1 });
    await client.mutation(mutation("pool:enqueue"), { names: ["hopeless"], ms: 0, failures: 99 });
    const all = [...names, "flaky", "hopeless"];
    await vi.waitFor(async () => {
      const { results } = (await client.query(query("pool:outcomes"), { names: all })) as {
        results: unknown[];
      };
      expect(results).toHaveLength(all.length);
    }, WAIT);
    const { results, most } = (await client.query(query("pool:outcomes"), { names: all })) as {
      results: { of: string; result: string }[];
      most: number;
    };
    const of = (name: string) =>
      results.filter((entry) => entry.of === name).map(({ result }) => JSON.parse(result) as unknown);
    for (const name of names)
      expect(of(name)).toEqual([{ kind: "success", returnValue: "attempt 1 worked" }]);
    expect(of("flaky")).toEqual([{ kind: "success", returnValue: "attempt 2 worked" }]);
    expect(of("hopeless")).toMatchObject([{ kind: "failed" }]);
    expect(most).toBeLessThanOrEqual(2);
  });

  test("does not begin what was cancelled", async () => {
    const id = (await client.mutation(mutation("pool:enqueueLater"), {
      name: "cancelled",
      ms: seconds(3600),
    })) as string;
    await client.mutation(mutation("pool:cancel"), { id });
    await vi.waitFor(async () => {
      const outcomes: unknown = await client.query(query("pool:outcomes"), { names: ["cancelled"] });
      expect(outcomes).toMatchObject({ results: [{ of: "cancelled", result: '{"kind":"canceled"}' }] });
    }, WAIT);
    expect(await client.query(query("pool:status"), { id })).toMatchObject({ state: "finished" });
  });
});

ownComponentCases(() => ({ backend, project, client }));

describe("a migration", () => {
  const status = async (name: string) =>
    (await client.query(query("migrating:status"), { name })) as { state: string; processed: number };

  test("of hundreds of documents goes on where a restart cut it off, and can be cancelled", async () => {
    for (let from = 0; from < 400; from += 100) {
      await client.mutation(mutation("migrating:fill"), { from, to: from + 100 });
    }
    await client.mutation(mutation("migrating:start"), {});
    await vi.waitFor(async () => {
      expect((await status("migrating:setRank")).processed).toBeGreaterThan(0);
    }, WAIT);
    await backend.restart();
    await vi.waitFor(async () => expect((await status("migrating:setRank")).state).toBe("success"), WAIT);
    expect(await client.query(query("migrating:counts"), {})).toEqual({ all: 400, ranked: 400, right: 400 });

    await client.mutation(mutation("migrating:startSlow"), {});
    // A batch that commits meanwhile makes the cancellation run again, some times over.
    await vi.waitFor(() => client.mutation(mutation("migrating:cancel"), {}), WAIT);
    const cancelled = await status("migrating:clearRank");
    expect(cancelled.state).toBe("canceled");
    const { ranked } = (await client.query(query("migrating:counts"), {})) as { ranked: number };
    expect(ranked).toBeGreaterThan(0);
  });
});
