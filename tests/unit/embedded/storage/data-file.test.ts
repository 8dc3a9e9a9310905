import { copyFileSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkDataFile, DamagedDatabaseError } from "@/embedded/storage/data-file";
import { FIRST_INDEX, Store } from "@/embedded/storage/store";

const ROWS = 3_000;
const PAGE = 4_096;

let dir: string;
let file: string;
let size: number;

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), "praxtalk-data-file-"));
  file = path.join(dir, "whole", "data.mdb");
  const store = await Store.open(path.join(dir, "whole"));
  // Several levels of pages, and values with pages of their own.
  for (let from = 0; from < ROWS; from += 500) {
    await store.write((batch) => {
      for (let n = from; n < from + 500; n++) {
        batch.putDocument(FIRST_INDEX, `key ${n}`, "x".repeat(n % 500 === 7 ? 50_000 : 100));
      }
      batch.setPosition(BigInt(from + 1), 1);
    });
  }
  await store.close();
  ({ size } = statSync(file));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A copy of the file of this length. */
function cutTo(bytes: number): string {
  const copy = path.join(dir, "cut.mdb");
  copyFileSync(file, copy);
  truncateSync(copy, bytes);
  return copy;
}

test("a whole file, an empty one and a missing one are fine", () => {
  expect(size).toBeGreaterThan(100 * PAGE);
  checkDataFile(file);
  checkDataFile(cutTo(0));
  checkDataFile(path.join(dir, "nowhere"));
});

test("a file that lost pages with data is refused with one sentence, wherever it ends", () => {
  for (const share of [0.9, 0.5, 0.1]) {
    const copy = cutTo(Math.floor((size * share) / PAGE) * PAGE);
    const text = `The database file ${copy} is shorter than its header says (${statSync(copy).size} of ${size} bytes): restore the data folder from a backup.`;
    expect(() => checkDataFile(copy)).toThrow(new DamagedDatabaseError(text));
  }
  for (const bytes of [2 * PAGE, 2 * PAGE + 1, size - size / 4 + 17]) {
    expect(() => checkDataFile(cutTo(bytes))).toThrow("is shorter than its header says");
  }
});

test("what is no database is refused", () => {
  const other = path.join(dir, "other.mdb");
  writeFileSync(other, "x".repeat(3 * PAGE));
  for (const bad of [other, cutTo(1), cutTo(PAGE), cutTo(PAGE + 1)]) {
    expect(() => checkDataFile(bad)).toThrow(`The file ${bad} is no database`);
  }
});

test("a file whose last pages were free is taken as it is, and all of it can be read", async () => {
  const folder = path.join(dir, "freed");
  const store = await Store.open(folder);
  const value = "x".repeat(40_000);
  await store.write((batch) => {
    batch.putDocument(FIRST_INDEX, "kept", "kept");
    batch.setPosition(1n, 1);
  });
  for (const present of [true, false]) {
    await store.write((batch) => {
      for (let n = 0; n < 50; n++) {
        if (present) batch.putDocument(FIRST_INDEX, `gone ${n}`, value);
        else batch.removeKey(FIRST_INDEX, `gone ${n}`);
      }
      batch.setPosition(present ? 2n : 3n, 1);
    });
  }
  // What is left moves into the pages that were freed.
  for (let n = 0; n < 6; n++) {
    await store.write((batch) => {
      batch.putDocument(FIRST_INDEX, "kept", "kept");
      batch.setPosition(BigInt(4 + n), 1);
    });
  }
  await store.close();
  const data = path.join(folder, "data.mdb");
  const whole = statSync(data).size;
  let pages = Math.floor(whole / PAGE);
  const holds = (count: number): boolean => {
    truncateSync(data, count * PAGE);
    try {
      checkDataFile(data);
      return true;
    } catch {
      return false;
    }
  };
  const copy = path.join(folder, "copy.mdb");
  copyFileSync(data, copy);
  while (holds(pages - 1)) pages--;
  expect(pages * PAGE).toBeLessThan(whole - 10 * PAGE);
  copyFileSync(copy, data);
  truncateSync(data, pages * PAGE);
  const again = await Store.open(folder);
  const snapshot = again.snapshot();
  expect([...snapshot.keys(FIRST_INDEX, "", null, false)]).toEqual(["kept"]);
  expect(snapshot.get(FIRST_INDEX, "kept")).toBe("kept");
  snapshot.close();
  await again.close();
});
