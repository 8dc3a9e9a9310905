import { describe, expect, test } from "vitest";
import { checkPhone } from "@/lib/validation";
import { countries, countryOfLanguage, splitCallingCode, withCountryCode } from "@/widget/panel/phone";

const normalised = (typed: string, iso: string) => {
  const checked = checkPhone(withCountryCode(typed, iso));
  return checked.ok ? checked.value : null;
};

test("every country has a code of one to three digits, once", () => {
  expect(countries.length).toBeGreaterThan(230);
  for (const { iso, code } of countries) expect(`${iso}${code}`).toMatch(/^[A-Z]{2}[1-9]\d{0,2}$/);
  expect(new Set(countries.map(({ iso }) => iso)).size).toBe(countries.length);
});

test.each([
  ["030 1234567", "DE", "+49301234567"],
  ["(0)30/123-4567", "DE", "+49301234567"],
  ["(030) 123 4567", "DE", "+49301234567"],
  ["020 7946 0958", "GB", "+442079460958"],
  ["1 415 555 2671", "US", "+14155552671"],
  ["(415) 555-2671", "US", "+14155552671"],
  ["06 6982", "IT", "+39066982"],
  ["98765 43210", "IN", "+919876543210"],
  ["+33 1 70 18 99 00", "US", "+33170189900"],
  ["0033170189900", "US", "+33170189900"],
  ["12", "DE", null],
  ["call me", "DE", null],
  ["", "DE", null],
])("%s in %s is %s", (typed, iso, expected) => {
  expect(normalised(typed, iso)).toBe(expected);
});

describe("a number with its own calling code", () => {
  test.each([
    ["+49 30 1234567", "US", { iso: "DE", rest: "30 1234567" }],
    ["0044 20 7946 0958", "US", { iso: "GB", rest: "20 7946 0958" }],
    ["+1 (415) 555-2671", "CA", { iso: "CA", rest: "(415) 555-2671" }],
    ["+1 415 555 2671", "DE", { iso: "US", rest: "415 555 2671" }],
    ["+7 912 345 67 89", "US", { iso: "RU", rest: "912 345 67 89" }],
    ["+358 40 1234567", "US", { iso: "FI", rest: "40 1234567" }],
    ["+390 66982", "US", { iso: "IT", rest: "0 66982" }],
  ])("%s moves %s to its country", (typed, current, expected) => {
    expect(splitCallingCode(typed, current)).toEqual(expected);
  });

  test.each(["030 1234567", "+", "+999 1", "+abc", ""])("%j moves nothing", (typed) => {
    expect(splitCallingCode(typed, "DE")).toBeNull();
  });

  test.each(["+49 30 1234567", "+1 (415) 555-2671", "+39 06 6982", "+225 01 23 45 67 89"])(
    "%s is the same number after moving the country",
    (typed) => {
      const split = splitCallingCode(typed, "US");
      expect(split && normalised(split.rest, split.iso)).toBe(normalised(typed, "US"));
    },
  );
});

test.each([
  ["de", "DE"],
  ["de-CH", "CH"],
  ["en", "US"],
  ["ar", "EG"],
  ["", "US"],
  ["not a language", "US"],
])("a browser in %j starts with %s", (language, iso) => {
  expect(countryOfLanguage(language)).toBe(iso);
});
