import { h, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test } from "vitest";
import { Avatar } from "@/widget/panel/views/avatar";

afterEach(() => render(null, document.body));

async function draw(avatarUrl: string | null, name?: string) {
  const config = { avatarUrl, brandName: "Kettle Row" };
  await act(() => render(h(Avatar, { config, name, class: "logo" }), document.body));
  return seen();
}

/** What is in the place of the picture: every node that is not hidden. */
const seen = () =>
  [...document.body.children].flatMap((node) =>
    node instanceof HTMLElement && !node.hidden ? [node.getAttribute("src") ?? node.textContent] : [],
  );
const settle = (type: "load" | "error") =>
  act(() => void document.querySelector("img")?.dispatchEvent(new Event(type)));

test("initials stand in the picture's place until it is there", async () => {
  expect(await draw("https://x.test/slow.png")).toEqual(["KR"]);
  await settle("load");
  expect(seen()).toEqual(["https://x.test/slow.png"]);
});

test("a picture that has been there is there at once in the next place", async () => {
  await draw("https://x.test/twice.png");
  await settle("load");
  render(null, document.body);
  expect(await draw("https://x.test/twice.png")).toEqual(["https://x.test/twice.png"]);
});

test("a picture that never comes leaves the initials", async () => {
  await draw("https://x.test/broken.png");
  await settle("error");
  expect(seen()).toEqual(["KR"]);
});

test("a person has initials of their own, whatever the brand's picture", async () => {
  await draw("https://x.test/brand.png");
  await settle("load");
  expect(await draw("https://x.test/brand.png", "Ada Lovelace")).toEqual(["AL"]);
  expect(await draw(null)).toEqual(["KR"]);
});
