import { expect, it } from "vitest";
import { outcomeText, textOnlyText } from "@/components/atlas/atlas-text";

const NOW = Date.UTC(2026, 10, 19, 14, 8);
const clock = { now: NOW, locale: "en-GB", timeZone: "UTC" };
const HOUR = 60 * 60_000;

it.each([
  [{ reason: null, retryAt: null }, "Text search only, until its vectors are made."],
  [{ reason: "Not now.", retryAt: NOW + HOUR }, "Text search only: Not now, tried again at 15:08."],
  [
    { reason: "Unknown model", retryAt: NOW + 12 * HOUR },
    "Text search only: Unknown model, tried again on 20 Nov, 02:08.",
  ],
  [{ reason: "Not now.", retryAt: null }, "Text search only: Not now, not tried again by itself."],
])("says of %j what comes of it", (textOnly, text) => {
  expect(textOnlyText(textOnly, clock)).toBe(text);
});

it.each([
  [null, "Draft"],
  [{ name: "Ada", how: "as_it_was" as const }, "Sent by Ada, as it was"],
  [{ name: "Ada", how: "changed" as const }, "Sent by Ada, changed"],
  [{ name: "Ada", how: "replaced" as const }, "Ada wrote another answer"],
])("says of a draft with the use %j what became of it", (draftUse, text) => {
  expect(outcomeText({ status: "drafted", draftUse })).toBe(text);
});
