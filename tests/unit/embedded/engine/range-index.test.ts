import fc from "fast-check";
import { expect, test } from "vitest";
import { RangeIndex } from "@/embedded/engine/range-index";
import { RangeSet } from "@/embedded/engine/range-set";
import type { IndexKeyWrite, ReadRange } from "@/embedded/storage/types";

const key = fc.string({ unit: fc.constantFrom("\0", "a", "b", "\xff"), maxLength: 3 });
const index = fc.nat(2);
const range: fc.Arbitrary<ReadRange> = fc.oneof(
  fc.tuple(index, key).map(([number, lo]) => ({ index: number, lo, hi: `${lo}\0` })),
  fc.tuple(index, key, fc.option(key, { freq: 4 })).map(([number, lo, hi]) => ({ index: number, lo, hi })),
);
const readSet = fc.array(range, { maxLength: 5 }).map((ranges) => ({ ranges }));
const write: fc.Arbitrary<IndexKeyWrite> = fc.record({ index, key });
const command = fc.oneof(
  { weight: 4, arbitrary: readSet.map((set) => ({ type: "add" as const, set })) },
  { weight: 2, arbitrary: fc.nat().map((which) => ({ type: "remove" as const, which })) },
  { weight: 2, arbitrary: fc.array(write, { maxLength: 4 }).map((keys) => ({ type: "hit" as const, keys })) },
);

function holds(ranges: readonly ReadRange[], keys: readonly IndexKeyWrite[]): boolean {
  return ranges.some((candidate) =>
    keys.some(
      (written) =>
        written.index === candidate.index &&
        written.key >= candidate.lo &&
        (candidate.hi === null || written.key < candidate.hi),
    ),
  );
}

test("hits exactly the sets with a range that holds a written key", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 80, size: "max" }), (commands) => {
      const ranges = new RangeIndex<number>();
      const model = new Map<number, { ranges: ReadRange[] }>();
      let token = 0;
      const handles = new Map<number, number>();
      for (const one of commands) {
        if (one.type === "add") {
          handles.set(token, ranges.add(one.set, token));
          model.set(token++, one.set);
        } else if (one.type === "remove") {
          const chosen = [...model.keys()][one.which % Math.max(model.size, 1)];
          if (chosen === undefined) continue;
          ranges.remove(handles.get(chosen)!);
          model.delete(chosen);
        } else {
          const expected = [...model].filter(([, set]) => holds(set.ranges, one.keys)).map(([name]) => name);
          expect([...ranges.hit(one.keys)].sort((a, b) => a - b)).toEqual(expected);
        }
      }
      expect(ranges.size).toBe(model.size);
    }),
    { numRuns: 500 },
  );
});

test("a token that was added twice stays until both are removed", () => {
  const ranges = new RangeIndex<string>();
  const set = { ranges: [{ index: 1, lo: "a", hi: "c" }] };
  const first = ranges.add(set, "q");
  const second = ranges.add(set, "q");
  ranges.remove(first);
  ranges.remove(first);
  expect([...ranges.hit([{ index: 1, key: "b" }])]).toEqual(["q"]);
  ranges.remove(second);
  expect([...ranges.hit([{ index: 1, key: "b" }])]).toEqual([]);
});

test("a set of ranges holds a key exactly if one of them does", () => {
  fc.assert(
    fc.property(readSet, write, (set, written) => {
      expect(new RangeSet(set).has(written.index, written.key)).toBe(holds(set.ranges, [written]));
    }),
    { numRuns: 2_000 },
  );
});

/** A key that tells when it is compared. */
function watched(lo: string, onLook: () => void): string {
  const value = {
    [Symbol.toPrimitive]: () => {
      onLook();
      return lo;
    },
  };
  return value as unknown as string;
}

test("a write that hits nothing looks at few of many ranges", () => {
  const ranges = new RangeIndex<number>();
  let looks = 0;
  for (let i = 0; i < 20_000; i++) {
    const lo = String(i).padStart(6, "0");
    const range = { index: 1, lo: watched(lo, () => looks++), hi: `${lo}x` };
    ranges.add({ ranges: [range] }, i);
  }
  looks = 0;
  expect(ranges.hit([{ index: 1, key: "010000x" }]).size).toBe(0);
  expect(ranges.hit([{ index: 1, key: "010000a" }])).toEqual(new Set([10_000]));
  expect(looks).toBeGreaterThan(0);
  expect(looks).toBeLessThan(300);
});
