import { expect, test } from "vitest";
import { checkForm } from "@/widget/panel/form-fields";

const input = {
  name: " Hannah ",
  email: "Hannah@Posteo.DE",
  phone: "030 1234567",
  country: "DE",
  message: " Hello ",
};

test("gives what is to be sent, trimmed and normalised", () => {
  expect(checkForm(input)).toEqual({
    ok: true,
    values: { name: "Hannah", email: "hannah@posteo.de", phone: "+49301234567", message: "Hello" },
  });
});

test("reports every wrong field at once", () => {
  const result = checkForm({ name: " ", email: "x", phone: "1", country: "DE", message: "" });
  expect(result.ok ? [] : Object.keys(result.errors).sort()).toEqual(["email", "message", "name", "phone"]);
});
