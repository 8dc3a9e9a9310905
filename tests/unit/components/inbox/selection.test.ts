import { describe, expect, it } from "vitest";
import { NOTHING_SELECTED, extended, toggled, withinShown } from "@/components/inbox/selection";

const shown = ["a", "b", "c", "d", "e"];
const ids = ({ ids }: { ids: ReadonlySet<string> }) => [...ids].sort();

describe("the selection", () => {
  it("takes a row in and out, and begins ranges there", () => {
    const one = toggled(NOTHING_SELECTED, "b");
    expect(ids(one)).toEqual(["b"]);
    expect(ids(extended(one, "d", shown))).toEqual(["b", "c", "d"]);
    expect(ids(toggled(one, "b"))).toEqual([]);
  });

  it("extends upward too, and keeps what was selected elsewhere", () => {
    const both = toggled(toggled(NOTHING_SELECTED, "e"), "c");
    expect(ids(extended(both, "a", shown))).toEqual(["a", "b", "c", "e"]);
  });

  it("begins with the row itself when the range begins nowhere, or at one that is gone", () => {
    expect(ids(extended(NOTHING_SELECTED, "c", shown))).toEqual(["c"]);
    expect(ids(extended({ ids: new Set(), anchor: "gone" }, "c", shown))).toEqual(["c"]);
  });

  it("forgets rows that have left the list, and stays the same while none has", () => {
    const both = toggled(toggled(NOTHING_SELECTED, "a"), "b");
    expect(ids(withinShown(both, ["b", "c"]))).toEqual(["b"]);
    expect(withinShown(both, shown)).toBe(both);
  });
});
