import { describe, expect, it } from "vitest";
import { pageDataFacts } from "@/components/inbox/page-data";

describe("page data", () => {
  it("is shown field by field when it is a JSON object", () => {
    expect(pageDataFacts('{"plan":"pro","seats":3,"tags":["a","b"],"note":null}')).toEqual([
      ["plan", "pro"],
      ["seats", "3"],
      ["tags", '["a","b"]'],
      ["note", "null"],
    ]);
  });

  it("is shown as it is when it is anything else", () => {
    for (const text of ["plain", "[1,2]", "7", "null", '{"broken"']) {
      expect(pageDataFacts(text)).toEqual([["Data", text]]);
    }
  });

  it("shows twenty fields at most", () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`f${n}`, n]));
    expect(pageDataFacts(JSON.stringify(many))).toHaveLength(20);
  });
});
