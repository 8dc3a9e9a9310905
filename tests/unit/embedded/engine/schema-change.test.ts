import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseSchema } from "@/embedded/engine/committer";
import { DatabaseError } from "@/embedded/engine/transaction";
import type { JSONValue } from "@/embedded/storage/types";
import { collect, Engine, fullScan, getDocument, indexScan, schemaOf, type TableDefinitions } from "./engine";

const withN = (type: string): JSONValue => ({
  type: "object",
  value: { n: { fieldType: { type }, optional: false } },
});

let engine: Engine;

beforeEach(async () => {
  engine = await Engine.create();
});

afterEach(() => engine.destroy());

function prepare(
  tables: TableDefinitions,
  schemaValidation = true,
): ReturnType<Engine["committer"]["prepareSchema"]> {
  return engine.committer.prepareSchema("", parseSchema(schemaOf(tables, schemaValidation)));
}

/** Documents of an index in its order, and those of the table, to be compared. */
function indexAndTable(index: string): [number[], number[]] {
  return engine.query((tx) => {
    const numbers = (query: ReturnType<typeof fullScan>): number[] =>
      collect(tx, query).map(({ n }) => n as number);
    return [numbers(indexScan(index)), numbers(fullScan(index.split(".")[0]!))];
  });
}

describe("a new index", () => {
  test("has every document, those written while it was built included", async () => {
    await engine.push({ t: {} });
    const ids = await engine.mutate((tx) =>
      Array.from({ length: 3_000 }, (_, n) => tx.insert("t", { n: 3_000 - n })),
    );
    const diff = await prepare({ t: { indexes: { by_n: ["n"] } } });
    expect(diff).toEqual({
      added: [{ table: "t", name: "by_n", fields: ["n"], staged: false }],
      removed: [],
      enabled: [],
      disabled: [],
    });
    expect(engine.committer.schemaStatus("")).toMatchObject({
      type: "inProgress",
      indexesComplete: 0,
      indexesTotal: 1,
    });
    // What is being built is no index yet for who asks which there are.
    const built = () => engine.committer.evaluateSchema("", null).removed.map(({ name }) => name);
    expect(built()).toEqual([]);
    let writes = 0;
    for (; engine.committer.schemaStatus("").type === "inProgress"; writes++) {
      await engine.mutate((tx) => {
        tx.patch(ids[(writes * 7) % 1_000]!, { n: 10_000 + writes });
        tx.remove(ids[1_000 + writes]!);
        tx.insert("t", { n: 20_000 + writes });
      });
    }
    expect(writes).toBeGreaterThan(1);
    expect(() => engine.query((tx) => collect(tx, indexScan("t.by_n")))).toThrow("currently backfilling");
    expect(await engine.committer.activateSchema("")).toMatchObject({ ok: true });
    expect(built()).toEqual(["by_n"]);
    const [byIndex, byTable] = indexAndTable("t.by_n");
    expect(byIndex).toEqual(byTable.sort((a, b) => a - b));
    expect(byIndex).toHaveLength(3_000);
  });

  test("under the name of an old one leaves the old one in service until it is active", async () => {
    await engine.push({ t: { indexes: { by: ["n"] } } });
    await engine.mutate((tx) => [3, 1, 2].forEach((n) => tx.insert("t", { n, m: -n })));
    expect(await prepare({ t: { indexes: { by: ["m"] } } })).toMatchObject({
      added: [{ fields: ["m"] }],
      removed: [{ fields: ["n"] }],
    });
    await engine.committer.waitForSchema("", 5_000);
    expect(indexAndTable("t.by")[0]).toEqual([1, 2, 3]);
    await engine.committer.activateSchema("");
    expect(indexAndTable("t.by")[0]).toEqual([3, 2, 1]);
  });

  test("that is staged is built, not served, and served without a rebuild later", async () => {
    await engine.insertInto("t", [2, 1]);
    await engine.push({ t: { staged: { by_n: ["n"] } } });
    expect(() => engine.query((tx) => collect(tx, indexScan("t.by_n")))).toThrow("currently staged");
    await engine.mutate((tx) => tx.insert("t", { n: 1.5 }));
    expect(await prepare({ t: { indexes: { by_n: ["n"] } } })).toMatchObject({
      added: [],
      enabled: [{ name: "by_n" }],
    });
    await engine.committer.waitForSchema("", 5_000);
    await engine.committer.activateSchema("");
    expect(indexAndTable("t.by_n")[0]).toEqual([1, 1.5, 2]);
    expect(await prepare({ t: { staged: { by_n: ["n"] } } })).toMatchObject({ disabled: [{ name: "by_n" }] });
  });

  test("is gone when it is no longer declared, and its entries with it", async () => {
    await engine.push({ t: { indexes: { by_n: ["n"] } } });
    await engine.insertInto("t", [1, 2, 3]);
    const index = engine.committer.catalog
      .table("", "t")!
      .indexes.find(({ name }) => name === "by_n")!.number;
    await engine.committer.prepareSchema("", null);
    await engine.committer.waitForSchema("", 5_000);
    await engine.committer.activateSchema("");
    expect(() => engine.query((tx) => collect(tx, indexScan("t.by_n")))).toThrow("Index t.by_n not found.");
    while (engine.committer.catalog.row.dropped.length > 0) await engine.committer.drain();
    const snapshot = engine.store.snapshot();
    expect([...snapshot.keys(index, "", null, false)]).toEqual([]);
    snapshot.close();
    expect(engine.committer.catalog.schema("")).toBeNull();
  });
});

describe("validation", () => {
  test("names the first stored document that does not match, and changes nothing", async () => {
    const [, bad] = await engine.insertInto("t", [1, "two"]);
    await prepare({ t: { type: withN("number"), indexes: { by_n: ["n"] } } });
    const status = await engine.committer.waitForSchema("", 5_000);
    expect(status).toMatchObject({ type: "failed", tableName: "t" });
    expect(status).toHaveProperty(
      "error",
      `Document with ID "${bad}" in table "t" does not match the schema: Value does not match validator.\n` +
        'Path: .n\nValue: "two"\nValidator: v.float64()',
    );
    await expect(engine.committer.activateSchema("")).rejects.toThrow(`Document with ID "${bad}"`);
    expect(engine.committer.catalog.schema("")).toBeNull();
    await engine.mutate((tx) => tx.insert("t", { n: "still allowed" }));
    await engine.committer.abandonSchema("");
    expect(engine.committer.schemaStatus("")).toEqual({ type: "none" });
    expect(engine.committer.catalog.table("", "t")!.indexes.map(({ name }) => name)).toEqual([
      "by_creation_time",
    ]);
  });

  test("a write that breaks the pending schema goes through and fails the change", async () => {
    await engine.push({ t: { type: withN("string") } });
    await prepare({ t: { type: withN("number") } });
    expect(await engine.committer.waitForSchema("", 5_000)).toEqual({ type: "complete" });
    const id = await engine.mutate((tx) => tx.insert("t", { n: "fits the old one" }));
    expect(engine.query((tx) => getDocument(tx, id))).toMatchObject({ n: "fits the old one" });
    expect(engine.committer.schemaStatus("")).toMatchObject({
      type: "failed",
      error: expect.stringContaining('New document in table "t" does not match the schema:') as string,
    });
    await expect(engine.committer.activateSchema("")).rejects.toThrow(DatabaseError);
  });

  test("a run that began under the old schema is refused and has to run again", async () => {
    await engine.push({ t: { type: withN("string") } });
    const { tx, snapshot } = engine.begin();
    tx.insert("t", { n: "old" });
    await engine.push({ t: { type: withN("number") } });
    expect(await engine.committer.commit(tx.outcome())).toMatchObject({
      ok: false,
      conflict: { table: "t" },
    });
    snapshot.close();
    await expect(engine.mutate((next) => next.insert("t", { n: "old" }))).rejects.toThrow(
      "does not match the schema",
    );
  });

  test("is off with schemaValidation: false, and off for tables that the schema does not have", async () => {
    await engine.insertInto("t", ["text"]);
    await engine.push({ t: { type: withN("number") } }, false);
    await engine.mutate((tx) => tx.insert("t", { n: "more text" }));
    await engine.push({ other: { type: withN("number") } });
    await engine.mutate((tx) => tx.insert("t", { n: "more text" }));
  });
});

describe("activation", () => {
  test("commits what goes with it in the same transaction, or conflicts with it as a whole", async () => {
    await prepare({ t: { indexes: { by_n: ["n"] } } });
    await engine.committer.waitForSchema("", 5_000);
    const count = (): { version: number } =>
      engine.committer.read((tx) => ({ version: tx.count("_code_versions") }));
    const stale = engine.committer.prepare((tx) =>
      tx.insert("_code_versions", { version: tx.count("_code_versions") }),
    );
    await engine.committer.execute((tx) => tx.insert("_code_versions", { version: "other push" }));
    expect(await engine.committer.activateSchema("", stale.outcome)).toMatchObject({ ok: false });
    expect(engine.committer.catalog.schema("")).toBeNull();
    expect(count()).toEqual({ version: 1 });
    const fresh = engine.committer.prepare((tx) =>
      tx.insert("_code_versions", { version: tx.count("_code_versions") }),
    );
    const commits: bigint[] = [];
    engine.committer.onCommit(({ ts }) => commits.push(ts));
    const result = await engine.committer.activateSchema("", fresh.outcome);
    expect(commits).toEqual([result.ok ? result.ts : 0n]);
    expect(count()).toEqual({ version: 2 });
    expect(engine.committer.catalog.schema("")?.tables[0]?.tableName).toBe("t");
  });

  test("needs a complete pending schema", async () => {
    await expect(engine.committer.activateSchema("")).rejects.toThrow("its state is none");
  });

  test("a later pending schema takes the place of an earlier one", async () => {
    await engine.insertInto("t", [1, 2]);
    await prepare({ t: { indexes: { by_n: ["n"] } } });
    await prepare({ t: { indexes: { by_m: ["m"] } } });
    expect(await engine.committer.waitForSchema("", 5_000)).toEqual({ type: "complete" });
    await engine.committer.activateSchema("");
    expect(engine.committer.catalog.table("", "t")!.indexes.map(({ name }) => name)).toEqual([
      "by_creation_time",
      "by_m",
    ]);
  });

  test("survives a restart, and a schema that was pending does not", async () => {
    await engine.push({ t: { type: withN("number"), indexes: { by_n: ["n"] } } });
    await engine.mutate((tx) => [2, 1].forEach((n) => tx.insert("t", { n })));
    await prepare({ t: { type: withN("number"), indexes: { by_m: ["m"], by_n: ["n"] } } }, false);
    await engine.close();
    await engine.open();
    expect(indexAndTable("t.by_n")[0]).toEqual([1, 2]);
    expect(engine.committer.catalog.table("", "t")!.indexes.map(({ name }) => name)).toEqual([
      "by_creation_time",
      "by_n",
    ]);
    await expect(engine.mutate((tx) => tx.insert("t", { n: "x" }))).rejects.toThrow(
      "does not match the schema",
    );
    expect(engine.query((tx) => tx.count("t"))).toBe(2);
  });
});

describe("tables", () => {
  test("get the lowest free number, and a deleted one's ids stay nobody's", async () => {
    await engine.committer.createTable("", "a");
    await engine.committer.createTable("", "b");
    const id = await engine.mutate((tx) => tx.insert("a", { n: 1 }));
    expect(engine.committer.catalog.table("", "a")?.number).toBe(10_001);
    expect(engine.committer.catalog.table("", "b")?.number).toBe(10_002);
    const reader = engine.begin();
    collect(reader.tx, fullScan("a"));
    const { readSet } = reader.tx.outcome();
    reader.snapshot.close();
    const since = engine.committer.visibleTs;
    await engine.committer.deleteTables("", ["a", "unknown"]);
    expect(engine.committer.changedSince(readSet, since, engine.committer.visibleTs)).toBe(true);
    expect(engine.query((tx) => [getDocument(tx, id), collect(tx, fullScan("a"))])).toEqual([null, []]);
    while (engine.committer.catalog.row.dropped.length > 0) await engine.committer.drain();
    await engine.committer.createTable("", "c");
    expect(engine.committer.catalog.table("", "c")?.number).toBe(10_001);
    expect(engine.query((tx) => collect(tx, fullScan("c")))).toEqual([]);
  });

  test("of the schema cannot be deleted", async () => {
    await engine.push({ t: {} });
    await expect(engine.committer.deleteTables("", ["t"])).rejects.toThrow(
      'Failed to delete table "t" because it appears in the schema',
    );
  });

  test.each(["", "_mine", "1a", "a-b", "a".repeat(65)])("cannot be named %j", async (name) => {
    await expect(engine.committer.createTable("", name)).rejects.toThrow(DatabaseError);
  });
});

describe("schemas that are refused", () => {
  const table = (definition: JSONValue): JSONValue => ({
    tables: [{ tableName: "t", indexes: [], documentType: { type: "any" }, ...(definition as object) }],
  });
  const index = (indexDescriptor: string, ...fields: string[]): JSONValue => ({ indexDescriptor, fields });

  test.each<[string, JSONValue, string]>([
    ["no schema", 5, "no exported schema"],
    ["bad table name", table({ tableName: "_t" }), "Invalid table name"],
    ["table twice", { tables: [{ tableName: "t" }, { tableName: "t" }] }, 'table "t" is defined twice'],
    ["no object", table({ documentType: { type: "string" } }), "Top-level type in schema"],
    ["unknown validator", table({ documentType: { type: "huh" } }), "Not a validator"],
    [
      "optional record value",
      table({
        documentType: {
          type: "object",
          value: {
            r: {
              fieldType: {
                type: "record",
                keys: { type: "string" },
                values: { fieldType: { type: "any" }, optional: true },
              },
            },
          },
        },
      }),
      "cannot be optional",
    ],
    ["reserved index name", table({ indexes: [index("by_id", "n")] }), "it is reserved"],
    [
      "two indexes of one name",
      table({ indexes: [index("a", "n"), index("a", "m")] }),
      'two indexes named "a"',
    ],
    [
      "two indexes of the same fields",
      table({ indexes: [index("a", "n"), index("b", "n")] }),
      "have the same fields",
    ],
    ["index without fields", table({ indexes: [index("a")] }), "it has no fields"],
    ["index on _creationTime", table({ indexes: [index("a", "_creationTime")] }), "_creationTime is added"],
    ["index on _id", table({ indexes: [index("a", "_id")] }), "_id cannot be a field"],
    ["a field twice", table({ indexes: [index("a", "n", "n")] }), "the field n twice"],
    ["17 fields", table({ indexes: [index("a", ..."abcdefghijklmnopq")] }), "more than 16 fields"],
    [
      "65 indexes",
      table({ indexes: Array.from({ length: 65 }, (_, i) => index(`i${i}`, `f${i}`)) }),
      "more than 64 indexes",
    ],
    [
      "index on an unknown field",
      table({ documentType: withN("number"), indexes: [index("a", "m")] }),
      "references the field m that does not exist",
    ],
  ])("%s", (_what, json, message) => {
    expect(() => parseSchema(json)).toThrow(DatabaseError);
    expect(() => parseSchema(json)).toThrow(message);
  });
});
