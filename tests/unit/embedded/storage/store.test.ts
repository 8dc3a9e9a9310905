import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DataDirLockedError, MAX_INDEX_KEY, Store } from "@/embedded/storage/store";
import { documentSize, documentText, storeDocument } from "@/embedded/storage/stored-document";

const root = fileURLToPath(new URL("../../../..", import.meta.url)).replace(/\/$/, "");
let dir: string;
let store: Store;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "praxtalk-store-"));
  store = await Store.open(dir);
});

afterEach(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

test.skipIf(process.platform === "win32")("a new store's folder is for its owner alone", async () => {
  const made = join(dir, "made", "db");
  await (await Store.open(made)).close();
  expect(statSync(made).mode & 0o777).toBe(0o700);
});

test("a snapshot shows one state, whatever is written after", async () => {
  await store.write((batch) => {
    batch.putDocument(1, "a", "one");
    batch.setPosition(10n, 1);
  });
  const before = store.snapshot();
  await store.write((batch) => {
    batch.putDocument(1, "a", "two");
    batch.putDocument(1, "b", "new");
    batch.setPosition(11n, 2);
  });
  const after = store.snapshot();
  expect([before.ts, before.catalogVersion, before.get(1, "a"), before.get(1, "b")]).toEqual([
    10n,
    1,
    "one",
    undefined,
  ]);
  expect([...before.keys(1, "", null, false)]).toEqual(["a"]);
  expect([after.ts, after.catalogVersion, after.get(1, "a"), after.get(1, "b")]).toEqual([
    11n,
    2,
    "two",
    "new",
  ]);
  before.close();
  after.close();
});

test("a snapshot that lacks an acknowledged commit is renewed, or refused", async () => {
  // lmdb resets its read transaction by a timer: without one it goes on with an old transaction that it finds open.
  const timer = vi.spyOn(globalThis, "setTimeout").mockReturnValue(undefined as never);
  store.snapshot().close();
  timer.mockRestore();
  await store.write((batch) => batch.setPosition(5n, 1));
  const snapshot = store.snapshot(5n);
  expect(snapshot.ts).toBe(5n);
  snapshot.close();
  expect(() => store.snapshot(6n)).toThrow("The database shows commit 5, but 6 has been acknowledged.");
});

test("ranges are closed-open in both directions and stay inside their index", async () => {
  await store.write((batch) => {
    for (const key of ["", "a", "b", "b\0", "c", "\xff\xff"]) batch.putKey(7, key);
    batch.putKey(6, "b");
    batch.putKey(8, "b");
  });
  const snapshot = store.snapshot();
  const forward = (lo: string, hi: string | null): string[] => [...snapshot.keys(7, lo, hi, false)];
  const backward = (lo: string, hi: string | null): string[] => [...snapshot.keys(7, lo, hi, true)];
  expect(forward("", null)).toEqual(["", "a", "b", "b\0", "c", "\xff\xff"]);
  expect(backward("", null)).toEqual(forward("", null).reverse());
  expect(forward("a", "c")).toEqual(["a", "b", "b\0"]);
  expect(backward("a", "c")).toEqual(["b\0", "b", "a"]);
  expect(forward("b\0", "c")).toEqual(["b\0"]);
  expect(backward("aa", "bb")).toEqual(["b\0", "b"]);
  expect(forward("d", "e")).toEqual([]);
  expect(backward("d", "e")).toEqual([]);
  snapshot.close();
});

test("closing a snapshot ends the ranges that were not walked to their end", async () => {
  await store.write((batch) => {
    for (const key of ["a", "b", "c"]) batch.putKey(7, key);
  });
  const write = (): Promise<void> => store.write((batch) => batch.putDocument(1, "big", "x".repeat(500_000)));
  const sizeOf = (): number => statSync(join(dir, "data.mdb")).size;
  const readPart = (): void => {
    const snapshot = store.snapshot();
    const keys = snapshot.keys(7, "", null, false);
    expect(keys.next()).toEqual({ value: "a", done: false });
    snapshot.close();
    expect(keys.next()).toEqual({ value: undefined, done: true });
  };
  for (let i = 0; i < 5; i++) {
    readPart();
    await write();
  }
  const settled = sizeOf();
  for (let i = 0; i < 20; i++) {
    readPart();
    await write();
  }
  expect(sizeOf()).toBe(settled);
});

test("keys up to the limit and long texts are stored as they are", async () => {
  const key = "k".repeat(MAX_INDEX_KEY);
  const document = "é🙂".repeat(200_000);
  await store.write((batch) => batch.putDocument(3, key, document));
  const snapshot = store.snapshot();
  expect([...snapshot.keys(3, "", null, false)]).toEqual([key]);
  expect(snapshot.get(3, key)).toBe(document);
  snapshot.close();
});

test("what was written is there after the store was closed and opened again", async () => {
  await store.write((batch) => {
    batch.putDocument(1, "a", "kept");
    batch.setCount(1, 5);
    batch.setPosition(99n, 3);
  });
  await store.close();
  store = await Store.open(dir);
  const snapshot = store.snapshot();
  expect([snapshot.ts, snapshot.get(1, "a"), snapshot.count(1), snapshot.count(2)]).toEqual([
    99n,
    "kept",
    5,
    0,
  ]);
  snapshot.close();
});

test("a batch that fails half-way writes nothing", async () => {
  const failing = store.write((batch) => {
    batch.putKey(1, "fits");
    batch.putKey(1, "k".repeat(MAX_INDEX_KEY + 1));
  });
  await expect(failing).rejects.toThrow("too long to store");
  await store.write((batch) => batch.putKey(1, "next"));
  const snapshot = store.snapshot();
  expect([...snapshot.keys(1, "", null, false)]).toEqual(["next"]);
  snapshot.close();
});

test("a second opener is refused while the first lives, and welcome after", async () => {
  await expect(Store.open(dir)).rejects.toThrow(DataDirLockedError);
  await expect(Store.open(dir)).rejects.toThrow(dir);
  await store.close();
  store = await Store.open(dir);
});

test("a directory with a name too long for a socket is held as well", async () => {
  const long = join(dir, "d".repeat(120));
  const holder = await Store.open(long);
  await expect(Store.open(long)).rejects.toThrow(DataDirLockedError);
  await holder.close();
  await (await Store.open(long)).close();
});

test("another thread reads what this one wrote, and its end frees what it held", async () => {
  const path = join(dir, "reader.mjs");
  await build({
    stdin: {
      contents: `
        import { parentPort, workerData } from "node:worker_threads";
        import { Store } from "@/embedded/storage/store";
        const snapshot = Store.openReadOnly(workerData).snapshot();
        parentPort.postMessage([snapshot.ts, snapshot.get(1, "a"), [...snapshot.keys(1, "", null, true)]]);
        for (;;);`,
      resolveDir: root,
    },
    outfile: path,
    bundle: true,
    packages: "external",
    alias: { "@": root },
    platform: "node",
    format: "esm",
  });
  symlinkSync(join(root, "node_modules"), join(dir, "node_modules"));
  for (let round = 1; round <= 3; round++) {
    await store.write((batch) => {
      batch.putDocument(1, "a", `round ${round}`);
      batch.setPosition(BigInt(round), 1);
    });
    const worker = new Worker(path, { workerData: dir });
    const [message] = (await once(worker, "message")) as unknown[];
    expect(message).toEqual([BigInt(round), `round ${round}`, ["a"]]);
    // In the middle of its snapshot, as a function that takes too long is ended.
    await worker.terminate();
  }
  const sizeOf = (): number => statSync(join(dir, "data.mdb")).size;
  const write = (): Promise<void> => store.write((batch) => batch.putDocument(1, "big", "x".repeat(500_000)));
  for (let i = 0; i < 5; i++) await write();
  const settled = sizeOf();
  for (let i = 0; i < 20; i++) await write();
  expect(sizeOf()).toBe(settled);
});

test.each([0, 1, 127, 128, 1_048_576, 2 ** 28 - 1])("a size of %i is stored with the document", (size) => {
  const stored = storeDocument('{"a":1}', size);
  expect(documentSize(stored)).toBe(size);
  expect(documentText(stored)).toBe('{"a":1}');
});
