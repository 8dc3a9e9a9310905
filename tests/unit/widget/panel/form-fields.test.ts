import { expect, test } from "vitest";
import { DEFAULT_WIDGET_SETTINGS } from "@/lib/widget-settings";
import de from "@/widget/languages/de";
import { checkField, checkForm, explain } from "@/widget/panel/form-fields";
import { english } from "@/widget/panel/texts";

const ALL = { asked: DEFAULT_WIDGET_SETTINGS.form, texts: english };
const input = {
  name: " Hannah ",
  email: "Hannah@Posteo.DE",
  phone: "030 1234567",
  country: "DE",
  message: " Hello ",
  topic: "",
};

test("gives what is to be sent, trimmed and normalised", () => {
  expect(checkForm(input, ALL)).toEqual({
    ok: true,
    values: { name: "Hannah", email: "hannah@posteo.de", phone: "+49301234567", message: "Hello" },
  });
});

test("reports every wrong field at once", () => {
  const result = checkForm({ ...input, name: " ", email: "x", phone: "1", message: "" }, ALL);
  expect(result.ok ? [] : Object.keys(result.errors).sort()).toEqual(["email", "message", "name", "phone"]);
});

test("asks for no more than the brand does", () => {
  const asked = { name: "off", email: "optional", phone: "optional" } as const;
  const options = { asked, texts: english };
  expect(checkForm({ ...input, name: "\u0007", email: " ", phone: "" }, options)).toEqual({
    ok: true,
    values: { name: "", email: "", phone: "", message: "Hello" },
  });
  expect(checkField("email", { ...input, email: "x" }, options).ok).toBe(false);
});

test.each([
  ["name", " ", "Geben Sie einen Namen ein."],
  ["email", "x", "Geben Sie eine E-Mail-Adresse wie name@example.com ein."],
  ["message", "x".repeat(10_001), "Die Nachricht ist zu lang: 10001 Zeichen, höchstens 10000."],
  ["message", "\u0007", "Die Nachricht enthält Zeichen, die nicht gesendet werden können."],
] as const)("says what is wrong with the %s in the widget's language", (field, value, reason) => {
  expect(explain(field, value, "in English", { ...english, ...de })).toBe(reason);
  expect(explain(field, value, "in English", english)).toBe("in English");
});
