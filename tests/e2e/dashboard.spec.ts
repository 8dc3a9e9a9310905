import { routeSizes } from "../../scripts/support/route-sizes.mjs";
import { expectAccessible, expectAccessibleInBothSchemes } from "../helpers/accessible";
import { api } from "../../convex/_generated/api";
import type { Provisioned } from "../helpers/app";
import * as dashboard from "../helpers/dashboard";
import { sharedApp } from "../helpers/shared-app";
import { expect, test } from "../helpers/test";

const { composer, httpClient, list, row, signedIn, startConversation, textsOf, thread } = dashboard;

let name: string;
let workspace: Provisioned;

// Each test has a workspace of its own, and with it an empty inbox.
test.beforeEach(async ({}, { testId }) => {
  name = `Inbox ${testId}`;
  workspace = await sharedApp().provision(name);
});

test("an empty inbox shows how to begin; the first conversation appears by itself", async ({ browser }) => {
  const app = sharedApp();
  const page = await signedIn(browser, app, name, { permissions: ["clipboard-read", "clipboard-write"] });
  await page.goto(`${app.webUrl}/app`);
  const snippet = `<script src="${app.webUrl}/widget.js" data-widget-id="${workspace.widgetId}" defer></script>`;
  await expect(page.getByLabel("Widget snippet")).toHaveText(snippet);
  await page.getByRole("button", { name: "Copy the snippet" }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(snippet);
  const scripts = await page.evaluate(() =>
    (performance.getEntriesByType("resource") as PerformanceResourceTiming[])
      .filter(({ name }) => name.endsWith(".js"))
      .map(({ encodedBodySize }) => encodedBodySize),
  );
  const loaded = scripts.reduce((sum, size) => sum + size, 0);
  // What the build prints for the route, and holds to its budget, is what a browser loads.
  expect(Math.abs(loaded / (routeSizes().get("/app") ?? 0) - 1)).toBeLessThan(0.02);

  await startConversation(app, workspace);
  await expect(row(page, "Hannah Weiss")).toContainText("Does the kettle whistle?");
  await expect(row(page, "Hannah Weiss")).toContainText("Unread");
  await expect(row(page, "Hannah Weiss")).toContainText("waiting");
  await expect(list(page).getByText("1 waiting")).toBeVisible();
  await expect(page.getByRole("heading", { name: "No conversations yet" })).toBeHidden();
});

test("two browsers and the visitor see the same conversation, live", async ({ browser }) => {
  const app = sharedApp();
  const visitor = await startConversation(app, workspace);
  const [page, second] = await Promise.all([signedIn(browser, app, name), signedIn(browser, app, name)]);
  for (const each of [page, second]) {
    await each.goto(`${app.webUrl}/app`);
    await row(each, "Hannah Weiss").click();
    await expect(thread(each)).toContainText("Does the kettle whistle?");
  }
  await expect(row(page, "Hannah Weiss")).not.toContainText("Unread");

  await composer(page).fill("On two notes.");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(composer(page)).toHaveValue("");
  await expect(thread(page)).toContainText("On two notes.");
  await expect(thread(second)).toContainText("On two notes.");
  await expect.poll(visitor.texts).toEqual(["Does the kettle whistle?", "On two notes."]);
  await expect(row(second, "Hannah Weiss")).toContainText("You: On two notes.");
  await expect(row(second, "Hannah Weiss")).not.toContainText("waiting");

  await visitor.say("Lovely.");
  for (const each of [page, second]) await expect(thread(each)).toContainText("Lovely.");
  const articles = thread(page).getByRole("article");
  await expect(articles).toHaveCount(3);
  await expect(articles.nth(1)).toHaveAccessibleName(/operator, you/);
});

test("a note stays inside the team", async ({ browser }) => {
  const app = sharedApp();
  const visitor = await startConversation(app, workspace);
  const page = await signedIn(browser, app, name);
  await page.goto(`${app.webUrl}/app?conversation=${visitor.conversationId}`);
  await page.getByRole("tab", { name: "Internal note" }).click();
  await page.getByRole("textbox", { name: "Internal note" }).fill("Ask the workshop.");
  await page.getByRole("button", { name: "Add note" }).click();
  await expect(thread(page)).toContainText("internal note, visitors never see this");
  await expect
    .poll(() => textsOf(app, workspace, visitor.conversationId))
    .toEqual(["visitor: Does the kettle whistle?", "internal_note: Ask the workshop."]);
  expect(await visitor.texts()).toEqual(["Does the kettle whistle?"]);
});

test("resolve, undo, close, reopen: each conversation is found under its status", async ({ browser }) => {
  const app = sharedApp();
  await startConversation(app, workspace);
  const page = await signedIn(browser, app, name);
  await page.goto(`${app.webUrl}/app`);
  const views = page.getByRole("list", { name: "Inbox views" });
  await row(page, "Hannah Weiss").click();
  await page.getByRole("button", { name: "Resolve" }).click();
  await expect(list(page).getByText("Nobody is waiting")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row(page, "Hannah Weiss")).toBeVisible();

  await page.getByRole("button", { name: "Status: Open" }).click();
  await page.getByRole("menuitemradio", { name: "Closed" }).click();
  await expect(page.getByRole("button", { name: "Status: Closed" })).toBeVisible();
  await views.getByRole("link", { name: "Closed" }).click();
  await expect(page).toHaveURL(/status=closed/);
  await row(page, "Hannah Weiss").click();
  await page.getByRole("button", { name: "Reopen" }).click();
  await expect(list(page).getByText("Nothing is closed")).toBeVisible();
  await views.getByRole("link", { name: "Open" }).click();
  await expect(row(page, "Hannah Weiss")).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(/status=closed/);
});

test("a refused message says why and keeps its text; a draft survives a reload", async ({ browser }) => {
  const app = sharedApp();
  const { conversationId } = await startConversation(app, workspace);
  const page = await signedIn(browser, app, name);
  await page.goto(`${app.webUrl}/app?conversation=${conversationId}`);
  for (const [text, reason] of [
    ["   ", "Write a message first."],
    ["x".repeat(100_000), "too long: 100,000 characters"],
    ["bell \u0007", "cannot be sent"],
  ] as const) {
    await composer(page).fill(text);
    await page.getByRole("button", { name: "Send" }).click();
    await expect(page.getByRole("form", { name: "Write" })).toContainText(reason);
    await expect(composer(page)).toHaveValue(text);
  }
  await composer(page).fill("half a sentence");
  await page.reload();
  await expect(composer(page)).toHaveValue("half a sentence");
  expect(await textsOf(app, workspace, conversationId)).toHaveLength(1);
});

test("what is sent while the connection is away goes out once, when it is back", async ({ browser }) => {
  const app = sharedApp();
  const { conversationId } = await startConversation(app, workspace);
  const page = await signedIn(browser, app, name, { reducedMotion: "reduce" });
  const connection = await dashboard.cuttableConnection(page);
  await page.goto(`${app.webUrl}/app?conversation=${conversationId}`);
  await expect(thread(page)).toContainText("Does the kettle whistle?");
  await connection.cut();
  await expect(page.getByText("Connection lost.")).toBeVisible();
  await composer(page).fill("Sent into the dark");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByText("1 message waits on this computer")).toBeVisible();
  await expect(thread(page)).toContainText("Not sent yet.");
  await expectAccessible(page);
  connection.mend();
  await expect(page.getByText("Connection lost.")).toBeHidden();
  await expect(thread(page)).not.toContainText("Not sent yet.");
  await expect(thread(page).getByText("Sent into the dark")).toHaveCount(1);
  await expect
    .poll(() => textsOf(app, workspace, conversationId))
    .toEqual(["visitor: Does the kettle whistle?", "operator: Sent into the dark"]);
});

test("a message that waits outlives a reload, and is still sent once", async ({ browser }) => {
  const app = sharedApp();
  const { conversationId } = await startConversation(app, workspace);
  const page = await signedIn(browser, app, name);
  const connection = await dashboard.cuttableConnection(page);
  await page.goto(`${app.webUrl}/app?conversation=${conversationId}`);
  await expect(thread(page)).toContainText("Does the kettle whistle?");
  await connection.cut();
  await composer(page).fill("Do not lose me");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(thread(page)).toContainText("Do not lose me");
  connection.mend();
  await page.reload();
  await expect(thread(page).getByText("Do not lose me")).toHaveCount(1);
  await expect
    .poll(() => textsOf(app, workspace, conversationId))
    .toEqual(["visitor: Does the kettle whistle?", "operator: Do not lose me"]);
  await expect.poll(() => page.evaluate(() => JSON.stringify(localStorage))).not.toContain("Do not lose me");
});

test("a long thread: earlier messages by pages, the reader's place kept, new ones counted", async ({
  browser,
}) => {
  const app = sharedApp();
  const visitor = await startConversation(app, workspace, { message: "Message 1 of many" });
  // By the team: how fast a visitor may write is limited.
  for (let number = 2; number <= 120; number++) {
    await dashboard.answer(app, workspace, visitor.conversationId, `Message ${number} of many`);
  }
  const page = await signedIn(browser, app, name, { viewport: { width: 1440, height: 700 } });
  await page.goto(`${app.webUrl}/app?conversation=${visitor.conversationId}`);
  const text = (number: number) => thread(page).getByText(`Message ${number} of many`, { exact: true });
  await expect(text(120)).toBeInViewport();
  await expect(text(70)).toHaveCount(0);

  await page.getByRole("region", { name: "Messages" }).evaluate((box) => (box.scrollTop = 0));
  await expect(text(71)).toBeInViewport();
  await page.getByRole("button", { name: "Load earlier messages" }).click();
  await expect(text(21)).toBeAttached();
  await expect(text(71)).toBeInViewport();

  await visitor.say("Message 121 of many");
  await visitor.say("Message 122 of many");
  const news = page.getByRole("button", { name: "2 new" });
  await expect(news).toBeVisible();
  await expect(text(71)).toBeInViewport();
  await news.click();
  await expect(text(122)).toBeInViewport();
  await expect(news).toBeHidden();
  await expect(page.getByText("New", { exact: true })).toBeVisible();
});

test("a long list: loaded by pages as one goes, drawn only where one looks", async ({ browser }) => {
  const app = sharedApp();
  const numbers = Array.from({ length: 65 }, (_, index) => index + 1);
  for (const number of numbers) await startConversation(app, workspace, { name: `Person ${number}.` });
  const page = await signedIn(browser, app, name);
  await page.goto(`${app.webUrl}/app`);
  await expect(list(page).getByText("50+ waiting")).toBeVisible();
  await expect(row(page, "Person 1.")).toBeVisible();
  expect(await list(page).getByRole("link").count()).toBeLessThan(40);
  for (const number of numbers) {
    await page.keyboard.press("j");
    await expect(row(page, `Person ${number}.`)).toBeFocused();
  }
  await expect(list(page).getByText("65 waiting")).toBeVisible();
});

test("an address that names no conversation of ours says so", async ({ browser }) => {
  const app = sharedApp();
  const foreign = await startConversation(app, await app.provision(`${name} foreign`));
  const page = await signedIn(browser, app, name);
  for (const id of [foreign.conversationId, "nonsense", "<b>"]) {
    await page.goto(`${app.webUrl}/app?conversation=${encodeURIComponent(id)}`);
    await expect(page.getByRole("heading", { name: "There is no such conversation" })).toBeVisible();
  }
});

test("on a phone one pane shows at a time", async ({ browser }) => {
  const app = sharedApp();
  await startConversation(app, workspace);
  const page = await signedIn(browser, app, name, { viewport: { width: 390, height: 844 }, hasTouch: true });
  await page.goto(`${app.webUrl}/app`);
  await row(page, "Hannah Weiss").click();
  await expect(list(page)).toBeHidden();
  await expect(composer(page)).toBeVisible();
  await page.getByRole("button", { name: "Visitor" }).click();
  await expect(page.getByRole("dialog", { name: "Visitor" })).toContainText("hannah@posteo.de");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Back to the conversation" }).click();
  await page.getByRole("button", { name: "Back to the list" }).click();
  await expect(row(page, "Hannah Weiss")).toBeVisible();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
});

test("no page is wider than a small phone, whatever things are called", async ({ browser }) => {
  const app = sharedApp();
  const { sessionToken } = workspace;
  const long = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunt";
  await httpClient(app).mutation(api.savedReplies.create, { sessionToken, title: long, body: long });
  await httpClient(app).action(api.apiKeys.create, { sessionToken, name: long, scope: "read" });
  await httpClient(app).action(api.brands.create, { sessionToken, name: long });
  const page = await signedIn(browser, app, name, { viewport: { width: 320, height: 640 }, hasTouch: true });
  const named = page.getByRole("cell", { name: long, exact: true });
  const shown = {
    leads: page.getByRole("heading", { name: "No leads yet" }),
    "saved-replies": named,
    brands: named,
    integrations: named,
    team: page.getByRole("heading", { name: "Nobody is invited" }),
    settings: page.getByRole("heading", { name: "Audit log" }),
    account: page.getByRole("heading", { name: "Dates and numbers" }),
  };
  for (const [section, sign] of Object.entries(shown)) {
    await page.goto(`${app.webUrl}/app/${section}`);
    await expect(sign, section).toBeVisible();
    // Panes scroll by themselves: what is in them has to fit all the same.
    const widths = await page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll("main, main > div > div")].map(
        (part) => part.scrollWidth,
      ),
    );
    expect(Math.max(...widths), section).toBeLessThanOrEqual(320);
  }
});

test("axe finds nothing, in light and dark", async ({ browser }) => {
  const app = sharedApp();
  // Without motion nothing is caught half faded in.
  const page = await signedIn(browser, app, name, { reducedMotion: "reduce" });
  await page.goto(`${app.webUrl}/app`);
  await expect(page.getByRole("heading", { name: "No conversations yet" })).toBeVisible();
  await expectAccessibleInBothSchemes(page);

  const visitor = await startConversation(app, workspace);
  await startConversation(app, workspace, { name: "Rui Tavares" });
  await row(page, "Hannah Weiss").click();
  await composer(page).fill("On two notes.");
  await page.getByRole("button", { name: "Send" }).click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("n");
  await page.keyboard.type("For the team");
  await expectAccessibleInBothSchemes(page);
  await page.keyboard.press("Control+Enter");
  await expect.poll(() => textsOf(app, workspace, visitor.conversationId)).toHaveLength(3);
  await page.getByRole("button", { name: "Resolve" }).click();
  await expect(page.getByText("Resolved. Hannah can still reply.")).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await page.getByRole("button", { name: /^Account/ }).click();
  await expectAccessibleInBothSchemes(page);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Shift+?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await expectAccessibleInBothSchemes(page);

  for (const path of [
    "/nowhere",
    `/demo?widget=${workspace.widgetId}`,
    "/demo",
    "/app?conversation=nonsense",
  ]) {
    await page.goto(app.webUrl + path);
    await expect(page.getByRole("heading").first()).toBeVisible();
    await expectAccessibleInBothSchemes(page);
  }
});

test("the demo page carries the widget, and what is written there arrives", async ({
  browser,
  page: guest,
}) => {
  const app = sharedApp();
  const page = await signedIn(browser, app, name);
  await page.goto(`${app.webUrl}/app`);
  const address = await page.getByRole("link", { name: /demo page/ }).getAttribute("href");
  await guest.goto(app.webUrl + (address ?? ""));
  await guest.getByRole("button", { name: "Open chat" }).click();
  await guest.getByLabel("Name", { exact: true }).fill("Amélie Fournier");
  await guest.getByLabel("Email", { exact: true }).fill("amelie@posteo.de");
  await guest.getByLabel("Phone", { exact: true }).fill("+33 1 23 45 67 89");
  await guest.getByLabel("Message", { exact: true }).fill("Is the Fen in stock?");
  await guest.getByRole("button", { name: "Start chat" }).click();
  await row(page, "Amélie Fournier").click();
  await expect(thread(page)).toContainText("Is the Fen in stock?");
  await expect(page.getByRole("complementary", { name: "Visitor" })).toContainText("/demo");
});

test("the theme is the system's until one is chosen, and the choice is kept", async ({ browser }) => {
  const app = sharedApp();
  const page = await signedIn(browser, app, name, { colorScheme: "light" });
  await page.goto(`${app.webUrl}/app`);
  const scheme = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
  expect(await scheme()).toBe("light");
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(scheme).toBe("dark");
  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("menuitemradio", { name: "Light" }).click();
  await expect.poll(scheme).toBe("light");
  await page.reload();
  expect(await scheme()).toBe("light");
});
