import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { oneLine } from "../../../lib/text";

describe("oneLine", () => {
  it("joins lines and runs of white space", () => {
    expect(oneLine(" a\n\n b\t c ", 140)).toBe("a b c");
  });

  it("cuts long text and says so", () => {
    expect(oneLine("abcdef", 6)).toBe("abcdef");
    expect(oneLine("abcdefg", 6)).toBe("abcde…");
    expect(oneLine("abcd efg", 6)).toBe("abcd…");
  });

  it("never leaves half a character and never exceeds the limit", () => {
    expect(oneLine("ab😀cd", 4)).toBe("ab…");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 20 }), (text, max) => {
        const line = oneLine(text, max);
        expect(line.length).toBeLessThanOrEqual(max);
        expect(line).not.toMatch(/\p{Cs}|[\n\t\r]/u);
      }),
    );
  });
});
