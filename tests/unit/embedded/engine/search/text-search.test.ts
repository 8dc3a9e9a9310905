import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RangeIndex } from "@/embedded/engine/range-index";
import type { Page, SerializedQuery, Transaction } from "@/embedded/engine/transaction";
import { parseSchema } from "@/embedded/engine/committer";
import type { JSONValue } from "@/embedded/storage/types";
import { collect, Engine, filtered, fullScan, getDocument, limited, schemaOf, search } from "../engine";
import { expectedIds, searchIndexContents } from "./model";

const BY_BODY = { searchField: "body", filterFields: ["team", "state"] };
const TABLES = { t: { search: { by_body: BY_BODY }, indexes: { by_team: ["team"] } } };

let engine: Engine;

beforeEach(async () => {
  engine = await Engine.create();
  await engine.push(TABLES);
});

afterEach(() => engine.destroy());

const find = (text: string, filters: Record<string, JSONValue> = {}): SerializedQuery =>
  search("t.by_body", "body", text, filters);
const insert = (...bodies: string[]): Promise<string[]> =>
  engine.mutate((tx) => bodies.map((body) => tx.insert("t", { body })));
const bodies = (tx: Transaction, query: SerializedQuery): JSONValue[] =>
  collect(tx, query).map(({ body }) => body as JSONValue);
const found = (text: string, filters: Record<string, JSONValue> = {}): JSONValue[] =>
  engine.query((tx) => bodies(tx, find(text, filters)));

describe("order", () => {
  test("a rare word counts more than a common one, a short text more than a long one", async () => {
    await insert("common rare", "common", "common word", "common words of many more", "other");
    expect(found("common rare")).toEqual([
      "common rare",
      "common",
      "common word",
      "common words of many more",
    ]);
  });

  test("the last word is a beginning too, and what only begins so counts less", async () => {
    await insert("teapot", "tea", "a teapot and tea", "steam");
    expect(found("tea")).toEqual(["tea", "a teapot and tea", "teapot"]);
    expect(found("tea a")).toEqual(["a teapot and tea", "tea"]);
    expect(found("te")).toEqual(["a teapot and tea", "tea", "teapot"]);
    expect(found("pot")).toEqual([]);
  });

  test("among equals the newest comes first", async () => {
    const ids = [...(await insert("same")), ...(await insert("same", "same"))];
    const order = engine.query((tx) => collect(tx, find("same")).map(({ _id }) => _id));
    expect(order).toEqual([...ids].reverse());
  });

  test("no word, or only words that are no terms, finds nothing", async () => {
    await insert("word", "x".repeat(40));
    expect([found(""), found(" -!"), found("x".repeat(40))]).toEqual([[], [], []]);
  });

  test("words after the 16th are ignored, and the 16th is the beginning", async () => {
    await insert("seventeen", "sixteenth");
    expect(found(`${"a ".repeat(15)}sixteen seventeen`)).toEqual(["sixteenth"]);
  });
});

describe("after a search", () => {
  beforeEach(() =>
    engine.mutate((tx) => {
      for (let n = 0; n < 30; n++) {
        tx.insert("t", {
          body: `word ${"more ".repeat(n % 7)}`,
          n,
          team: n % 3,
          state: n % 2 === 0 ? "open" : "closed",
        });
      }
    }),
  );

  test("filters of every field hold, alone and together", () => {
    const all = engine.query((tx) => collect(tx, fullScan("t")));
    const model = { field: "body", filterFields: BY_BODY.filterFields, documents: all };
    const cases: Record<string, JSONValue>[] = [
      { team: 1 },
      { state: "open" },
      { team: 2, state: "closed" },
      { team: 9 },
    ];
    for (const filters of cases) {
      const ids = engine.query((tx) => collect(tx, find("word", filters)).map(({ _id }) => _id));
      expect(ids).toEqual(expectedIds(model, "word", filters));
    }
  });

  test(".filter and .take apply to results in their order", () => {
    const even: JSONValue = { $eq: [{ $mod: [{ $field: "n" }, { $literal: 2 }] }, { $literal: 0 }] };
    const numbers = (query: SerializedQuery): JSONValue[] =>
      engine.query((tx) => collect(tx, query).map(({ n }) => n as JSONValue));
    const all = numbers(find("word"));
    expect(numbers(limited(find("word"), 5))).toEqual(all.slice(0, 5));
    expect(numbers(limited(filtered(find("word"), even), 4))).toEqual(
      all.filter((n) => (n as number) % 2 === 0).slice(0, 4),
    );
  });

  test("pages together are the whole, in order", () => {
    const whole = engine.query((tx) => collect(tx, find("word")).map(({ _id }) => _id));
    const ids: unknown[] = [];
    for (let cursor: string | null = null, isDone = false; !isDone;) {
      const options = { cursor, endCursor: null, pageSize: 7 };
      const page: Page = engine.query((tx) => tx.page(find("word"), options));
      expect(page.splitCursor).toBeNull();
      ids.push(...page.page.map((text) => (JSON.parse(text) as { _id: string })._id));
      ({ isDone, continueCursor: cursor } = page);
    }
    expect(ids).toEqual(whole);
  });

  test("a cursor of another search is refused", () => {
    const options = { cursor: null, endCursor: null, pageSize: 3 };
    const { continueCursor } = engine.query((tx) => tx.page(find("word"), options));
    expect(() => engine.query((tx) => tx.page(find("more"), { ...options, cursor: continueCursor }))).toThrow(
      "from a different query",
    );
  });
});

test("reading past 1024 results is an error, taking fewer is not", async () => {
  await engine.mutate((tx) => {
    for (let n = 0; n < 1_100; n++) tx.insert("t", { body: "many" });
  });
  expect(engine.query((tx) => collect(tx, limited(find("many"), 1_024)))).toHaveLength(1_024);
  expect(() => found("many")).toThrow("Search query scanned too many documents (fetched 1024). Consider");
});

describe("refused", () => {
  const eq = (fieldPath: string) => ({ type: "Eq" as const, fieldPath, value: 1 });
  const words = (fieldPath: string) => ({ type: "Search" as const, fieldPath, value: "a" });
  test.each([
    [
      "no search",
      [],
      'against t.by_body does not contain any search filters. You must include a search filter like `q.search(""body"", searchText)`.',
    ],
    [
      "two searches",
      [words("body"), words("body")],
      'contains multiple search filters against "body". Only one is allowed.',
    ],
    [
      "a search of another field",
      [words("team")],
      'contains a search filter against "team", which doesn\'t match the indexed `searchField` "body".',
    ],
    [
      "a filter on another field",
      [words("body"), eq("n")],
      'contains an equality filter on "n" but that field isn\'t indexed for filtering in `filterFields`.',
    ],
    [
      "nine filters",
      [words("body"), ...Array.from({ length: 9 }, () => eq("team"))],
      "has too many filter conditions. Max: 8 Actual: 9",
    ],
  ])("%s", (_what, filters, message) => {
    const query: SerializedQuery = {
      source: { type: "Search", indexName: "t.by_body", filters },
      operators: [],
    };
    expect(() => engine.query((tx) => collect(tx, query))).toThrow(message);
  });

  test("indexes of another kind and unknown ones", () => {
    const inIndex = (name: string) => () => engine.query((tx) => collect(tx, search(name, "body", "a")));
    expect(inIndex("t.by_team")).toThrow("Index t.by_team is not a search index");
    expect(inIndex("t.nope")).toThrow("Index t.nope not found.");
    expect(engine.query((tx) => collect(tx, search("nowhere.by_body", "body", "a")))).toEqual([]);
    const range: SerializedQuery = {
      source: { type: "IndexRange", indexName: "t.by_body", range: [], order: "asc" },
      operators: [],
    };
    expect(() => engine.query((tx) => collect(tx, range))).toThrow("Index t.by_body is not a database index");
  });

  test("a mutation that writes more entries than fit into memory", async () => {
    const { tx, snapshot } = engine.begin({ limits: { searchEntriesWritten: 20 } });
    tx.insert("t", { body: "one two three" });
    expect(() => tx.insert("t", { body: "four five six" })).toThrow("Too many search index entries written");
    snapshot.close();
  });
});

test("a document is found by its first 8192 different words", async () => {
  const words = Array.from({ length: 9_000 }, (_, n) => `w${n}x`);
  const [id] = await insert(words.join(" "));
  const finds = (word: string): number => engine.query((tx) => collect(tx, find(word))).length;
  expect([finds("w0x"), finds("w8191x"), finds("w8192x")]).toEqual([1, 1, 0]);
  await engine.mutate((tx) => tx.remove(id!));
  expect(finds("w0x")).toBe(0);
});

describe("what a search depends on", () => {
  const readSet = (query: SerializedQuery) => {
    const { tx, snapshot } = engine.begin({ kind: "query" });
    collect(tx, query);
    const outcome = tx.outcome();
    snapshot.close();
    return outcome.readSet;
  };
  /** Whether the change wakes a live query with these reads. */
  const wakes = async (query: SerializedQuery, change: (tx: Transaction) => unknown): Promise<boolean> => {
    const index = new RangeIndex<string>();
    index.add(readSet(query), "query");
    let isHit = false;
    const stop = engine.committer.onCommit(({ keys }) => (isHit ||= index.hit(keys).size > 0));
    await engine.mutate(change);
    stop();
    return isHit;
  };

  test("documents that match, come to match or cease to, and no others", async () => {
    const [id, other] = await insert("blue sky", "green grass");
    expect(await wakes(find("blue"), (tx) => tx.insert("t", { body: "so blue" }))).toBe(true);
    expect(await wakes(find("blue"), (tx) => tx.insert("t", { body: "so bluish" }))).toBe(false);
    expect(await wakes(find("blue so"), (tx) => tx.insert("t", { body: "sound" }))).toBe(true);
    expect(await wakes(find("blue so"), (tx) => tx.insert("t", { body: "bluer" }))).toBe(false);
    expect(await wakes(find("blue"), (tx) => tx.patch(other!, { body: "blue grass" }))).toBe(true);
    expect(await wakes(find("nothing"), (tx) => tx.insert("t", { body: "nothings" }))).toBe(true);
    // What is shown of a result changes, though it is found as before.
    expect(await wakes(find("sky"), (tx) => tx.patch(id!, { n: 1 }))).toBe(true);
    expect(await wakes(find("grass"), (tx) => tx.patch(id!, { n: 2 }))).toBe(false);
    expect(await wakes(find("sky"), (tx) => tx.remove(id!))).toBe(true);
  });

  test("of those only the ones that pass the filter", async () => {
    const blue = find("blue", { team: 1 });
    expect(await wakes(blue, (tx) => tx.insert("t", { body: "blue", team: 2 }))).toBe(false);
    expect(await wakes(blue, (tx) => tx.insert("t", { body: "blue" }))).toBe(false);
    expect(await wakes(blue, (tx) => tx.insert("t", { body: "blue", team: 1 }))).toBe(true);
  });

  test("a mutation that searched conflicts with a commit that changes what it found", async () => {
    const [id] = await insert("one seat");
    for (const [body, isConflict] of [
      ["a seat", true],
      ["nothing of it", false],
    ] as const) {
      const { tx, snapshot } = engine.begin();
      tx.insert("t", { body: `seen ${collect(tx, find("seat")).length}` });
      await insert(body);
      const result = await engine.committer.commit(tx.outcome());
      expect(result.ok).toBe(!isConflict);
      if (!result.ok) expect(result.conflict).toMatchObject({ table: "t" });
      snapshot.close();
    }
    expect(engine.query((tx) => getDocument(tx, id!))).not.toBeNull();
  });
});

describe("a search index comes and goes", () => {
  test("built over existing documents while they change, then kept over a restart", async () => {
    await engine.push({ t: {} });
    const ids = await engine.mutate((tx) =>
      Array.from({ length: 2_500 }, (_, n) => tx.insert("t", { body: `word${n % 50} shared`, team: n % 4 })),
    );
    await engine.committer.prepareSchema("", parseSchema(schemaOf(TABLES)));
    expect(() => found("shared")).toThrow("currently backfilling");
    let writes = 0;
    for (; engine.committer.schemaStatus("").type === "inProgress"; writes++) {
      await engine.mutate((tx) => {
        tx.patch(ids[(writes * 7) % 1_000]!, { body: `changed ${writes}`, team: 5 });
        tx.patch(ids[2_499 - writes]!, { body: `changed late ${writes}` });
        tx.remove(ids[1_000 + writes]!);
        tx.insert("t", { body: `new ${writes}`, team: writes % 4 });
      });
    }
    expect(writes).toBeGreaterThan(2);
    await engine.committer.activateSchema("");
    const check = (): void =>
      engine.query((tx) => {
        const model = {
          field: "body",
          filterFields: BY_BODY.filterFields,
          documents: collect(tx, fullScan("t")),
        };
        for (const [text, filters] of [
          ["word7 changed", { team: 1 }],
          ["new", {}],
          ["word12", {}],
        ] as const) {
          const ids = collect(tx, find(text, filters)).map(({ _id }) => _id);
          expect(ids.length).toBeGreaterThan(2);
          expect(ids).toEqual(expectedIds(model, text, filters));
        }
      });
    check();
    await engine.close();
    await engine.open();
    check();
    const built = searchIndexContents(engine);
    await engine.push({ t: {} });
    await engine.push(TABLES);
    expect(searchIndexContents(engine)).toEqual(built);
  });

  test("staged it is built and not read, enabled it is there at once, removed it leaves nothing", async () => {
    const [id] = await insert("kept");
    await engine.push({ t: { stagedSearch: { by_body: BY_BODY } } });
    expect(() => found("kept")).toThrow("currently staged");
    await engine.mutate((tx) => tx.patch(id!, { body: "kept and changed" }));
    const { number } = engine.committer.catalog.table("", "t")!.searchIndexes[0]!;
    const diff = await engine.committer.prepareSchema("", parseSchema(schemaOf(TABLES)));
    expect(diff).toMatchObject({ enabled: [{ name: "by_body", kind: "search" }], removed: [] });
    await engine.committer.waitForSchema("", 5_000);
    await engine.committer.activateSchema("");
    expect(engine.committer.catalog.table("", "t")!.searchIndexes[0]!.number).toBe(number);
    expect(found("changed")).toEqual(["kept and changed"]);
    await engine.push({ t: {} });
    expect(() => found("kept")).toThrow("Index t.by_body not found.");
    while (engine.committer.catalog.row.dropped.length > 0) await engine.committer.drain();
    const snapshot = engine.store.snapshot();
    expect([...snapshot.keys(number, "", null, false)]).toEqual([]);
    snapshot.close();
  });

  test("with other filter fields it is another index", async () => {
    await insert("text");
    const other = { t: { search: { by_body: { searchField: "body", filterFields: ["team"] } } } };
    const diff = engine.committer.evaluateSchema("", parseSchema(schemaOf(other)));
    expect(diff).toMatchObject({
      added: [{ name: "by_body", filterFields: ["team"] }],
      removed: [{ name: "by_team" }, { name: "by_body", filterFields: ["state", "team"] }],
    });
  });

  test("each component has its own", async () => {
    const component = "child";
    await engine.committer.prepareSchema(component, parseSchema(schemaOf(TABLES)));
    await engine.committer.waitForSchema(component, 5_000);
    await engine.committer.activateSchema(component);
    await engine.mutate((tx) => tx.insert("t", { body: "inside" }), { component });
    await insert("outside");
    expect(found("inside")).toEqual([]);
    expect(engine.query((tx) => bodies(tx, find("inside")), { component })).toEqual(["inside"]);
  });
});
