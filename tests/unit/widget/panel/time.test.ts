import { expect, test } from "vitest";
import { sizeText } from "@/lib/file-size";
import { dayName, localeOf, timeOfDay } from "@/widget/panel/time";
import { english } from "@/widget/panel/texts";

const AFTERNOON = new Date(2026, 2, 4, 15, 5).getTime();

test.each([
  ["en", ["de-DE", "en-GB", "en-US"], "en-GB"],
  ["de", ["de-AT"], "de-AT"],
  ["ar", ["en-US"], "ar"],
])("the panel in %s for a visitor of %j writes as in %s", (language, preferred, locale) => {
  expect(localeOf(language, preferred)).toBe(locale);
});

test("times and dates are in the panel's language, not in the browser's", () => {
  expect(timeOfDay(AFTERNOON, "en-GB")).toBe("15:05");
  expect(timeOfDay(AFTERNOON, "en-US")).toMatch(/^03:05\sPM$/);
  const later = AFTERNOON + 10 * 24 * 60 * 60 * 1000;
  expect(dayName(AFTERNOON, later, "de", english)).toBe("Mittwoch, 4. März");
});

test.each([
  [1, "1 kB"],
  [640_400, "640 kB"],
  [1_250_000, "1.3 MB"],
  [10_485_760, "10.5 MB"],
])("%i bytes are %s", (bytes, text) => {
  expect(sizeText(bytes, "en")).toBe(text);
});
