import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DatabaseError, type Page, type PageOptions, type Transaction } from "@/embedded/engine/transaction";
import type { SerializedQuery } from "@/embedded/engine/query-types";
import type { JSONObject, JSONValue } from "@/embedded/storage/types";
import { collect, Engine, filtered, fullScan, indexScan, limited } from "./engine";

/** Beginnings longer than an LMDB key can hold, so that stored keys are cut and share their beginning. */
const LONG = "long ".repeat(500);
const KEYS: JSONValue[] = [
  "a",
  "b",
  "b\0",
  `${LONG}1`,
  `${LONG}2`,
  LONG,
  `${LONG.slice(1)}`,
  5,
  null,
  [LONG, 1],
  [LONG],
];

let engine: Engine;
let tableCount = 0;

beforeAll(async () => {
  engine = await Engine.create();
});

afterAll(() => engine.destroy());

/** A new table with an index on `k`. */
async function newTable(): Promise<string> {
  const name = `t${tableCount++}`;
  await engine.push({ [name]: { indexes: { by_k: ["k"] } } });
  return name;
}

const START: PageOptions = { cursor: null, endCursor: null, pageSize: 10 };

function documentsOf({ page }: Page): JSONObject[] {
  return page.map((text) => JSON.parse(text) as JSONObject);
}

/** All pages from the first to the last. */
function walk(query: SerializedQuery, options: Partial<PageOptions>): Page[] {
  const pages: Page[] = [];
  let cursor: string | null = null;
  do {
    const page: Page = engine.query((tx) => tx.page(query, { ...START, ...options, cursor }));
    pages.push(page);
    cursor = page.continueCursor;
  } while (!pages.at(-1)?.isDone && pages.length < 1_000);
  return pages;
}

const key = fc.constantFrom(...KEYS);
type Asked = { order: "asc" | "desc"; bounds: ["Gt" | "Gte" | "Lt" | "Lte", JSONValue][]; odd: boolean };

const query: fc.Arbitrary<Asked> = fc.record({
  order: fc.constantFrom<"asc" | "desc">("asc", "desc"),
  bounds: fc.array(fc.tuple(fc.constantFrom<"Gt" | "Gte" | "Lt" | "Lte">("Gt", "Gte", "Lt", "Lte"), key), {
    maxLength: 1,
  }),
  odd: fc.boolean(),
});

function toQuery(table: string, { order, bounds, odd }: Asked): SerializedQuery {
  const scan = indexScan(
    `${table}.by_k`,
    bounds.map(([type, value]) => [type, "k", value]),
    order,
  );
  return odd
    ? filtered(scan, { $eq: [{ $mod: [{ $field: "n" }, { $literal: 2 }] }, { $literal: 1 }] })
    : scan;
}

test("the pages of a walk hold together what the query holds", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(key, { maxLength: 25, size: "max" }),
      query,
      fc.integer({ min: 1, max: 6 }),
      fc.option(fc.integer({ min: 1, max: 4 })),
      async (keys, asked, pageSize, maximumRowsRead) => {
        const table = await newTable();
        await engine.mutate((tx) => keys.forEach((k, n) => tx.insert(table, { k, n })));
        const wanted = toQuery(table, asked);
        const whole = engine.query((tx) => collect(tx, wanted));
        const pages = walk(wanted, { pageSize, maximumRowsRead });
        expect(pages.flatMap(documentsOf)).toEqual(whole);
        for (const [position, page] of pages.entries()) {
          expect(page.page.length).toBeLessThanOrEqual(pageSize);
          expect(page.isDone).toBe(position === pages.length - 1);
          if (page.splitCursor === null) continue;
          const from = pages[position - 1]?.continueCursor ?? null;
          const half = (cursor: string | null, endCursor: string): JSONObject[] =>
            engine.query((tx) => documentsOf(tx.page(wanted, { cursor, endCursor, pageSize: 1 })));
          expect([...half(from, page.splitCursor), ...half(page.splitCursor, page.continueCursor)]).toEqual(
            documentsOf(page),
          );
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("order and bounds hold beyond the length that stored keys have", async () => {
  const table = await newTable();
  const endings = ["b", "a", "", "c", "ab"];
  await engine.mutate((tx) => endings.forEach((ending) => tx.insert(table, { k: LONG + ending, ending })));
  const found = (tx: Transaction, ...args: Parameters<typeof indexScan>): unknown[] =>
    collect(tx, indexScan(...args)).map((one) => one["ending"]);
  engine.query((tx) => {
    expect(found(tx, `${table}.by_k`)).toEqual(["", "a", "ab", "b", "c"]);
    expect(found(tx, `${table}.by_k`, [], "desc")).toEqual(["c", "b", "ab", "a", ""]);
    expect(found(tx, `${table}.by_k`, [["Eq", "k", `${LONG}a`]])).toEqual(["a"]);
    expect(
      found(tx, `${table}.by_k`, [
        ["Gt", "k", `${LONG}a`],
        ["Lt", "k", `${LONG}c`],
      ]),
    ).toEqual(["ab", "b"]);
    expect(found(tx, `${table}.by_k`, [["Lte", "k", `${LONG}ab`]], "desc")).toEqual(["ab", "a", ""]);
  });
  const { tx, snapshot } = engine.begin();
  tx.insert(table, { k: `${LONG}aa`, ending: "aa" });
  expect(found(tx, `${table}.by_k`, [["Gte", "k", `${LONG}a`]])).toEqual(["a", "aa", "ab", "b", "c"]);
  snapshot.close();
});

test("what is written into a cut group wakes who read there, wherever its id comes to lie", async () => {
  const table = await newTable();
  await engine.mutate((tx) => tx.insert(table, { k: `${LONG}m` }));
  const { tx, snapshot } = engine.begin();
  collect(tx, limited(indexScan(`${table}.by_k`, [["Gte", "k", LONG]]), 1));
  const { readSet } = tx.outcome();
  snapshot.close();
  for (let n = 0; n < 20; n++) {
    const since = engine.committer.visibleTs;
    await engine.mutate((writer) => writer.insert(table, { k: `${LONG}a` }));
    expect(engine.committer.changedSince(readSet, since, engine.committer.visibleTs)).toBe(true);
  }
});

describe("a page", () => {
  let table: string;

  beforeAll(async () => {
    table = await newTable();
    await engine.mutate((tx) => {
      for (let n = 0; n < 10; n++) tx.insert(table, { k: n, n });
    });
  });

  const page = (options: Partial<PageOptions>, query = indexScan(`${table}.by_k`)): Page =>
    engine.query((tx) => tx.page(query, { ...START, ...options }));
  const codeOf = (body: () => unknown): DatabaseError => {
    try {
      body();
    } catch (error) {
      if (error instanceof DatabaseError) return error;
    }
    throw new Error("no DatabaseError");
  };

  test("up to an end cursor keeps its end while it grows and shrinks", async () => {
    const first = page({ pageSize: 4 });
    const inside = await engine.mutate((tx) => tx.insert(table, { k: 1.5, n: 1.5 }));
    const grown = page({ pageSize: 4, endCursor: first.continueCursor });
    expect(documentsOf(grown).map(({ n }) => n)).toEqual([0, 1, 1.5, 2, 3]);
    expect(grown.continueCursor).toBe(first.continueCursor);
    await engine.mutate((tx) => tx.remove(inside));
    expect(page({ pageSize: 4, endCursor: first.continueCursor }).page).toEqual(first.page);
  });

  test("of the same place has the same cursor text", () => {
    expect(page({ pageSize: 4 }).continueCursor).toBe(page({ pageSize: 4 }).continueCursor);
    expect(page({ pageSize: 4 }).continueCursor).not.toBe(page({ pageSize: 5 }).continueCursor);
  });

  test("cursors hide the keys", () => {
    const { continueCursor } = page({ pageSize: 4 });
    const id = documentsOf(page({ pageSize: 4 })).at(-1)!["_id"] as string;
    expect(Buffer.from(continueCursor, "base64url").toString("latin1")).not.toContain(id);
  });

  test("after the end is empty and the last", () => {
    const whole = page({ pageSize: 100 });
    expect(whole).toMatchObject({ isDone: true, pageStatus: null });
    expect(page({ cursor: whole.continueCursor })).toMatchObject({
      page: [],
      isDone: true,
      splitCursor: null,
    });
  });

  test("that stops at a read limit says so", () => {
    expect(page({ maximumRowsRead: 3 })).toMatchObject({ pageStatus: "SplitRequired", isDone: false });
    expect(page({ maximumRowsRead: 3 }).page).toHaveLength(3);
    expect(page({ maximumBytesRead: 1 }).page).toHaveLength(1);
    expect(page({ pageSize: 8, maximumRowsRead: 10 }).pageStatus).toBe("SplitRecommended");
    expect(page({ pageSize: 7, maximumRowsRead: 10 }).pageStatus).toBeNull();
  });

  test("can be empty without being the last", () => {
    const none = filtered(indexScan(`${table}.by_k`), { $gt: [{ $field: "n" }, { $literal: 8 }] });
    expect(page({ maximumRowsRead: 3 }, none)).toMatchObject({ page: [], isDone: false });
  });

  test("with a cursor of another query is refused in the way that clients start over on", () => {
    const { continueCursor } = page({ pageSize: 4 });
    const error = codeOf(() => page({ cursor: continueCursor }, fullScan(table)));
    expect(error.message).toContain("it looks like this cursor is from a different query");
    expect(error.data).toEqual({ isConvexSystemError: true, paginationError: "InvalidCursor" });
  });

  test.each(["", "abc", "!!!", "A".repeat(80)])("with the cursor %j is refused", (cursor) => {
    expect(codeOf(() => page({ cursor }))).toMatchObject({
      code: "InvalidCursor",
      message: "Failed to parse cursor",
    });
  });

  test("with a cursor that was tampered with is refused", () => {
    const bytes = Buffer.from(page({ pageSize: 4 }).continueCursor, "base64url");
    for (const position of [0, 20, 40, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[position]! ^= 1;
      expect(codeOf(() => page({ cursor: changed.toString("base64url") })).message).toBe(
        "Failed to parse cursor",
      );
    }
  });

  test.each<[Partial<PageOptions>, string]>([
    [{ pageSize: 0 }, "Must request at least 1 document while paginating"],
    [{ pageSize: 32_001 }, "Requested too many items: 32001"],
    [{ maximumRowsRead: 0 }, "maximumRowsRead and maximumBytesRead must be greater than 0"],
    [{ maximumBytesRead: 0 }, "maximumRowsRead and maximumBytesRead must be greater than 0"],
  ])("of %j is refused", (options, message) => {
    expect(codeOf(() => page(options)).message).toBe(message);
  });

  test("of a table that does not exist is empty and the last", () => {
    expect(page({}, fullScan("nowhere"))).toMatchObject({ page: [], isDone: true, splitCursor: null });
  });
});
