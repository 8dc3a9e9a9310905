import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonLines } from "@/components/integrations/log/json-lines";

/** What a reader sees: two blanks for each depth. */
const shown = (text: string) =>
  jsonLines(text)
    ?.map(({ depth, parts }) => "  ".repeat(depth) + parts.map((part) => part.text).join(""))
    .join("\n");

describe("jsonLines", () => {
  it("lays out as JSON.stringify does", () => {
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue())), (value) => {
        const text = JSON.stringify(value);
        expect(shown(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
      }),
    );
  });

  it("keeps numbers and escapes as they were sent", () => {
    expect(shown('{"n":1.50,"big":12345678901234567890,"s":"\\u00e9\\/"}')).toBe(
      '{\n  "n": 1.50,\n  "big": 12345678901234567890,\n  "s": "\\u00e9\\/"\n}',
    );
  });

  it("tells keys from texts", () => {
    const kinds = jsonLines('{"a":"a","b":[1]}')?.flatMap(({ parts }) => parts.map(({ kind }) => kind));
    expect(kinds?.filter((kind) => kind !== "other")).toEqual(["key", "string", "key"]);
  });

  it.each(["", "plain", '"text"', "12", "{", '{"a":}', '{"a":1}}', "<b>{}</b>"])("is not for %s", (text) => {
    expect(jsonLines(text)).toBeNull();
  });
});
