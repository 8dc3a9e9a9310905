import { describe, expect, it } from "vitest";
import { heldRows, withOpenRow } from "@/components/integrations/log/log-rows";
import type { WebhookDeliveryRow } from "@/convex/validators/webhooks";
import { delivery } from "./rows";

const row = (createdAt: number) =>
  delivery({ _id: `d${createdAt}` as WebhookDeliveryRow["_id"], createdAt }) satisfies WebhookDeliveryRow;
const rows = [row(9), row(7), row(5)];
const times = (list: readonly WebhookDeliveryRow[]) => list.map(({ createdAt }) => createdAt);

describe("withOpenRow", () => {
  it("changes nothing without an open row, or with one that is there", () => {
    expect(withOpenRow(rows, null, true)).toBe(rows);
    expect(withOpenRow(rows, row(7), true)).toBe(rows);
  });

  it("puts one that the filter leaves out in its place", () => {
    expect(times(withOpenRow(rows, row(8), false))).toEqual([9, 8, 7, 5]);
    expect(times(withOpenRow(rows, row(10), false))).toEqual([10, 9, 7, 5]);
    expect(times(withOpenRow(rows, row(3), true))).toEqual([9, 7, 5, 3]);
  });

  it("puts one from before all that is loaded on top", () => {
    expect(times(withOpenRow(rows, row(3), false))).toEqual([3, 9, 7, 5]);
  });
});

describe("heldRows", () => {
  it("leaves out what is newer than the anchor, and counts it", () => {
    expect(heldRows(rows, "d7", "d5")).toEqual({ shown: rows.slice(1), newer: 1 });
    expect(heldRows(rows, "d9", null)).toEqual({ shown: rows, newer: 0 });
  });

  it("holds nothing without an anchor, or when that is gone", () => {
    expect(heldRows(rows, null, "d7")).toEqual({ shown: rows, newer: 0 });
    expect(heldRows(rows, "d8", "d7")).toEqual({ shown: rows, newer: 0 });
  });

  it("never leaves out the open row", () => {
    expect(heldRows(rows, "d5", "d7")).toEqual({ shown: rows.slice(1), newer: 1 });
  });
});
