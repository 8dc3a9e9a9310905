import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  countFound,
  findHits,
  phoneQuery,
  searchTerms,
  searchWords,
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

  it("are whole letters where those are written in another number of characters", () => {
    expect(mark("Straße, STRASSE", "strasse")).toBe("[Straße], [STRASSE]");
    expect(mark("Strasse 5", "straße 5")).toBe("[Strasse] [5]");
    expect(mark("Große Straßen", "stras")).toBe("Große [Straß]en");
    expect(mark("Smørrebrød, Œuvre", "smorrebrod oeu")).toBe("[Smørrebrød], [Œu]vre");
    expect(mark("Zu\u0308rich, A\u030angstro\u0308m", "zurich angstrom")).toBe(
      "[Zu\u0308rich], [A\u030angstro\u0308m]",
    );
    expect(mark("A\u030angstro\u0308m", "a")).toBe("[A\u030a]ngstro\u0308m");
    expect(mark("ΟΔΟΣ, οδός", "οδοσ")).toBe("[ΟΔΟΣ], [οδός]");
  });

  it("mind what is no accent: what kana are voiced by, and vowels of Hindi", () => {
    expect(mark("が か", "か")).toBe("が [か]");
    expect(mark("हिन्दी हन्द", "हिन्दी")).toBe("[हिन्दी] हन्द");
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
          expect(text.slice(hit.start, hit.end)).toMatch(
            /^[\p{Alphabetic}\p{N}][\p{Alphabetic}\p{N}\p{M}]*$/u,
          );
          end = hit.end;
        }
      }),
    );
  });
});

describe("a text for an index", () => {
  it("has each word once, as a query has it", () => {
    expect(searchWords("Zürich, ZURICH: Zu\u0308rich!")).toBe("zurich");
    expect(searchWords("Café in der Bahnhofstraße 5")).toBe("cafe in der bahnhofstrasse 5");
    expect(searchWords("?! …")).toBe("");
  });

  it("has every word by which a hit is marked, for any text and query", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (text, query) => {
        const terms = searchTerms(query);
        const words = searchWords(text).split(" ");
        const last = terms.at(-1);
        const isThere = words.some(
          (word) => terms.includes(word) || (last !== undefined && word.startsWith(last)),
        );
        expect(findHits(text, terms).length > 0).toBe(isThere);
      }),
    );
  });
});

describe("a query", () => {
  it("has the different words of the first sixteen, the last one last", () => {
    expect(searchTerms("Zürich kettle zurich")).toEqual(["kettle", "zurich"]);
    expect(searchTerms(Array.from({ length: 20 }, (_, n) => `w${n}`).join(" "))).toHaveLength(16);
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
