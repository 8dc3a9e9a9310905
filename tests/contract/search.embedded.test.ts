/** Search and vector search on a real process, pushed to by the official CLI, asked by the official clients. */
import { cpSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import WebSocket from "ws";
import {
  action,
  convexProject,
  mutation,
  query,
  REPOSITORY,
  startBackend,
  type Backend,
  type ConvexProject,
} from "../helpers/embedded";
import { note, searchCases } from "./search.cases";

const WAIT = { timeout: 20_000, interval: 20 };
const FIXTURE = path.join(REPOSITORY, "tests/contract/search/convex");
const PLAIN_SCHEMA = `
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
export default defineSchema({ notes: defineTable(v.any()) });
`;

let backend: Backend;
let project: ConvexProject;
let http: ConvexHttpClient;
let firstPush: string;
const deploy = () => backend.cli(project.dir, ["deploy", "--typecheck", "disable", "--codegen", "disable"]);
const useFixture = () => cpSync(FIXTURE, path.join(project.dir, "convex"), { recursive: true });

beforeAll(async () => {
  backend = await startBackend();
  project = convexProject({});
  useFixture();
  const { code, output } = await deploy();
  expect(code, output).toBe(0);
  firstPush = output;
  http = new ConvexHttpClient(backend.url, { logger: false });
});
afterAll(async () => {
  project.remove();
  await backend.stop();
});

const add = (...notes: ReturnType<typeof note>[]) => http.mutation(mutation("notes:add"), { notes });
const find = (text: string, team: string) =>
  http.query(query("notes:find"), { text, team }) as Promise<string[]>;
const nearest = (place: number[], teams: string[]) =>
  http.action(action("notes:nearest"), { place, teams }) as Promise<[string, number][]>;

searchCases("search on embedded/", () =>
  Promise.resolve({
    query: http.query.bind(http),
    mutation: http.mutation.bind(http),
    action: http.action.bind(http),
    stop: () => Promise.resolve(),
  }),
);

test("the CLI tells which indexes a push adds", () => {
  expect(firstPush).toMatch(/notes\.by_body\s+\(text\)\s+body, filters on stars, team/);
  expect(firstPush).toMatch(/notes\.by_place\s+\(vector\)\s+place \(2 dimensions\), filter on team/);
});

describe("search", () => {
  test("results are in the order of relevance", async () => {
    await add(
      note("order of business", "order"),
      note("order order", "order"),
      note("orderly conduct", "order"),
      note("other business", "order"),
    );
    expect(await find("business order", "order")).toEqual([
      "order of business",
      "order order",
      "other business",
      "orderly conduct",
    ]);
  });

  test("a new match, a changed one and one that ceases to match reach the live query; other commits do not", async () => {
    const client = new ConvexClient(backend.url, {
      logger: false,
      webSocketConstructor: WebSocket as unknown as typeof globalThis.WebSocket,
    });
    const seen: string[][] = [];
    client.onUpdate(query("notes:find"), { text: "needle", team: "live" }, (bodies) =>
      seen.push(bodies as string[]),
    );
    const latest = (bodies: string[]) => vi.waitFor(() => expect(seen.at(-1)).toEqual(bodies), WAIT);
    await latest([]);
    await add(note("a needle", "live"));
    await latest(["a needle"]);
    await add(note("a needle", "elsewhere"), note("just hay", "live"), note("need", "live"));
    await http.mutation(mutation("notes:rename"), { from: "needle", to: "two needles", team: "live" });
    await latest(["two needles"]);
    await http.mutation(mutation("notes:rename"), { from: "needles", to: "nothing", team: "live" });
    await latest([]);
    expect(seen).toEqual([[], ["a needle"], ["two needles"], []]);
    await client.close();
  });

  test("a mutation sees its own writes, and of many at a time that add what they do not find one does", async () => {
    const runs = Array.from({ length: 12 }, () =>
      http.mutation(mutation("notes:addOnce"), note("only once", "once")),
    );
    expect(await Promise.all(runs)).toEqual(Array.from({ length: 12 }, () => ["only once"]));
    expect(await find("once", "once")).toEqual(["only once"]);
  });

  test("mutations that change what they find at the same time lose no change", async () => {
    await add(note("count me", "count"));
    const runs = Array.from({ length: 10 }, () =>
      http.mutation(mutation("notes:star"), { body: "count", team: "count" }),
    );
    await Promise.all(runs);
    expect(await http.query(query("notes:find"), { text: "count", team: "count", stars: 10 })).toEqual([
      "count me",
    ]);
  });

  test("1,025 matches are too many to collect", async () => {
    await add(...Array.from({ length: 1_025 }, () => note("crowd", "crowd")));
    await expect(find("crowd", "crowd")).rejects.toThrow(
      "Search query scanned too many documents (fetched 1024). Consider using a smaller limit",
    );
    expect(await http.query(query("notes:find"), { text: "crowd", team: "crowd", limit: 3 })).toHaveLength(3);
  });
});

describe("vector search", () => {
  test("sees what its action has written", async () => {
    expect(await http.action(action("notes:findsOwn"), { team: "own", times: 20 })).toEqual(
      Array.from({ length: 20 }, (_, n) => n + 1),
    );
  });

  test("refuses a vector of other dimensions and too high a limit", async () => {
    await expect(nearest([1, 2, 3], [])).rejects.toThrow("Expected a vector with dimensions 2, received 3.");
    await expect(
      http.action(action("notes:nearest"), { place: [1, 0], teams: [], limit: 257 }),
    ).rejects.toThrow("Vector queries can fetch at most 256 results, requested 257.");
  });
});

test("after a crash both answer at once, with all that was acknowledged", async () => {
  await add(note("before the crash", "crash", 0, [3, 4]));
  await backend.kill9();
  await backend.restart();
  expect(await find("crash", "crash")).toEqual(["before the crash"]);
  expect(await nearest([3, 4], ["crash"])).toEqual([["before the crash", 1]]);
});

test("a push that removes the indexes ends them; one that adds them finds the notes that are there", async () => {
  await add(note("written early", "push", 0, [0, 2]));
  project.write({ "schema.ts": PLAIN_SCHEMA });
  const removed = await deploy();
  expect(removed.output).toMatch(/notes\.by_body/);
  await expect(find("early", "push")).rejects.toThrow("Index notes.by_body not found.");
  await expect(nearest([0, 2], ["push"])).rejects.toThrow("Index notes.by_place not found.");
  await add(note("written between", "push", 0, [2, 2]));
  useFixture();
  expect((await deploy()).code).toBe(0);
  expect((await find("written", "push")).sort()).toEqual(["written between", "written early"]);
  expect(await nearest([0, 2], ["push"])).toEqual([
    ["written early", 1],
    ["written between", expect.closeTo(Math.SQRT1_2, 6)],
  ]);
});

test("imported notes are found, and those that they replace are not", async () => {
  await add(note("replaced", "import"));
  const file = path.join(project.dir, "notes.jsonl");
  writeFileSync(file, `${JSON.stringify(note("imported", "import", 0, [0, 5]))}\n`);
  const { code, output } = await backend.cli(project.dir, [
    "import",
    "--replace",
    "--yes",
    "--table",
    "notes",
    file,
  ]);
  expect(code, output).toBe(0);
  expect(await find("imported", "import")).toEqual(["imported"]);
  expect(await find("replaced", "import")).toEqual([]);
  expect(await nearest([0, 1], [])).toEqual([["imported", 1]]);
});
