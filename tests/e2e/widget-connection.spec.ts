import type { Provisioned } from "../helpers/app";
import { startCuttableProxy, type CuttableProxy } from "../helpers/cuttable-proxy";
import { serveHostPage } from "../helpers/host-page";
import { sharedApp } from "../helpers/shared-app";
import * as widget from "../helpers/widget";
import { expect, test } from "../helpers/test";

const { composer, launcher, newVisitor, say, shownTexts, startChat, thread } = widget;
const OFFLINE = "No connection. Your message will be sent when it is back.";

let workspace: Provisioned;
let operator: ReturnType<typeof widget.operatorOf>;
let proxy: CuttableProxy;
let shop: { url: string; close(): Promise<void> };

test.beforeEach(async ({}, { testId }) => {
  const app = sharedApp();
  workspace = await app.provision(`Connection ${testId}`);
  operator = widget.operatorOf(app, workspace);
  proxy = await startCuttableProxy(app.convexUrl);
  shop = await serveHostPage(`<h1>Kettles</h1>${widget.snippet(app, workspace.widgetId)}`);
});
test.afterEach(() => Promise.all([proxy.close(), shop.close()]));

test("messages written without a connection are sent once it is back, in order and once", async ({
  browser,
}) => {
  const page = await newVisitor(browser, "about:blank");
  await widget.visitThroughProxy(page, shop.url, proxy);
  await startChat(page);
  proxy.cut();
  await expect(page.getByText(OFFLINE)).toBeVisible();
  await say(page, "one");
  await say(page, "two");
  await expect(thread(page)).toContainText("Waiting for the connection");
  expect(await shownTexts(page)).toEqual([widget.visitor.message, "one", "two"]);
  proxy.mend();
  await expect.poll(operator.texts).toEqual([widget.visitor.message, "one", "two"]);
  await expect(page.getByText(OFFLINE)).toBeHidden();
  await expect(thread(page)).toContainText("Sent ");
  expect(await shownTexts(page)).toEqual([widget.visitor.message, "one", "two"]);
});

test("unsent messages and the draft outlive a reload", async ({ browser }) => {
  const page = await newVisitor(browser, "about:blank");
  await widget.visitThroughProxy(page, shop.url, proxy);
  await startChat(page);
  proxy.cut();
  await say(page, "one");
  await say(page, "two");
  await composer(page).fill("half a th");
  await page.reload();
  await launcher(page).click();
  await expect(thread(page)).toContainText("two");
  await expect(composer(page)).toHaveValue("half a th");
  await expect(page.getByText(OFFLINE)).toBeVisible();
  proxy.mend();
  await expect.poll(operator.texts).toEqual([widget.visitor.message, "one", "two"]);
  await expect.poll(() => shownTexts(page)).toEqual([widget.visitor.message, "one", "two"]);
});

test("a message whose answer was lost with the page is not sent twice", async ({ browser }) => {
  const page = await newVisitor(browser, "about:blank");
  await widget.visitThroughProxy(page, shop.url, proxy);
  await startChat(page);
  proxy.silence();
  await say(page, "one");
  await expect.poll(operator.texts).toEqual([widget.visitor.message, "one"]);
  await expect(thread(page)).toContainText("Sending");
  await page.reload();
  proxy.blink();
  proxy.mend();
  await launcher(page).click();
  await expect(thread(page)).toContainText("Sent ");
  expect(await shownTexts(page)).toEqual([widget.visitor.message, "one"]);
  await say(page, "two");
  await expect.poll(operator.texts).toEqual([widget.visitor.message, "one", "two"]);
});

test("a first message whose answer is lost starts one conversation", async ({ browser }) => {
  const page = await newVisitor(browser, shop.url);
  let lost = 0;
  await page.route("**/widget/start", async (route) => {
    if (route.request().method() !== "POST" || lost > 0) return route.fallback();
    lost += 1;
    await route.fetch();
    await route.abort("connectionreset");
  });
  await startChat(page);
  expect(lost).toBe(1);
  expect(await operator.texts()).toEqual([widget.visitor.message]);
  expect(await operator.conversations()).toHaveLength(1);
});

test("a first message waits for the site, through a reload", async ({ browser }) => {
  const page = await newVisitor(browser, shop.url);
  await page.route("**/widget/start", (route) => route.abort("connectionrefused"));
  await launcher(page).click();
  await widget.fillForm(page);
  await page.getByRole("button", { name: "Start chat" }).click();
  await expect(page.getByText(OFFLINE)).toBeVisible();
  await page.reload();
  await launcher(page).click();
  await expect(page.getByLabel("Message", { exact: true })).toHaveValue(widget.visitor.message);
  await page.unroute("**/widget/start");
  await expect(thread(page)).toContainText(widget.visitor.message);
  await expect.poll(operator.texts).toEqual([widget.visitor.message]);
});

test("with storage blocked the widget works for the visit", async ({ browser }) => {
  const page = await newVisitor(browser, "about:blank");
  await page.addInitScript(() => {
    Object.defineProperty(window, "localStorage", {
      get() {
        throw new DOMException("denied", "SecurityError");
      },
    });
  });
  await page.goto(shop.url);
  await startChat(page);
  await operator.reply("It sings.");
  await expect(thread(page)).toContainText("It sings.");
  await say(page, "Good.");
  await expect.poll(operator.texts).toEqual([widget.visitor.message, "It sings.", "Good."]);
});
