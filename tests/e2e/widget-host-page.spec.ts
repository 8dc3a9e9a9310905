import type { ConsoleMessage, Page } from "@playwright/test";
import type { Provisioned } from "../helpers/app";
import { serveHostPage } from "../helpers/host-page";
import { sharedApp } from "../helpers/shared-app";
import * as widget from "../helpers/widget";
import { expect, test } from "../helpers/test";

const { launcher, newVisitor, snippet, startChat, thread } = widget;

let workspace: Provisioned;
let operator: ReturnType<typeof widget.operatorOf>;
const servers: { close(): Promise<void> }[] = [];

test.beforeEach(async ({}, { testId }) => {
  workspace = await sharedApp().provision(`Host page ${testId}`);
  operator = widget.operatorOf(sharedApp(), workspace);
});
test.afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

async function serve(body: string, headers?: Record<string, string>): Promise<string> {
  const server = await serveHostPage(`<h1>Kettles</h1>${body}`, headers);
  servers.push(server);
  return server.url;
}

/** A page without its first document, so that every line of its console is heard, whoever writes it. */
async function listeningPage(browser: Parameters<typeof newVisitor>[0]) {
  const page = await newVisitor(browser, "about:blank");
  const lines: string[] = [];
  page.on("console", (message: ConsoleMessage) => lines.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => lines.push(`page error: ${error.message}`));
  return { page, lines };
}

/** A picture of one red pixel. */
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);

const hosts = (page: Page) => page.locator("praxtalk-widget");

test("an unknown id: one warning, the page untouched", async ({ browser }) => {
  const { page, lines } = await listeningPage(browser);
  await page.goto(await serve(snippet(sharedApp(), "ws_0000000000000000")));
  const warning = expect.stringMatching(/^warning: PraxTalk: .*ws_0000000000000000/);
  await expect.poll(() => lines).toContainEqual(warning);
  await page.waitForLoadState("networkidle");
  await expect(hosts(page)).toHaveCount(0);
  expect(await page.evaluate(() => document.body.children.length)).toBe(2); // the heading and the tag
  expect(lines).toEqual([warning]);
});

test("a brand that names its pages appears on no other, and takes nothing from there", async ({
  browser,
}) => {
  const app = sharedApp();
  const allowed = await serve(snippet(app, workspace.widgetId));
  const listOrigins = (url: string) =>
    widget.configure(app, workspace, { allowedOrigins: [new URL(url).origin] });
  await listOrigins(allowed);

  const { page: stranger, lines } = await listeningPage(browser);
  await stranger.goto(await serve(snippet(app, workspace.widgetId)));
  const warning = expect.stringMatching(/^warning: PraxTalk: .*status 403/);
  await expect.poll(() => lines).toContainEqual(warning);
  await expect(hosts(stranger)).toHaveCount(0);
  expect(await stranger.evaluate(() => document.body.children.length)).toBe(2); // the heading and the tag
  // The other line is the browser's own about the request; no page can keep it from that.
  expect(lines.filter((line) => !line.includes("Failed to load resource"))).toEqual([warning]);

  const page = await newVisitor(browser, allowed);
  await launcher(page).click();
  await widget.fillForm(page);
  const start = page.getByRole("button", { name: "Start chat" });
  await listOrigins("https://elsewhere.test");
  await start.click();
  await expect(page.getByRole("dialog")).toContainText("This chat does not work on this page.");
  expect(await operator.conversations()).toEqual([]);
  await listOrigins(allowed);
  await start.click();
  await expect(thread(page)).toContainText("Sent ");
  await expect.poll(operator.texts).toEqual([widget.visitor.message]);
});

test("loaded twice with one id it is there once; a second id stands beside it with a chat of its own", async ({
  browser,
}, { testId }) => {
  const app = sharedApp();
  const other = await app.provision(`Other page ${testId}`);
  const tags = [workspace.widgetId, workspace.widgetId, other.widgetId].map((id) => snippet(app, id));
  const page = await newVisitor(browser, await serve(tags.join("")));
  await expect(hosts(page)).toHaveCount(2);
  // Which of two widgets is drawn first is up to the answers to their requests.
  const launcherOf = ({ widgetId }: { widgetId: string }) =>
    launcher(page).and(page.locator(`praxtalk-widget[data-widget-id="${widgetId}"] *`));
  const boxes = await Promise.all([workspace, other].map((each) => launcherOf(each).boundingBox()));
  expect(Math.abs(boxes[0]!.x - boxes[1]!.x)).toBeGreaterThanOrEqual(boxes[0]!.width);

  await launcherOf(workspace).click();
  await expect(page.getByRole("dialog")).toHaveCount(1);
  await widget.fillForm(page);
  await page.getByRole("button", { name: "Start chat" }).click();
  await expect(thread(page)).toContainText("Sent ");
  await launcherOf(other).click();
  await expect(launcherOf(workspace)).toHaveAttribute("aria-expanded", "false");
  await expect(launcherOf(other)).toHaveAttribute("aria-expanded", "true");
  const shown = page.getByRole("dialog").filter({ visible: true });
  await expect(shown).toHaveCount(1);
  await expect(shown.getByRole("button", { name: "Start chat" })).toBeVisible();
  expect(await operator.texts()).toEqual([widget.visitor.message]);
  expect(await widget.operatorOf(app, other).conversations()).toEqual([]);
});

test("a hostile style sheet changes nothing inside, and a page that zooms itself pushes nothing out", async ({
  browser,
}) => {
  const app = sharedApp();
  const hostile = `<style>
    * { all: unset !important; display: none !important; color: lime !important; font-size: 40px !important; }
    html, body, h1 { display: block !important; }
    @property --text { syntax: "<color>"; inherits: false; initial-value: lime; }
    @property --gap { syntax: "<length>"; inherits: false; initial-value: 1px; }
    praxtalk-widget { opacity: 0 !important; transform: scale(0.1) !important; position: static !important; }
  </style>`;
  const looks = async (page: Page) => {
    await launcher(page).click();
    await expect(page.getByLabel("Name", { exact: true })).toBeVisible();
    return page.getByRole("dialog").evaluate((panel) => {
      const measure = (element: Element) => {
        const { color, fontSize, backgroundColor } = getComputedStyle(element);
        const { x, y, width } = element.getBoundingClientRect();
        return { color, fontSize, backgroundColor, x, y, width };
      };
      return [panel, ...panel.querySelectorAll("h2, label, input, button")].map(measure);
    });
  };
  // Without motion the panel does not slide in: it is measured where it stays.
  const visit = async (html: string) => newVisitor(browser, await serve(html), { reducedMotion: "reduce" });
  const page = await visit(snippet(app, workspace.widgetId));
  const plain = await looks(page);
  const attacked = await looks(await visit(hostile + snippet(app, workspace.widgetId)));
  expect(attacked).toEqual(plain);
  await page.evaluate(() => document.body.style.setProperty("zoom", "1.5"));
  await expect(page.getByRole("dialog")).toBeInViewport({ ratio: 1 });
});

test("it chats on a page that has put things into every object", async ({ browser }) => {
  const polluted = `<script>
    // As old libraries do it, which for-in loops come upon, and as younger ones do it.
    Object.prototype.extend = function () { return this; };
    Object.prototype.polluted = "polluted";
    for (const name of ["contains", "each", "first"]) {
      Object.defineProperty(Object.prototype, name, { value: () => "polluted", configurable: true });
    }
  </script>`;
  const { page, lines } = await listeningPage(browser);
  await page.goto(await serve(polluted + snippet(sharedApp(), workspace.widgetId)));
  await startChat(page);
  await operator.reply("It sings.");
  await expect(thread(page)).toContainText("It sings.");
  await widget.say(page, "Good.");
  await expect.poll(operator.texts).toEqual([widget.visitor.message, "It sings.", "Good."]);
  expect((await operator.conversation()).visitor).toMatchObject({
    name: widget.visitor.name,
    email: widget.visitor.email,
  });
  await page.reload();
  await launcher(page).click();
  await expect.poll(() => widget.shownTexts(page)).toEqual([widget.visitor.message, "It sings.", "Good."]);
  expect(lines).toEqual([]);
});

test("one name of the page is taken", async ({ browser }) => {
  const page = await newVisitor(browser, await serve(""));
  const before = await page.evaluate(() => Object.getOwnPropertyNames(window));
  const loaded = await newVisitor(browser, await serve(snippet(sharedApp(), workspace.widgetId)));
  await launcher(loaded).click();
  await expect(loaded.getByRole("dialog")).toBeVisible();
  const after = await loaded.evaluate(() => Object.getOwnPropertyNames(window));
  const added = after.filter((name) => !before.includes(name) && !name.startsWith("__playwright"));
  expect(added).toEqual(["PraxTalk"]);
});

test("keys typed into the widget do not reach the page's shortcuts", async ({ browser }) => {
  const page = await newVisitor(browser, await serve(snippet(sharedApp(), workspace.widgetId)));
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    for (const type of ["keydown", "keypress", "keyup", "input"]) {
      document.addEventListener(type, (event) => heard.push(`${type} ${(event as KeyboardEvent).key}`));
    }
  });
  const heard = () => page.evaluate(() => (window as unknown as { heard: string[] }).heard);
  await launcher(page).click();
  await page.getByLabel("Name", { exact: true }).pressSequentially("jk");
  expect(await heard()).toEqual([]);
  await page.getByRole("heading", { name: "Kettles" }).click();
  await page.keyboard.press("j");
  expect(await heard()).toEqual(["keydown j", "keypress j", "keyup j"]);
  await launcher(page).focus();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("it runs under the strictest policy that a site can have, with the brand's logo once that is there", async ({
  browser,
}) => {
  const app = sharedApp();
  await widget.uploadLogo(app, workspace, PIXEL);
  const socket = app.convexUrl.replace(/^http/, "ws");
  const policy = [
    "default-src 'none'",
    `script-src ${app.webUrl}`,
    `connect-src ${app.siteUrl} ${socket}`,
    `img-src ${app.siteUrl}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  const url = await serve(snippet(app, workspace.widgetId), { "Content-Security-Policy": policy });
  const page = await newVisitor(browser, "about:blank");
  await page.addInitScript(() => {
    const violations: string[] = [];
    Object.assign(window, { violations });
    document.addEventListener("securitypolicyviolation", (event) =>
      violations.push(`${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  let letThrough: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (letThrough = resolve));
  await page.route("**/widget/logo/**", async (route) => {
    await gate;
    await route.continue();
  });
  await page.goto(url);
  await startChat(page);
  const place = async () => {
    const logo = page.locator(".header .logo:visible");
    return {
      box: await logo.boundingBox(),
      isPicture: await logo.evaluate((node) => node.tagName === "IMG"),
    };
  };
  const before = await place();
  expect(before.isPicture).toBe(false);
  letThrough();
  await expect.poll(place).toEqual({ ...before, isPicture: true });
  await operator.reply("It sings.");
  await expect(thread(page)).toContainText("It sings.");
  const background = await page
    .getByRole("dialog")
    .evaluate((panel) => getComputedStyle(panel).backgroundColor);
  expect(background).not.toBe("rgba(0, 0, 0, 0)");
  const violations = await page.evaluate(() => (window as unknown as { violations: string[] }).violations);
  expect(violations.filter((violation) => !violation.includes("favicon"))).toEqual([]);
});

test("leaving the page with an unsent message asks nothing", async ({ browser }) => {
  const page = await newVisitor(browser, await serve(snippet(sharedApp(), workspace.widgetId)));
  await startChat(page, "Before leaving");
  await page.context().setOffline(true);
  await widget.say(page, "unsent");
  let asked = 0;
  page.on("dialog", (dialog) => {
    asked += 1;
    void dialog.accept();
  });
  await page.close({ runBeforeUnload: true });
  await expect.poll(() => page.isClosed()).toBe(true);
  expect(asked).toBe(0);
});
