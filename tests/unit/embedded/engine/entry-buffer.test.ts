import fc from "fast-check";
import { expect, test } from "vitest";
import type { IndexInfo } from "@/embedded/engine/catalog";
import { EntryBuffer, type BufferedEntry } from "@/embedded/engine/entry-buffer";

const index = (number: number): IndexInfo => ({ number }) as IndexInfo;
const entry: fc.Arbitrary<BufferedEntry> = fc.record({
  index: fc.constantFrom(index(7), index(30)),
  key: fc.string({ unit: "binary-ascii", maxLength: 3 }),
  id: fc.nat(9).map(String),
});

function takeAll(buffer: EntryBuffer, count: number, current: (entry: BufferedEntry) => string | null) {
  const taken: { index: number; key: string }[] = [];
  while (buffer.isDraining) {
    const slice = buffer.take(count, (one) => {
      const key = current(one);
      return key === null ? null : { index: one.index.number, key };
    });
    expect(slice.length).toBeLessThanOrEqual(count);
    taken.push(...slice);
  }
  return taken;
}

test("all that was added comes out once, in the order of index and key", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(entry, { maxLength: 20 }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 30 }),
      (pages, count) => {
        const buffer = new EntryBuffer();
        for (const page of pages) buffer.add([...page]);
        buffer.drain();
        const expected = pages
          .flat()
          .map(({ index: { number }, key }) => ({ index: number, key }))
          .sort((a, b) => a.index - b.index || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
        expect(takeAll(buffer, count, () => null)).toEqual(expected);
        expect(buffer.isFull).toBe(false);
      },
    ),
  );
});

test("entries of documents that were written meanwhile are asked for again, or left out", () => {
  const buffer = new EntryBuffer();
  buffer.add(["a", "b", "c"].map((id) => ({ index: index(7), key: `old ${id}`, id })));
  buffer.noteWritten("a");
  buffer.noteWritten("b");
  buffer.drain();
  const taken = takeAll(buffer, 10, ({ id }) => (id === "a" ? "new a" : null));
  expect(taken.map(({ key }) => key)).toEqual(["new a", "old c"]);
  buffer.add([{ index: index(7), key: "next", id: "b" }]);
  buffer.drain();
  expect(takeAll(buffer, 10, () => null).map(({ key }) => key)).toEqual(["next"]);
});

test("is full by the number of entries, and by their length", () => {
  const many = new EntryBuffer();
  many.add(Array.from({ length: 64_000 }, (_, n) => ({ index: index(7), key: `${n}`, id: `${n}` })));
  expect(many.isFull).toBe(true);
  many.drain();
  expect(many.isFull).toBe(false);
  const long = new EntryBuffer();
  long.add(
    Array.from({ length: 9_000 }, (_, n) => ({ index: index(7), key: "k".repeat(1_900), id: `${n}` })),
  );
  expect(long.isFull).toBe(true);
});
