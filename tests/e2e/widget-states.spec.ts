import type { Page } from "@playwright/test";
import { expectAccessible, expectAccessibleInBothSchemes } from "../helpers/accessible";
import type { Provisioned } from "../helpers/app";
import { startCuttableProxy, type CuttableProxy } from "../helpers/cuttable-proxy";
import { serveHostPage } from "../helpers/host-page";
import { sharedApp } from "../helpers/shared-app";
import * as widget from "../helpers/widget";
import { expect, test } from "../helpers/test";

const { composer, launcher, newVisitor, startChat, thread } = widget;
/** The whole run is for the long tests; a tenth of it shows the same on every change. */
const MESSAGES = process.env["PRAXTALK_LONG"] ? 200 : 20;
/** Of so many messages one is the visitor's, who may not write faster than the limit. */
const VISITORS_SHARE = MESSAGES > 50 ? 4 : 2;
const LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen".repeat(3);

let workspace: Provisioned;
let operator: ReturnType<typeof widget.operatorOf>;
let proxy: CuttableProxy;
let shop: { url: string; close(): Promise<void> };

test.beforeEach(async ({}, { testId }) => {
  const app = sharedApp();
  workspace = await app.provision(`States ${testId}`);
  operator = widget.operatorOf(app, workspace);
  proxy = await startCuttableProxy(app.convexUrl);
  shop = await serveHostPage(`<main><h1>Kettles</h1></main>${widget.snippet(app, workspace.widgetId)}`);
});
test.afterEach(() => Promise.all([proxy.close(), shop.close()]));

const panel = (page: Page) => page.getByRole("dialog");

/** Nothing of the panel is wider than the panel, and the panel is on the screen. */
async function expectFits(page: Page): Promise<void> {
  const surplus = await panel(page).evaluate((node) => {
    const { left, right } = node.getBoundingClientRect();
    const inside = [...node.querySelectorAll<HTMLElement>(".log, .fields, .composer, .header")];
    const widest = Math.max(...inside.map((part) => part.scrollWidth - part.clientWidth));
    return { left: Math.min(left, 0), right: Math.max(right - innerWidth, 0), widest: Math.max(widest, 0) };
  });
  expect(surplus).toEqual({ left: 0, right: 0, widest: 0 });
}

for (const [name, size, scale] of [
  ["320 pixels wide", { width: 320, height: 568 }, 1],
  // What a window of 1280 by 720 has left at 200 %.
  ["at 200 % zoom", { width: 640, height: 360 }, 2],
] as const) {
  test(`${name} everything can be read and reached`, async ({ browser }) => {
    const options = { viewport: size, deviceScaleFactor: scale };
    const page = await newVisitor(browser, shop.url, options);
    await launcher(page).click();
    await expectFits(page);
    await widget.fillForm(page, { message: LONG_WORD });
    await page.getByRole("button", { name: "Start chat" }).click();
    await expect(thread(page)).toContainText("Sent ");
    await operator.reply(`See https://example.com/${LONG_WORD}`);
    await expect(thread(page)).toContainText("See https");
    await expectFits(page);
    await expect(composer(page)).toBeInViewport();
    await expect(page.getByRole("button", { name: "Send", exact: true })).toBeInViewport();
    await expectAccessible(page);
  });
}

test("forced colours keep edges, and reduced motion moves nothing", async ({ browser }) => {
  const page = await newVisitor(browser, shop.url, { forcedColors: "active", reducedMotion: "reduce" });
  await startChat(page);
  await operator.reply("It sings.");
  await expect(thread(page)).toContainText("It sings.");
  const widths = await page
    .locator("praxtalk-widget")
    .locator(".panel, .bubble, .send")
    .evaluateAll((nodes) => nodes.map((node) => getComputedStyle(node).borderTopWidth));
  expect(widths).toHaveLength(4);
  for (const width of widths) expect(width).toBe("1px");
  const moving = await panel(page).evaluate(
    (node) => node.getAnimations({ subtree: true }).filter(({ playState }) => playState === "running").length,
  );
  expect(moving).toBe(0);
  await expectAccessible(page);
});

test("by keyboard alone: open, fill in, write, attach, end, write again, close", async ({ browser }) => {
  await widget.configure(sharedApp(), workspace, { sound: false, askLocation: false });
  const page = await newVisitor(browser, shop.url);
  const { keyboard } = page;
  await expect(launcher(page)).toBeVisible();
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await expect(page.getByLabel("Name", { exact: true })).toBeFocused();
  await keyboard.press("Escape");
  await expect(panel(page)).toBeHidden();
  await expect(launcher(page)).toBeFocused();
  await keyboard.press("Enter");
  await expect(page.getByLabel("Name", { exact: true })).toBeFocused();
  await keyboard.type("Hannah");
  await keyboard.press("Tab");
  await keyboard.type("hannah@posteo.de");
  await keyboard.press("Tab");
  await keyboard.press("Tab");
  await keyboard.type("+49 30 1234567");
  await keyboard.press("Tab");
  await keyboard.type("Hello");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await expect(composer(page)).toBeFocused();
  await keyboard.press("Tab");
  const chooser = page.waitForEvent("filechooser");
  await keyboard.press("Enter");
  const file = { name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("whistles") };
  await (await chooser).setFiles(file);
  await expect(composer(page)).toBeFocused();
  await expect(panel(page)).toContainText("note.txt");
  await expect(panel(page).locator(".tray progress")).toHaveCount(0);
  await keyboard.type("With");
  await keyboard.press("Shift+Enter");
  await keyboard.type("a file");
  await keyboard.press("Enter");
  await expect(thread(page)).toContainText("note.txt");
  await expect.poll(operator.texts).toEqual(["Hello", "With\na file"]);

  await page.getByRole("button", { name: "Options" }).focus();
  await keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Talk to a person" })).toBeFocused();
  await keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "End chat" })).toBeFocused();
  await keyboard.press("Enter");
  await expect(thread(page)).toContainText("You ended this chat.");
  await expectAccessibleInBothSchemes(page);
  await composer(page).focus();
  await keyboard.type("Again");
  await keyboard.press("Enter");
  // The list that it looks at holds what is open.
  await expect.poll(async () => (await operator.conversations()).length).toBe(1);
  await keyboard.press("Escape");
  await expect(panel(page)).toBeHidden();
  await expect(launcher(page)).toBeFocused();
});

test("in Arabic, offline, with what failed and what waits, nothing is inaccessible", async ({ browser }) => {
  await widget.configure(sharedApp(), workspace, { locale: "ar" });
  const page = await newVisitor(browser, "about:blank");
  await widget.visitThroughProxy(page, shop.url, proxy);
  await page.getByRole("button", { name: "فتح المحادثة" }).click();
  await expectAccessible(page);
  await expectFits(page);
  const fields = page.locator("praxtalk-widget");
  await fields.locator("[name=name]").fill("Hannah");
  await fields.locator("[name=email]").fill("hannah@posteo.de");
  await fields.locator("[name=phone]").fill("+49 30 1234567");
  await fields.locator("[name=message]").fill("مرحبا");
  await fields.locator(".primary").click();
  await expect(fields.locator(".composer")).toBeVisible();
  proxy.cut();
  await expect(fields.locator(".banner")).toBeVisible();
  await page.route("**/widget/upload?*", (route) => route.abort());
  await fields.locator("textarea").fill("ينتظر");
  await fields.locator("textarea").press("Enter");
  await expectAccessibleInBothSchemes(page);
  proxy.mend();
  await expect(fields.locator(".banner")).toBeHidden();
  const file = { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("x") };
  await fields.locator("input[type=file]").setInputFiles(file);
  await expect(fields.locator(".tray .lost")).toBeVisible();
  await expectFits(page);
  await expectAccessible(page);
});

test(`${MESSAGES} messages through as many broken connections are the same on both sides`, async ({
  browser,
}) => {
  test.setTimeout(600_000);
  const page = await newVisitor(browser, "about:blank");
  await widget.visitThroughProxy(page, shop.url, proxy);
  await startChat(page, "0");
  for (let n = 1; n < MESSAGES; n++) {
    // Both sides write. The visitor's message may be anywhere between here and the server when the connection
    // ends, or its answer on the way back; the operator's comes while the connection is coming back.
    const isVisitors = n % VISITORS_SHARE === 1;
    if (isVisitors) await widget.say(page, `${n}`);
    proxy.blink();
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
    if (!isVisitors) await operator.reply(`${n}`);
    await expect.poll(() => thread(page).locator(".message").count()).toBe(n + 1);
  }
  await expect(thread(page).locator(".pending")).toHaveCount(0, { timeout: 60_000 });
  const stored = await operator.texts();
  expect(stored).toHaveLength(MESSAGES);
  expect(new Set(stored).size).toBe(MESSAGES);
  expect(await widget.shownTexts(page)).toEqual(stored);
});
