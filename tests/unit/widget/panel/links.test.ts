import { expect, test } from "vitest";
import { linkParts } from "@/widget/panel/links";

const links = (text: string) =>
  linkParts(text).flatMap(({ text: shown, href }) => (href ? [[shown, href]] : []));

test.each([
  ["see https://shop.example/a?b=1#c.", "https://shop.example/a?b=1#c", "https://shop.example/a?b=1#c"],
  [
    "(https://x.example/wiki/Kettle_(tool))",
    "https://x.example/wiki/Kettle_(tool)",
    "https://x.example/wiki/Kettle_(tool)",
  ],
  ["www.shop.example, thanks", "www.shop.example", "https://www.shop.example/"],
  ["write to hannah@posteo.de!", "hannah@posteo.de", "mailto:hannah@posteo.de"],
  ["mailto:a@b.example", "mailto:a@b.example", "mailto:a@b.example"],
  ["call tel:+493012345", "tel:+493012345", "tel:+493012345"],
  ["HTTPS://SHOP.EXAMPLE/Ä", "HTTPS://SHOP.EXAMPLE/Ä", "https://shop.example/%C3%84"],
])("%j has one link", (text, shown, href) => {
  expect(links(text)).toEqual([[shown, href]]);
  expect(
    linkParts(text)
      .map((part) => part.text)
      .join(""),
  ).toBe(text);
});

test.each([
  "javascript:alert(1)",
  "data:text/html,<b>x</b>",
  "vbscript:x file:///etc/passwd ftp://x.example",
  "https://",
  "3.50 and a.b and 12:30",
  "tel:javascript",
  "",
])("%j has none", (text) => {
  expect(links(text)).toEqual([]);
  expect(
    linkParts(text)
      .map((part) => part.text)
      .join(""),
  ).toBe(text);
});

test("each address of a text is a link of its own", () => {
  expect(links("https://a.example and https://b.example").map(([shown]) => shown)).toEqual([
    "https://a.example",
    "https://b.example",
  ]);
});
