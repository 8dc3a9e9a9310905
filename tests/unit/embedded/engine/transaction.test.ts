import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DatabaseError, NeedsTable, type Transaction } from "@/embedded/engine/transaction";
import { encodeId } from "@/embedded/storage/ids";
import type { JSONValue } from "@/embedded/storage/types";
import { collect, Engine, filtered, fullScan, getDocument, indexScan, limited } from "./engine";

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.create();
  await engine.push({
    messages: {
      indexes: { by_channel: ["channel"], by_author_and_n: ["author.name", "n"] },
      staged: { by_staged: ["n"] },
    },
    other: {},
    strict: {
      type: {
        type: "object",
        value: {
          name: { fieldType: { type: "string" }, optional: false },
          of: { fieldType: { type: "id", tableName: "messages" }, optional: true },
        },
      },
    },
  });
});

afterAll(() => engine.destroy());

/** Runs in a transaction that is thrown away. */
function within<T>(body: (tx: Transaction) => T, options: Parameters<Engine["begin"]>[0] = {}): T {
  const { tx, snapshot } = engine.begin(options);
  try {
    return body(tx);
  } finally {
    snapshot.close();
  }
}

function codeOf(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    if (error instanceof DatabaseError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "no error";
}

describe("documents", () => {
  test("a new document has an id of its table and times that increase", () => {
    within(
      (tx) => {
        const ids = [1, 2, 3].map((n) => tx.insert("messages", { n, a: [true, null], Z: { b: 1, a: "é" } }));
        const documents = ids.map((id) => tx.get(id, { isSystem: false }));
        expect(documents[0]).toBe(
          `{"Z":{"a":"é","b":1},"_creationTime":1000.5,"_id":"${ids[0]}","a":[true,null],"n":1}`,
        );
        const times = ids.map((id) => getDocument(tx, id)?.["_creationTime"] as number);
        expect(times[1]).toBeGreaterThan(times[0]!);
        expect(times[2]).toBeGreaterThan(times[1]!);
        expect(times[2]! - times[0]!).toBeLessThan(1e-9);
        expect(tx.normalizeId("messages", ids[0]!)).toBe(ids[0]);
        expect(tx.normalizeId("other", ids[0]!)).toBeNull();
        expect(tx.normalizeId("messages", "nonsense")).toBeNull();
      },
      { beginTime: 1000.5 },
    );
  });

  test("patch merges at the top and removes undefined fields; replace leaves nothing", () => {
    within((tx) => {
      const id = tx.insert("messages", { a: 1, b: { c: 1, d: 2 }, e: 3 });
      tx.patch(id, { b: { c: 5 }, e: { $undefined: null }, f: 6, missing: { $undefined: null } });
      expect(getDocument(tx, id)).toMatchObject({ a: 1, b: { c: 5 }, f: 6 });
      expect(getDocument(tx, id)).not.toHaveProperty("e");
      expect(getDocument(tx, id)?.["b"]).toEqual({ c: 5 });
      const { _id, _creationTime } = getDocument(tx, id)!;
      tx.replace(id, { _id: _id!, _creationTime: _creationTime!, only: true });
      expect(getDocument(tx, id)).toEqual({ _id, _creationTime, only: true });
      expect(JSON.parse(tx.remove(id))).toEqual({ _id, _creationTime, only: true });
      expect(getDocument(tx, id)).toBeNull();
      expect(tx.outcome().writes).toEqual([]);
    });
  });

  test("a write that changes nothing is none", async () => {
    const id = await engine.mutate((tx) => tx.insert("messages", { channel: "same", n: 1 }));
    within((tx) => {
      tx.patch(id, { n: 1 });
      tx.replace(id, { n: 1, channel: "same" });
      const { writes, usage } = tx.outcome();
      expect(writes).toEqual([]);
      expect(usage.documentsWritten).toBe(0);
    });
  });

  test("what cannot be written is refused with its reason", () => {
    within((tx) => {
      const id = tx.insert("messages", {});
      expect(() => tx.insert("unheard_of", {})).toThrow(NeedsTable);
      expect(codeOf(() => tx.insert("messages", [1]))).toContain("Value must be an Object");
      expect(codeOf(() => tx.insert("messages", { _id: id }))).toContain("InvalidArgument");
      expect(codeOf(() => tx.insert("messages", { _mine: 1 }))).toContain(
        '"_mine" starts with an underscore',
      );
      expect(codeOf(() => tx.insert("_scheduled_jobs", {}))).toContain("SystemTableError");
      expect(codeOf(() => tx.insert("_scheduled_functions", {}))).toContain("ReadOnlyTable");
      expect(codeOf(() => tx.patch(id, { _id: "x" }))).toContain("InvalidIdError");
      expect(codeOf(() => tx.replace(id, { _creationTime: 1 }))).toContain("InvalidCreationTimeError");
      tx.remove(id);
      expect(codeOf(() => tx.patch(id, {}))).toContain(`Update on nonexistent document ID ${id}`);
      expect(codeOf(() => tx.replace(id, {}))).toContain(`Replace on nonexistent document ID ${id}`);
      expect(codeOf(() => tx.remove(id))).toContain(`Delete on nonexistent document ID ${id}`);
      expect(codeOf(() => tx.remove("?"))).toContain("Unable to decode ID");
      expect(tx.outcome().writes).toEqual([]);
    });
    within((tx) => expect(codeOf(() => tx.insert("messages", {}))).toContain("ReadOnlyTransaction"), {
      kind: "query",
    });
  });

  test("the active schema is enforced on each write", () => {
    within((tx) => {
      const message = tx.insert("messages", {});
      const id = tx.insert("strict", { name: "x", of: message });
      expect(codeOf(() => tx.insert("strict", { name: 1 }))).toBe(
        'SchemaEnforcementError: Failed to insert or update a document in table "strict" because it does not match the ' +
          "schema: Value does not match validator.\nPath: .name\nValue: 1.0\nValidator: v.string()",
      );
      expect(codeOf(() => tx.patch(id, { of: tx.insert("other", {}) }))).toContain("Found ID");
      expect(codeOf(() => tx.patch(id, { extra: 1 }))).toContain("Object contains extra field `extra`");
      expect(codeOf(() => tx.patch(id, { name: { $undefined: null } }))).toContain(
        "missing the required field `name`",
      );
      expect(getDocument(tx, id)?.["name"]).toBe("x");
    });
  });
});

describe("ids", () => {
  test("get tells unknown ids from wrong ones", () => {
    within((tx) => {
      const id = tx.insert("messages", {});
      const internal = new Uint8Array(16);
      expect(tx.get(encodeId(10_900, internal), { isSystem: false })).toBeNull();
      expect(tx.get(encodeId(10_001, internal), { isSystem: false })).toBeNull();
      expect(codeOf(() => tx.get("abc", { isSystem: false }))).toContain(
        "Invalid argument `id` for `db.get`",
      );
      expect(codeOf(() => tx.get(id, { isSystem: false, table: "other" }))).toContain(
        'expected to be an Id<"other">, got Id<"messages"> instead.',
      );
      expect(codeOf(() => tx.get(id, { isSystem: true }))).toBe(
        "SystemTableError: User tables cannot be accessed with db.system.",
      );
    });
  });

  test("user code sees scheduled jobs as _scheduled_functions, and no other system table", async () => {
    const jobId = await engine.mutate((tx) =>
      tx.insert(
        "_scheduled_jobs",
        { name: "a.js:b", args: [1], scheduledTime: 5, state: { kind: "pending" }, secret: "hidden" },
        "system",
      ),
    );
    within((tx) => {
      const id = tx.virtualId(jobId);
      expect(id).not.toBe(jobId);
      expect(tx.physicalId("_scheduled_functions", id)).toBe(jobId);
      expect(tx.physicalId("_scheduled_functions", jobId)).toBeNull();
      const shown = JSON.parse(tx.get(id, { isSystem: true })!) as unknown;
      expect(shown).toEqual({
        _id: id,
        _creationTime: expect.any(Number) as number,
        name: "a.js:b",
        args: [1],
        scheduledTime: 5,
        state: { kind: "pending" },
      });
      expect(codeOf(() => tx.get(id, { isSystem: false }))).toContain(
        "System tables can only be accessed with db.system.",
      );
      expect(tx.get(jobId, { isSystem: true })).toBeNull();
      expect(tx.normalizeId("_scheduled_jobs", jobId)).toBeNull();
      expect(tx.normalizeId("_scheduled_functions", id)).toBe(id);
      expect(tx.tableOfId(id)).toBe("_scheduled_functions");
      expect(collect(tx, fullScan("_scheduled_functions"))).toEqual([shown]);
      expect(collect(tx, indexScan("_scheduled_functions.by_id", [["Eq", "_id", id]]))).toEqual([shown]);
      expect(collect(tx, fullScan("_scheduled_jobs"))).toEqual([]);
      expect(codeOf(() => tx.patch(id, {}))).toContain("ReadOnlyTable");
      expect(codeOf(() => tx.patch(jobId, {}))).toContain("nonexistent");
      expect(JSON.parse(tx.patch(jobId, { state: { kind: "canceled" } }, null, "system"))).toMatchObject({
        secret: "hidden",
      });
    });
  });
});

describe("queries", () => {
  test("ranges, orders, limits and filters see the transaction's own writes", async () => {
    const stored = await engine.mutate((tx) =>
      [3, 1, 2].map((n) => tx.insert("messages", { channel: "q", author: { name: "ann" }, n })),
    );
    within((tx) => {
      tx.insert("messages", { channel: "q", author: { name: "ann" }, n: 2.5 });
      tx.patch(stored[0]!, { n: 9 });
      tx.remove(stored[1]!);
      const ns = (query: Parameters<typeof collect>[1]): unknown[] =>
        collect(tx, query).map((found) => found["n"]);
      const byAuthor = indexScan("messages.by_author_and_n", [["Eq", "author.name", "ann"]]);
      expect(ns(byAuthor)).toEqual([2, 2.5, 9]);
      expect(
        ns({ ...byAuthor, source: { ...byAuthor.source, order: "desc" } as typeof byAuthor.source }),
      ).toEqual([9, 2.5, 2]);
      const above = indexScan("messages.by_author_and_n", [
        ["Eq", "author.name", "ann"],
        ["Gt", "n", 2],
        ["Lte", "n", 9],
      ]);
      expect(ns(above)).toEqual([2.5, 9]);
      expect(ns(limited(above, 1))).toEqual([2.5]);
      expect(ns(filtered(byAuthor, { $neq: [{ $field: "n" }, { $literal: 2.5 }] }))).toEqual([2, 9]);
      expect(ns(limited(filtered(byAuthor, { $gt: [{ $field: "n" }, { $literal: 2 }] }), 1))).toEqual([2.5]);
      expect(ns(indexScan("messages.by_channel", [["Eq", "channel", { $undefined: null }]]))).toEqual([]);
      expect(ns(indexScan("messages.by_id", [["Eq", "_id", stored[2]!]]))).toEqual([2]);
      expect(ns(indexScan("messages.by_creation_time", [["Lt", "_creationTime", 0]]))).toEqual([]);
    });
  });

  test("a range may end in bounds on the creation time and the id", async () => {
    const ids = await engine.mutate((tx) =>
      [1, 2, 3].map((n) => tx.insert("messages", { channel: "tail", n })),
    );
    within((tx) => {
      const all = collect(tx, indexScan("messages.by_channel", [["Eq", "channel", "tail"]]));
      expect(all.map(({ _id }) => _id)).toEqual(ids);
      const second = all[1]!;
      const tail = (type: "Eq" | "Gt" | "Gte" | "Lt" | "Lte", id: JSONValue): unknown[] =>
        collect(
          tx,
          indexScan("messages.by_channel", [
            ["Eq", "channel", "tail"],
            ["Eq", "_creationTime", second["_creationTime"]!],
            [type, "_id", id],
          ]),
        ).map(({ n }) => n);
      const id = second["_id"]!;
      expect([tail("Eq", id), tail("Gte", id), tail("Lte", id)]).toEqual([[2], [2], [2]]);
      expect([tail("Gt", id), tail("Lt", id), tail("Eq", ids[0]!)]).toEqual([[], [], []]);
      expect([tail("Gt", null), tail("Lt", null), tail("Lt", [])]).toEqual([[2], [], [2]]);
    });
  });

  test("a document that a transaction writes while it reads is met where it is now", () => {
    within((tx) => {
      for (const n of [1, 2, 3]) tx.insert("messages", { channel: "moving", n });
      const queryId = tx.openQuery(indexScan("messages.by_channel", [["Eq", "channel", "moving"]]));
      expect(JSON.parse(tx.next(queryId)!)).toMatchObject({ n: 1 });
      const [, second, third] = collect(tx, indexScan("messages.by_channel", [["Eq", "channel", "moving"]]));
      tx.remove(second!["_id"] as string);
      tx.patch(third!["_id"] as string, { n: 33 });
      tx.insert("messages", { channel: "moving", n: 4 });
      expect(
        [tx.next(queryId), tx.next(queryId), tx.next(queryId)].map(
          (text) => text && (JSON.parse(text) as { n: number }).n,
        ),
      ).toEqual([33, 4, null]);
      expect(tx.closeQuery(queryId)).toBe(false);
      expect(codeOf(() => tx.next(queryId))).toContain("in-progress query not found");
    });
  });

  test.each<[string, ReturnType<typeof indexScan>, string]>([
    ["unknown index", indexScan("messages.by_nothing"), "Index messages.by_nothing not found."],
    ["staged index", indexScan("messages.by_staged"), "is currently staged and not available"],
    [
      "skipped field",
      indexScan("messages.by_author_and_n", [["Eq", "n", 1]]),
      "didn't use the index fields in order",
    ],
    [
      "field after a bound",
      indexScan("messages.by_author_and_n", [
        ["Gt", "author.name", "a"],
        ["Eq", "n", 1],
      ]),
      "didn't use the index fields in order",
    ],
    [
      "two bounds",
      indexScan("messages.by_channel", [
        ["Gt", "channel", 1],
        ["Gte", "channel", 2],
      ]),
      "Multiple bounds",
    ],
    ["bad limit", limited(fullScan("messages"), -1), "non-negative integer"],
    ["bad filter", filtered(fullScan("messages"), { $huh: [] }), "Invalid filter expression"],
  ])("%s is refused", (_what, query, message) => {
    within((tx) => expect(codeOf(() => tx.openQuery(query))).toContain(message));
  });

  test("too many operators are refused", () => {
    const operators = Array.from({ length: 257 }, () => ({ limit: 1 }));
    within((tx) =>
      expect(codeOf(() => tx.openQuery({ ...fullScan("messages"), operators }))).toContain(
        "too many operators: 257",
      ),
    );
  });

  test("a query on a table that does not exist yields nothing, and depends on its creation", async () => {
    const { tx, snapshot } = engine.begin();
    expect(collect(tx, fullScan("yet_to_come"))).toEqual([]);
    expect(tx.count("yet_to_come")).toBe(0);
    const { readSet } = tx.outcome();
    snapshot.close();
    const since = engine.committer.visibleTs;
    await engine.committer.createTable("", "unrelated");
    expect(engine.committer.changedSince(readSet, since, engine.committer.visibleTs)).toBe(false);
    await engine.committer.createTable("", "yet_to_come");
    expect(engine.committer.changedSince(readSet, since, engine.committer.visibleTs)).toBe(true);
  });

  test("only what was walked is read: a limited query depends on no more than it returned", async () => {
    await engine.mutate((tx) => {
      for (let n = 0; n < 5; n++) tx.insert("messages", { channel: "walk", n });
    });
    const first = within((tx) => {
      collect(tx, limited(indexScan("messages.by_channel", [["Eq", "channel", "walk"]]), 2));
      return tx.outcome();
    });
    const all = within((tx) => {
      collect(tx, indexScan("messages.by_channel", [["Eq", "channel", "walk"]]));
      return tx.outcome();
    });
    expect(first.usage.documentsRead).toBe(2);
    const since = engine.committer.visibleTs;
    await engine.mutate((tx) => tx.insert("messages", { channel: "walk", n: 5 }));
    const upTo = engine.committer.visibleTs;
    expect(engine.committer.changedSince(first.readSet, since, upTo)).toBe(false);
    expect(engine.committer.changedSince(all.readSet, since, upTo)).toBe(true);
  });
});

describe("savepoints", () => {
  test("rolling back undoes writes alone, in all indexes and counts", async () => {
    const id = await engine.mutate((tx) => tx.insert("other", { n: 1 }));
    within((tx) => {
      const before = tx.count("other");
      tx.patch(id, { n: 2 });
      const outer = tx.savepoint();
      tx.insert("other", { n: 3 });
      const inner = tx.savepoint();
      tx.remove(id);
      tx.countScheduled(10);
      expect(tx.count("other")).toBe(before);
      tx.rollbackTo(inner);
      tx.release(inner);
      expect(getDocument(tx, id)).toMatchObject({ n: 2 });
      expect(tx.usage()).toMatchObject({ documentsWritten: 2, functionsScheduled: 0 });
      expect(tx.count("other")).toBe(before + 1);
      tx.rollbackTo(outer);
      expect(tx.count("other")).toBe(before);
      expect(collect(tx, fullScan("other")).map((found) => found["n"])).toEqual([2]);
      expect(tx.outcome().writes.map((write) => write.id)).toEqual([id]);
    });
  });
});

describe("limits", () => {
  const text = "x".repeat(1000);

  test.each<[string, Parameters<Engine["begin"]>[0], (tx: Transaction) => unknown, string]>([
    [
      "documents read",
      { limits: { documentsRead: 2 } },
      (tx) => collect(tx, filtered(fullScan("messages"), { $literal: false })),
      "Too many documents read in a single function execution (limit: 2).",
    ],
    [
      "bytes read",
      { limits: { bytesRead: 100 } },
      (tx) => collect(tx, fullScan("messages")),
      "Too many bytes read in a single function execution (limit: 100 bytes).",
    ],
    [
      "reads",
      { limits: { databaseQueries: 3 } },
      (tx) => [1, 2, 3, 4].map(() => tx.openQuery(fullScan("messages"))),
      "Too many reads in a single function execution (limit: 3).",
    ],
    [
      "documents written",
      { limits: { documentsWritten: 2 } },
      (tx) => [1, 2, 3].map((n) => tx.insert("other", { n })),
      "Too many writes in a single function execution (limit: 2)",
    ],
    [
      "bytes written",
      { limits: { bytesWritten: 1024 * 1024 } },
      (tx) => Array.from({ length: 1100 }, () => tx.insert("other", { text })),
      "Too many bytes written in a single function execution (limit: 1 MiB)",
    ],
    [
      "scheduled functions",
      { limits: { functionsScheduled: 1 } },
      (tx) => [1, 2].map(() => tx.countScheduled(1)),
      "Too many functions scheduled by this mutation (limit: 1)",
    ],
  ])("%s", (_what, options, body, message) => {
    within((tx) => expect(codeOf(() => body(tx))).toContain(message), options);
  });

  test("metrics tell what is used and left", () => {
    within(
      (tx) => {
        const id = tx.insert("other", { s: "ab", i: { $integer: "AAAAAAAAAAA=" }, n: 1.5, z: null });
        // _id: 4 + 2 + 32, _creationTime: 14 + 9, s: 2 + 4, i: 2 + 9, n: 2 + 9, z: 2 + 1, object: 2
        const size = 38 + 23 + 6 + 11 + 11 + 3 + 2;
        getDocument(tx, id);
        expect(tx.metrics()).toEqual({
          bytesRead: { used: size, remaining: 1000 - size },
          bytesWritten: { used: size, remaining: 16 * 1024 * 1024 - size },
          databaseQueries: { used: 1, remaining: 4095 },
          documentsRead: { used: 1, remaining: 31_999 },
          documentsWritten: { used: 1, remaining: 15_999 },
          functionsScheduled: { used: 0, remaining: 1000 },
          scheduledFunctionArgsBytes: { used: 0, remaining: 16 * 1024 * 1024 },
        });
      },
      { limits: { bytesRead: 1000 } },
    );
  });
});
