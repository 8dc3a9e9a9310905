import { describe, expect, it } from "vitest";
import { boundedPage, clampLimit } from "../../../../convex/model/paging";
import { PAGE_SIZE_MAX } from "../../../../lib/limits";

describe("clampLimit", () => {
  it.each([
    [undefined, 50],
    [Number.NaN, 50],
    [1, 1],
    [0, 1],
    [-3, 1],
    [1.9, 1],
    [200, 200],
    [201, 200],
    [Number.POSITIVE_INFINITY, 200],
    [Number.NEGATIVE_INFINITY, 1],
  ])("of %s is %i", (limit, result) => {
    expect(clampLimit(limit, 50, 200)).toBe(result);
  });
});

describe("boundedPage", () => {
  it("bounds the size of a page and nothing else", () => {
    const options = { numItems: 32_000, cursor: "c", endCursor: "e", id: 1 };
    expect(boundedPage(options)).toEqual({ ...options, numItems: PAGE_SIZE_MAX });
    expect(boundedPage({ numItems: 0, cursor: null }).numItems).toBe(1);
  });
});
