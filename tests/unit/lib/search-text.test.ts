import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  countFound,
  findHits,
  indexQuery,
  phoneQuery,
  searchTerms,
  snippetOf,
} from "../../../lib/search-text";

/** What the query finds in the text, in brackets. */
function mark(text: string, query: string): string {
  return findHits(text, searchTerms(query)).reduceRight(
    (marked, { start, end }) => `${marked.slice(0, start)}[${marked.slice(start, end)}]${marked.slice(end)}`,
    text,
  );
}

describe("hits", () => {
  it("are whole words, and beginnings for the last word alone", () => {
    expect(mark("Kettles: the kettle whistles", "kettle whis")).toBe("Kettles: the [kettle] [whis]tles");
    expect(mark("Kettles: the kettle", "kettle")).toBe("[Kettle]s: the [kettle]");
    expect(mark("Order 4711-B of ada@acme.test", "4711 ada@acme.te")).toBe(
      "Order [4711]-B of [ada]@[acme].[te]st",
    );
  });

  it("do not mind case and accents, whichever side has them", () => {
    expect(mark("Zürich, ZURICH", "zurich")).toBe("[Zürich], [ZURICH]");
    expect(mark("Zurich", "zürich")).toBe("[Zurich]");
    expect(mark("Ångström", "ang")).toBe("[Ång]ström");
    expect(mark("東京タワー", "東京")).toBe("[東京]タワー");
  });

  it("count the words that a text has, each once", () => {
    expect(countFound("kettle, kettle, lid", searchTerms("kettle lid cold"))).toBe(2);
  });

  it("are none of a query without words", () => {
    expect(searchTerms("?! …")).toEqual([]);
    expect(mark("anything", "?!")).toBe("anything");
    // An iota subscript counts as a letter, and is nothing but an accent.
    expect(mark("anything", "\u0313\u0345")).toBe("anything");
  });

  it("are parts of words in their order, for any text and query", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (text, query) => {
        let end = 0;
        for (const hit of findHits(text, searchTerms(query))) {
          expect(hit.start).toBeGreaterThanOrEqual(end);
          expect(hit.end).toBeGreaterThan(hit.start);
          expect(text.slice(hit.start, hit.end)).toMatch(/^[\p{Alphabetic}\p{N}]+$/u);
          end = hit.end;
        }
      }),
    );
  });
});

describe("a query for an index", () => {
  it("adds words without their accents, and keeps the last word last", () => {
    expect(indexQuery("Café in Zürich")).toBe("cafe zurich Café in Zürich");
    expect(indexQuery("plain words")).toBe("plain words");
    expect(indexQuery("a ".repeat(20)).split(" ")).toHaveLength(16);
  });

  it("of digits is a phone number however it is written", () => {
    expect(phoneQuery("+44 (20) 7946-0958")).toBe("442079460958");
    expect(phoneQuery("0044 20")).toBe("4420");
    for (const text of ["441", "44 20 kettle", "Order 4711", ""]) expect(phoneQuery(text)).toBeNull();
  });
});

describe("a snippet", () => {
  it("is the whole of a short text, on one line", () => {
    expect(snippetOf("The kettle\n\nis cold", ["cold"], 40)).toEqual({
      text: "The kettle is cold",
      hits: [{ start: 14, end: 18 }],
    });
  });

  it("begins shortly before the first hit of a long one, at a word", () => {
    const { text, hits } = snippetOf(`${"word ".repeat(50)}kettle ${"more ".repeat(50)}`, ["kettle"], 80);
    expect(text).toMatch(/^…word .*kettle more .*…$/);
    expect(text.slice(hits[0]?.start, hits[0]?.end)).toBe("kettle");
  });

  it("is never longer than asked and never has half a character", () => {
    const letters = fc.constantFrom("a", "b ", "kettle", "😀", "é", " ", "東");
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 80 }), fc.integer({ min: 10, max: 60 }), (parts, max) => {
        const { text, hits } = snippetOf(parts.join(""), ["kettle"], max);
        expect(text.length).toBeLessThanOrEqual(max);
        expect(text).not.toMatch(/\p{Cs}|\n/u);
        for (const { end } of hits) expect(end).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});
