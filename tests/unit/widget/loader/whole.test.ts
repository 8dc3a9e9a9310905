import { afterEach, beforeEach, expect, test, vi } from "vitest";

const fetchStub = vi.fn((_url: string) => Promise.resolve(Response.json(null)));
const warn = vi.spyOn(console, "warn");

beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal("fetch", fetchStub.mockClear());
  warn.mockReset().mockImplementation(() => undefined);
});
afterEach(() => {
  delete window.PraxTalk;
  document.body.replaceChildren();
});

function addTag(attributes: Record<string, string>): void {
  const tag = document.createElement("script");
  tag.type = "text/plain";
  for (const [name, value] of Object.entries(attributes)) tag.setAttribute(name, value);
  document.body.append(tag);
}

test("the tag names the site whose config is asked for", async () => {
  addTag({ "data-site-url": " https://site.test/ ", "data-widget-id": "ws_1" });
  await import("@/widget/loader/whole");
  expect(fetchStub.mock.calls.map(([url]) => url)).toEqual(["https://site.test/widget/config?widgetId=ws_1"]);
});

test("a tag without a site mounts nothing, and one line says what it lacks", async () => {
  addTag({ "data-site-url": "", "data-widget-id": "ws_2" });
  await import("@/widget/loader/whole");
  expect(fetchStub).not.toHaveBeenCalled();
  expect(window.PraxTalk).toBeUndefined();
  expect(warn.mock.calls).toEqual([
    [expect.stringContaining("no script tag with data-widget-id and data-site-url")],
  ]);
});
