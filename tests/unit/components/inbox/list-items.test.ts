import { describe, expect, it } from "vitest";
import { listItems, stepRow } from "@/components/inbox/list-items";
import { conversationRow } from "./rows";

const rows = (...ids: string[]) => ids.map((id) => conversationRow(id));
const keys = (items: readonly { key: string }[]) => items.map((item) => item.key);

describe("listItems", () => {
  it("puts who waits on us first, then a heading, then who was answered", () => {
    const items = listItems(
      { rows: rows("longest", "shorter"), complete: true },
      { rows: rows("answered1", "answered2"), complete: true },
    );
    expect(keys(items)).toEqual(["longest", "shorter", "answered", "answered1", "answered2"]);
  });

  it("holds the answered ones back until everyone who waits is loaded", () => {
    const items = listItems({ rows: rows("a"), complete: false }, { rows: rows("b"), complete: true });
    expect(keys(items)).toEqual(["a"]);
  });

  it("needs no heading when nobody waits, and none over nothing", () => {
    expect(keys(listItems({ rows: [], complete: true }, { rows: rows("b"), complete: true }))).toEqual(["b"]);
    expect(keys(listItems({ rows: rows("a"), complete: true }, { rows: [], complete: true }))).toEqual(["a"]);
  });

  it("shows a conversation once while it moves between the two queries", () => {
    const items = listItems(
      { rows: rows("a", "b"), complete: true },
      { rows: rows("b", "c"), complete: true },
    );
    expect(keys(items)).toEqual(["a", "b", "answered", "c"]);
  });
});

describe("stepRow", () => {
  const items = listItems({ rows: rows("a"), complete: true }, { rows: rows("b"), complete: true });

  it("steps over the heading, both ways", () => {
    expect(stepRow(items, 0, 1)).toBe(2);
    expect(stepRow(items, 2, -1)).toBe(0);
  });

  it("stays at the ends", () => {
    expect(stepRow(items, 2, 1)).toBe(2);
    expect(stepRow(items, 0, -1)).toBe(0);
  });

  it("finds the first row from nowhere, and nothing in an empty list", () => {
    expect(stepRow(items, -1, 1)).toBe(0);
    expect(stepRow([], -1, 1)).toBe(-1);
  });
});
