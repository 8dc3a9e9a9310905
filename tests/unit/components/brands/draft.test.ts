import { describe, expect, it } from "vitest";
import {
  changeOf,
  draftOf,
  errorsOf,
  previewOf,
  readEdits,
  realEdits,
  writeEdits,
} from "@/components/brands/draft";
import type { Brand } from "@/components/hooks/rows";
import { createPalette } from "@/lib/palette";
import { DEFAULT_WIDGET_SETTINGS } from "@/lib/widget-settings";

const brand = {
  _id: "b1",
  slug: "kettle-row",
  name: "Kettle Row",
  widgetId: "ws_0011223344556677",
  primaryColor: "#8a4b2a",
  welcomeMessage: "Hello",
  position: "br",
  createdAt: 0,
} as Brand;

const saved = draftOf(brand, {
  ...DEFAULT_WIDGET_SETTINGS,
  allowedOrigins: ["https://a.test", "https://b.test"],
});
const consent = { text: "By writing you agree.", url: "https://a.test/privacy" };
const hours = { timezone: "Europe/Berlin", days: Array<null>(7).fill(null) };

describe("a brand's draft", () => {
  it("is what is saved, as the fields hold it", () => {
    expect(saved).toMatchObject({
      name: "Kettle Row",
      avatarUrl: "",
      consentText: "",
      businessHours: null,
      mailAnswers: true,
      origins: "https://a.test\nhttps://b.test",
    });
    const set = {
      ...DEFAULT_WIDGET_SETTINGS,
      ...{ consent, businessHours: hours, mailAnswers: false, allowedOrigins: [] },
    };
    const full = draftOf({ ...brand, avatarUrl: "https://a.test/l.png" }, set);
    expect(full).toMatchObject({
      avatarUrl: "https://a.test/l.png",
      consentText: consent.text,
      consentUrl: consent.url,
      businessHours: hours,
      mailAnswers: false,
      origins: "",
    });
  });

  it("has no error as it is saved, and one for each field that the server would refuse", () => {
    expect(errorsOf(saved)).toEqual({});
    const wrong = {
      name: " ",
      primaryColor: "red",
      welcomeMessage: "x".repeat(501),
      avatarUrl: "ftp://a.test/l.png",
      texts: { send: "x".repeat(301) },
      businessHours: { ...hours, timezone: "Mars" },
      origins: "https://a.test\nnonsense",
    };
    expect(Object.keys(errorsOf({ ...saved, ...wrong })).sort()).toEqual(Object.keys(wrong).sort());
  });

  it("finds the half of the consent line that is missing", () => {
    expect(Object.keys(errorsOf({ ...saved, consentText: "I agree" }))).toEqual(["consentUrl"]);
    expect(Object.keys(errorsOf({ ...saved, consentUrl: consent.url }))).toEqual(["consentText"]);
    expect(errorsOf({ ...saved, consentText: "I agree", consentUrl: consent.url })).toEqual({});
  });
});

describe("what is sent of it", () => {
  it("is only what was changed", () => {
    expect(changeOf(saved, {})).toEqual({});
    expect(changeOf(saved, { name: "Kettles", theme: "dark" })).toEqual({ name: "Kettles", theme: "dark" });
  });

  it("is in the server's words", () => {
    const origins = " https://c.test \n\nhttps://d.test/cart\n";
    expect(changeOf(saved, { origins })).toEqual({
      allowedOrigins: ["https://c.test", "https://d.test/cart"],
    });
    expect(changeOf(saved, { origins: "" })).toEqual({ allowedOrigins: [] });
    expect(changeOf(saved, { avatarUrl: " " })).toEqual({ avatarUrl: null });
    expect(changeOf(saved, { businessHours: hours })).toEqual({ businessHours: hours });
  });

  it("has both halves of the consent line, or takes it away", () => {
    const agreed = { ...saved, consentText: consent.text, consentUrl: consent.url };
    const url = "https://a.test/new";
    expect(changeOf(agreed, { consentUrl: url })).toEqual({ consent: { text: consent.text, url } });
    expect(changeOf(agreed, { consentText: "", consentUrl: "" })).toEqual({ consent: null });
  });
});

describe("edits", () => {
  it("count while they differ from what is saved", () => {
    const edits = {
      name: "Kettle Row",
      form: { ...saved.form },
      theme: "dark" as const,
      avatarUrl: undefined,
    };
    expect(realEdits(saved, edits)).toStrictEqual({ theme: "dark" });
  });

  it("stay on the computer until there are none", () => {
    const held = new Map<string, string>();
    const store = {
      getItem: (name: string) => held.get(name) ?? null,
      setItem: (name: string, value: string) => void held.set(name, value),
      removeItem: (name: string) => void held.delete(name),
    };
    writeEdits(store, "b1", { name: "Kettles" });
    expect(readEdits(store, "b1")).toEqual({ name: "Kettles" });
    expect(readEdits(store, "b2")).toEqual({});
    writeEdits(store, "b1", {});
    expect(held.size).toBe(0);
    for (const nonsense of ["{", "null", '"text"']) {
      store.setItem("praxtalk:brand:b1", nonsense);
      expect(readEdits(store, "b1")).toEqual({});
    }
  });
});

describe("the preview's brand", () => {
  it("is the draft, with the palette of its colour", () => {
    const preview = previewOf({ ...saved, primaryColor: "#FFEE00", consentText: consent.text }, saved);
    expect(preview.primaryColor).toBe("#ffee00");
    expect(preview.palette.dark).toEqual(createPalette("#ffee00", "dark"));
    expect(preview.consent).toEqual({ text: consent.text, url: "" });
    expect(preview).not.toHaveProperty("businessHours");
  });

  it("keeps to what is saved where a field holds nothing that can be drawn", () => {
    const preview = previewOf(
      { ...saved, name: " ", primaryColor: "#ffee0", avatarUrl: "javascript:1" },
      saved,
    );
    expect(preview).toMatchObject({ brandName: "Kettle Row", primaryColor: "#8a4b2a", avatarUrl: null });
  });
});
