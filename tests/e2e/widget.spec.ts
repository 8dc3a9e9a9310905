import type { Page } from "@playwright/test";
import { ConvexHttpClient } from "convex/browser";
import { api } from "../../convex/_generated/api";
import { readErrorCode } from "../../lib/errors";
import { expectAccessibleInBothSchemes } from "../helpers/accessible";
import type { Provisioned } from "../helpers/app";
import { serveHostPage } from "../helpers/host-page";
import { sharedApp } from "../helpers/shared-app";
import * as widget from "../helpers/widget";
import { expect, test } from "../helpers/test";

const { composer, launcher, newVisitor, say, shownTexts, startChat, thread } = widget;

let workspace: Provisioned;
let operator: ReturnType<typeof widget.operatorOf>;
let shop: { url: string; close(): Promise<void> };

// Each test has a brand of its own, and with it an empty inbox.
test.beforeEach(async ({}, { testId }) => {
  const app = sharedApp();
  workspace = await app.provision(`Widget ${testId}`);
  operator = widget.operatorOf(app, workspace);
  shop = await serveHostPage(`<main><h1>Kettles</h1></main>${widget.snippet(app, workspace.widgetId)}`);
});
test.afterEach(() => shop.close());

/**
 * Takes from the bucket of the page's visitor whatever is in it, by what leaves no message, until it is released.
 * Returns once it has been empty.
 */
async function drainLimit(page: Page): Promise<{ release(): Promise<void> }> {
  const { widgetId } = workspace;
  const record = await page.evaluate((id) => localStorage.getItem(`praxtalk:${id}:visitor`), widgetId);
  const { key: visitorKey } = JSON.parse(record ?? "") as { key: string };
  const { convexUrl } = sharedApp();
  const client = new ConvexHttpClient(convexUrl, { skipConvexDeploymentUrlCheck: true, logger: false });
  let count = 0;
  const take = (): Promise<boolean> =>
    client.mutation(api.visitors.setPageData, { widgetId, visitorKey, customData: `${count++}` }).then(
      () => true,
      (error: unknown) => {
        expect(readErrorCode(error)).toBe("RATE_LIMITED");
        return false;
      },
    );
  while (await take());
  let isHeld = true;
  const held = (async () => {
    while (isHeld) await take();
  })();
  return {
    async release() {
      isHeld = false;
      await held;
    },
  };
}

type Shift = PerformanceEntry & { sources: { node: Node | null }[] };

/** Notes which nodes of the page itself are moved; those of a shadow tree are not named to it. */
function noteShifts(): void {
  const shifted: string[] = [];
  Object.assign(window, { shifted });
  const note = (list: PerformanceObserverEntryList): void => {
    const sources = (list.getEntries() as Shift[]).flatMap((shift) => shift.sources);
    shifted.push(...sources.flatMap(({ node }) => node?.nodeName ?? []));
  };
  new PerformanceObserver(note).observe({ type: "layout-shift", buffered: true });
}

test("a first visit: one request, then the form, then a live chat; later visits skip the form", async ({
  browser,
}) => {
  const page = await newVisitor(browser, "about:blank");
  const requests: string[] = [];
  const [origins, types] = [new Set<string>(), new Set<string>()];
  page.on("request", (request) => {
    const { origin, pathname } = new URL(request.url());
    requests.push(pathname);
    origins.add(origin);
    types.add(request.resourceType());
  });
  await page.addInitScript(noteShifts);
  await page.goto(shop.url);
  await expect(launcher(page)).toBeVisible();
  await page.waitForLoadState("networkidle");
  expect(requests.filter((path) => path !== "/favicon.ico")).toEqual(["/", "/widget.js", "/widget/config"]);
  await launcher(page).hover();
  await expect.poll(() => requests.some((path) => /^\/panel-[\w-]+\.js$/.test(path))).toBe(true);
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await startChat(page);
  const { visitor, lastMessage, channel } = await operator.conversation();
  expect(visitor).toMatchObject({
    name: widget.visitor.name,
    email: widget.visitor.email,
    phone: "+49301234567",
  });
  expect({ channel, preview: lastMessage?.preview }).toEqual({
    channel: "web_chat",
    preview: widget.visitor.message,
  });

  await operator.reply("It sings.");
  await expect(thread(page)).toContainText("It sings.");
  await say(page, "Good.");
  await expect.poll(operator.texts).toEqual([widget.visitor.message, "It sings.", "Good."]);
  expect(await page.evaluate(() => (window as unknown as { shifted: string[] }).shifted)).toEqual([]);
  // No third party, no font, no frame.
  const { webUrl, siteUrl } = sharedApp();
  expect(origins).toEqual(new Set([new URL(shop.url).origin, webUrl, siteUrl]));
  expect(types).not.toContain("font");
  expect(page.frames()).toHaveLength(1);

  await page.reload();
  await launcher(page).click();
  await expect.poll(() => shownTexts(page)).toEqual([widget.visitor.message, "It sings.", "Good."]);
  await expect(page.getByRole("button", { name: "Start chat" })).toHaveCount(0);

  const secondTab = await page.context().newPage();
  await secondTab.goto(shop.url);
  await launcher(secondTab).click();
  await expect.poll(() => shownTexts(secondTab)).toHaveLength(3);
  await say(secondTab, "From here too.");
  await expect(thread(page)).toContainText("From here too.");
  expect(await operator.conversations()).toHaveLength(1);
});

test("the form is skipped after the browser was closed and started again", async ({ browser }) => {
  const page = await newVisitor(browser, shop.url);
  await startChat(page);
  const storageState = await page.context().storageState();
  await page.context().close();

  const later = await newVisitor(browser, shop.url, { storageState });
  await launcher(later).click();
  await expect.poll(() => shownTexts(later)).toEqual([widget.visitor.message]);
  await expect(later.getByRole("button", { name: "Start chat" })).toHaveCount(0);
  await say(later, "Here again.");
  await expect.poll(operator.texts).toEqual([widget.visitor.message, "Here again."]);
});

test("a form that a script has filled is refused, and a person is told and gets through", async ({
  browser,
}) => {
  const page = await newVisitor(browser, shop.url);
  await launcher(page).click();
  await widget.fillForm(page);
  const trap = page.locator("input[name=topic]");
  await trap.evaluate((field: HTMLInputElement) => (field.value = "Pills"));
  await page.getByRole("button", { name: "Start chat" }).click();
  await expect(page.getByText("as if a script filled the form")).toBeVisible();
  expect(await operator.conversations()).toEqual([]);
  await expect(trap).toHaveValue("");
  await page.getByRole("button", { name: "Start chat" }).click();
  await expect(thread(page)).toContainText("Sent ");
  expect(await operator.texts()).toEqual([widget.visitor.message]);
});

test("the form says what is wrong beside each field, and sends nothing until it is right", async ({
  browser,
}) => {
  const page = await newVisitor(browser, shop.url);
  await launcher(page).click();
  await page.getByRole("button", { name: "Start chat" }).click();
  for (const name of ["Name", "Email", "Phone", "Message"]) {
    const field = page.getByLabel(name, { exact: true });
    await expect(field).toHaveAttribute("aria-invalid", "true");
    await expect(field).toHaveAccessibleDescription(/\w+/);
  }
  await expect(page.getByLabel("Name", { exact: true })).toBeFocused();
  await expect(page.getByRole("alert")).toHaveCount(4);

  await widget.fillForm(page, { email: "hannah@posteo", phone: "123" });
  await page.getByRole("button", { name: "Start chat" }).click();
  await expect(page.getByRole("alert")).toHaveCount(2);
  await expect(page.getByLabel("Email", { exact: true })).toBeFocused();
  await page.getByLabel("Email", { exact: true }).fill(widget.visitor.email);
  await expect(page.getByRole("alert")).toHaveCount(1);
  expect(await operator.conversations()).toEqual([]);

  await page.getByLabel("Country code").selectOption({ label: "Germany (+49)" });
  await page.getByLabel("Phone", { exact: true }).fill("030 1234567");
  await page.getByLabel("Message", { exact: true }).press("Tab");
  await page.getByRole("button", { name: "Start chat" }).click();
  await expect(thread(page)).toContainText(widget.visitor.message);
  expect((await operator.conversation()).visitor).toMatchObject({ phone: "+49301234567" });
});

test("on a phone the panel covers the page and keeps the focus", async ({ browser }) => {
  const page = await newVisitor(browser, shop.url, { viewport: { width: 320, height: 640 } });
  await launcher(page).click();
  const panel = page.getByRole("dialog");
  await expect(panel).toHaveAttribute("aria-modal", "true");
  await expect.poll(() => panel.boundingBox()).toEqual({ x: 0, y: 0, width: 320, height: 640 });
  await expect(panel).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(page.getByRole("button", { name: "Start chat" })).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Close chat" })).toBeFocused();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  await page.getByRole("button", { name: "Close chat" }).click();
  await expect(launcher(page)).toBeFocused();
});

test("a message that cannot be sent stays in the box, with the reason", async ({ browser }) => {
  const page = await newVisitor(browser, shop.url);
  await startChat(page);
  const refused = [
    { text: "  \n ", reason: "Write a message first." },
    { text: "x".repeat(100_000), reason: "The message is too long: 100,000 characters" },
    { text: "ding \u0007 dong", reason: "cannot be sent" },
  ];
  for (const { text, reason } of refused) {
    await composer(page).fill(text);
    await page.getByRole("button", { name: "Send" }).click();
    await expect(page.getByRole("alert")).toContainText(reason);
    await expect(composer(page)).toHaveValue(text);
    await expect(composer(page)).toHaveAttribute("aria-invalid", "true");
  }
  await say(page, "x".repeat(10_000));
  await expect.poll(operator.texts).toEqual([widget.visitor.message, "x".repeat(10_000)]);
});

test("a visitor over the limit is told why and when; nothing is lost, and it is sent once it may be", async ({
  browser,
}) => {
  const page = await newVisitor(browser, shop.url);
  await startChat(page);
  const limit = await drainLimit(page);
  // A message may still get what has come into the bucket since it was last emptied; one of them does not.
  const said: string[] = [widget.visitor.message];
  const failed = thread(page).locator(".message.failed");
  while ((await failed.count()) === 0) {
    said.push(`Message ${said.length}`);
    await say(page, said.at(-1)!);
    await expect(thread(page).locator(".pending")).toHaveCount(0);
  }
  await expect(failed).toContainText(said.at(-1)!);
  await expect(failed).toContainText(/Too many messages\. Try again in \d+ s\./);
  expect(await operator.texts()).toEqual(said.slice(0, -1));
  await limit.release();
  await expect(async () => {
    if ((await failed.count()) > 0) await failed.getByRole("button", { name: "Retry" }).click();
    await expect(thread(page).locator(".pending")).toHaveCount(0);
    expect(await failed.count()).toBe(0);
  }).toPass();
  expect(await operator.texts()).toEqual(said);
  expect(await shownTexts(page)).toEqual(said);
});

test("answers to a closed panel are counted on the launcher until it is opened, and heard by who wants that", async ({
  browser,
}) => {
  const page = await newVisitor(browser, "about:blank");
  await page.addInitScript(() => {
    let sounds = 0;
    const countSounds = class extends AudioContext {
      override createGain(): GainNode {
        sounds += 1;
        return super.createGain();
      }
    };
    Object.assign(window, { AudioContext: countSounds, soundsMade: () => sounds });
  });
  const sounds = () => page.evaluate(() => (window as unknown as { soundsMade: () => number }).soundsMade());
  await page.goto(shop.url);
  await startChat(page);
  await page.getByRole("button", { name: "Close chat" }).click();
  await operator.reply("One.");
  await expect(launcher(page)).toHaveAccessibleDescription("1 new message");
  expect(await sounds()).toBe(0);
  await launcher(page).click();
  await page.getByRole("button", { name: "Options" }).click();
  await page.getByRole("button", { name: "Turn sound on" }).click();
  expect(await sounds()).toBe(1); // a sample of it
  await operator.reply("Read at once.");
  await expect(thread(page)).toContainText("Read at once.");
  expect(await sounds()).toBe(1);
  await page.getByRole("button", { name: "Close chat" }).click();
  await operator.reply("Two.");
  await expect.poll(sounds).toBe(2);
  await operator.reply("Three.");
  await expect(launcher(page)).toHaveAccessibleDescription("2 new messages");
  await page.reload();
  await expect(launcher(page)).toHaveAccessibleDescription("2 new messages");
  await launcher(page).click();
  await expect(thread(page)).toContainText("Three.");
  await expect(launcher(page)).not.toHaveAccessibleDescription(/./);
  await page.reload();
  await expect(launcher(page)).toBeVisible();
  await launcher(page).click();
  await expect(thread(page)).toContainText("Three.");
  await expect(launcher(page)).not.toHaveAccessibleDescription(/./);
});

test("a resolved chat says so, and the next message opens it again", async ({ browser }) => {
  const page = await newVisitor(browser, shop.url);
  await startChat(page);
  await operator.setStatus("resolved");
  await expect(thread(page)).toContainText("marked as resolved");
  await say(page, "One more thing.");
  await expect(thread(page)).not.toContainText("marked as resolved");
  expect((await operator.conversation()).status).toBe("open");
});

test("what people write is text, whatever it looks like", async ({ browser }) => {
  const page = await newVisitor(browser, shop.url);
  const markup = '<img src=x onerror="document.title=1"><b>bold</b>';
  await startChat(page, markup);
  await operator.reply(markup);
  await expect.poll(() => shownTexts(page)).toEqual([markup, markup]);
  await expect(thread(page).locator("img, b")).toHaveCount(1); // the operator's name
  expect(await page.title()).toBe("A shop");
});

for (const width of [1280, 360]) {
  test(`axe finds nothing, in light and dark, at ${width} px`, async ({ browser }) => {
    const viewport = { width, height: 720 };
    // Without motion nothing is caught half faded in.
    const page = await newVisitor(browser, shop.url, { viewport, reducedMotion: "reduce" });
    await expect(launcher(page)).toBeVisible();
    await expectAccessibleInBothSchemes(page);
    await launcher(page).click();
    await expectAccessibleInBothSchemes(page);
    await page.getByRole("button", { name: "Start chat" }).click();
    await expectAccessibleInBothSchemes(page);
    await widget.fillForm(page);
    await page.getByRole("button", { name: "Start chat" }).click();
    await expect(thread(page)).toContainText("Sent ");
    await operator.reply("It sings.");
    await expect(thread(page)).toContainText("It sings.");
    await composer(page).press("Enter");
    await expect(page.getByRole("alert")).toBeVisible();
    await expectAccessibleInBothSchemes(page);
  });
}
