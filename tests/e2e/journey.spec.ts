import type { Browser, Locator, Page } from "@playwright/test";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { anyApi } from "convex/server";
import { startApp, type App } from "../helpers/app";
import { serveHostPage } from "../helpers/host-page";
import { expect, test } from "../helpers/test";

const owner = {
  workspace: "Kettle Row",
  name: "Ada Byron",
  email: "ada@acme.test",
  password: "correct horse battery",
};
const visitor = { name: "Maya Adeyemi", email: "maya@shop.test", phone: "+44 20 7946 0958" };

let app: App;
let shop: { url: string; close(): Promise<void> } | undefined;

test.beforeAll(async () => {
  app = await startApp();
});
test.afterAll(async () => {
  await shop?.close();
  await app.dispose();
});

/** From the first start to a live conversation that survives kill -9: one user's first hour, in order. */
test("a new install, from set-up to a conversation that outlives a crash", async ({
  browser,
  page: operator,
}) => {
  test.setTimeout(300_000);
  const snippet = await setUp(operator);
  await expect(firstSteps(operator)).toContainText("0 of 5 done");
  shop = await serveHostPage(`<h1>Kettles</h1>\n${snippet}`);
  const guest = await visit(browser, shop.url);
  await startConversation(guest);

  await test.step("the conversation appears in the inbox without a reload", async () => {
    const row = inboxRow(operator, visitor.name);
    await expect(row).toContainText("Do you ship to Ghana?");
    await expect(row).toContainText("Unread");
    await row.click();
    await expect(thread(operator)).toContainText("Do you ship to Ghana?");
    await expect(row).not.toContainText("Unread");
  });

  const second = await logIn(browser);
  await test.step("a reply reaches the visitor and a second operator's browser at once", async () => {
    await inboxRow(second, visitor.name).click();
    await reply(operator, "We do, in five days.");
    await expect(widget(guest)).toContainText("We do, in five days.");
    await expect(thread(second)).toContainText("We do, in five days.");
    await sayAsVisitor(guest, "Wonderful, and to Togo?");
    await expect(thread(operator)).toContainText("Wonderful, and to Togo?");
    await expect(thread(second)).toContainText("Wonderful, and to Togo?");
  });

  await finishFirstSteps(operator);

  const whole = ["Do you ship to Ghana?", "We do, in five days.", "Wonderful, and to Togo?"];
  await test.step("both sides see the whole thread after a reload, the visitor without a form", async () => {
    await Promise.all([operator.reload(), guest.reload()]);
    await expectThread(operator, guest, whole);
  });

  await resolveAndReopen(operator);
  await followAsAgent(guest);
  whole.push("And to Benin?");

  await test.step("curl $SITE/api/v1/ping answers, on the web origin too", async () => {
    for (const origin of [app.siteUrl, app.webUrl]) {
      const response = await fetch(`${origin}/api/v1/ping`);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ ok: true });
    }
  });

  await test.step("a restart loses nothing, and open pages find it again by themselves", async () => {
    await app.restart();
    await reply(operator, "To Togo too.");
    await expect(widget(guest)).toContainText("To Togo too.");
    whole.push("To Togo too.");
  });

  await test.step("neither does kill -9 of everything", async () => {
    await sayAsVisitor(guest, "Then I take two.");
    await expect(thread(operator)).toContainText("Then I take two.");
    whole.push("Then I take two.");
    await app.kill9();
    await app.start();
    await Promise.all([operator.reload(), guest.reload()]);
    await expectThread(operator, guest, whole);
    await sayAsVisitor(guest, "Still there?");
    await expect(thread(operator)).toContainText("Still there?");
  });
});

/** Set-up in the browser; returns the snippet that the empty inbox shows. */
function setUp(page: Page): Promise<string> {
  return test.step("with no workspace the app leads to set-up, then to an empty inbox with the snippet", async () => {
    await page.goto(app.webUrl);
    await expect(page).toHaveURL(`${app.webUrl}/setup`);
    await page.getByLabel("Workspace name").fill(owner.workspace);
    await page.getByLabel("Your name").fill(owner.name);
    await page.getByLabel("Work email").fill(owner.email);
    await page.getByLabel("Password", { exact: true }).fill(owner.password);
    await page.getByRole("button", { name: /create/i }).click();
    await expect(page).toHaveURL(/\/app/);
    const shown = page.getByLabel("Widget snippet").filter({ visible: true });
    await expect(shown).toContainText("/widget.js");
    await expect(
      page.getByRole("button", { name: "Copy the snippet" }).filter({ visible: true }),
    ).toBeEnabled();
    await expect(page.getByRole("link", { name: /demo page/i }).filter({ visible: true })).toHaveAttribute(
      "href",
      /\/demo\?widget=ws_/,
    );
    return (await shown.textContent()) ?? "";
  });
}

async function visit(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

function startConversation(guest: Page) {
  return test.step("a visitor of a page on another origin fills the form and is in the chat", async () => {
    await guest.getByRole("button", { name: "Open chat" }).click();
    await guest.getByLabel("Name").fill(visitor.name);
    await guest.getByLabel("Email").fill(visitor.email);
    await guest.getByLabel("Phone").fill(visitor.phone);
    await guest.getByLabel("Message").fill("Do you ship to Ghana?");
    await guest.getByRole("button", { name: "Start chat" }).click();
    await expect(widget(guest).getByText("Do you ship to Ghana?")).toBeVisible();
    await expect(guest.getByRole("button", { name: "Start chat" })).toHaveCount(0);
  });
}

async function logIn(browser: Browser): Promise<Page> {
  const page = await visit(browser, `${app.webUrl}/login`);
  await page.getByLabel("Email").fill(owner.email);
  await page.getByLabel("Password", { exact: true }).fill(owner.password);
  await page.getByRole("button", { name: /log in|sign in/i }).click();
  await expect(page).toHaveURL(/\/app/);
  return page;
}

function resolveAndReopen(operator: Page) {
  return test.step("resolved, the conversation is found under Resolved, and reopened under Open", async () => {
    await operator.getByRole("button", { name: "Resolve" }).click();
    await operator.goto(`${app.webUrl}/app?status=resolved`);
    await inboxRow(operator, visitor.name).click();
    await operator.getByRole("button", { name: "Reopen" }).click();
    await operator.goto(`${app.webUrl}/app`);
    await inboxRow(operator, visitor.name).click();
    await expect(operator.getByRole("button", { name: "Resolve" })).toBeVisible();
  });
}

/** Snippet, message and reply are done by now; a colleague and an endpoint come through the API. */
function finishFirstSteps(operator: Page) {
  return test.step("the first steps tick themselves off, and leave when all are done", async () => {
    await expect(firstSteps(operator)).toContainText("3 of 5 done");
    await firstSteps(operator).click();
    const list = operator.getByRole("list", { name: "First steps" });
    await expect(list.getByRole("link")).toHaveText([
      "Invite a colleague",
      "Tell your own software of changes",
    ]);
    await operator.keyboard.press("Escape");
    const { http, sessionToken } = await apiSession();
    const invite = { sessionToken, email: "bo@acme.test", role: "agent" };
    const { inviteToken } = (await http.action(anyApi.invites!.send!, invite)) as { inviteToken: string };
    const account = { token: inviteToken, name: "Bo", password: owner.password };
    await http.action(anyApi.invites!.accept!, account);
    await expect(firstSteps(operator)).toContainText("4 of 5 done");
    const endpoint = { url: "https://hooks.example.com/", events: ["lead.created"] }; // nothing here makes a lead
    await http.action(anyApi.webhooks!.create!, { sessionToken, ...endpoint });
    await expect(firstSteps(operator)).toBeHidden();
  });
}

/** The owner, as a program. */
async function apiSession(): Promise<{ http: ConvexHttpClient; sessionToken: string }> {
  const http = new ConvexHttpClient(app.convexUrl);
  const credentials = { email: owner.email, password: owner.password };
  const { sessionToken } = (await http.action(anyApi.auth!.login!, credentials)) as { sessionToken: string };
  return { http, sessionToken };
}

/** What the product's page shows for agent software, with the published package. */
function followAsAgent(guest: Page) {
  return test.step("agent software is called on each change of the inbox", async () => {
    const { sessionToken } = await apiSession();
    const client = new ConvexClient(app.convexUrl);
    const previews: (string | undefined)[] = [];
    try {
      client.onUpdate(
        "conversations:listInbox" as never,
        { sessionToken, status: "open" } as never,
        (rows: { lastMessage: { preview: string } | null }[]) => previews.push(rows[0]?.lastMessage?.preview),
      );
      await expect.poll(() => previews.at(-1)).toBe("Wonderful, and to Togo?");
      await sayAsVisitor(guest, "And to Benin?");
      await expect.poll(() => previews.at(-1)).toBe("And to Benin?");
    } finally {
      await client.close();
    }
  });
}

const firstSteps = (page: Page): Locator => page.getByRole("button", { name: /^First steps/ });
const inboxRow = (page: Page, name: string): Locator =>
  page.getByRole("region", { name: "Conversations" }).getByRole("link").filter({ hasText: name });
const thread = (page: Page): Locator =>
  page.getByRole("region", { name: `Conversation with ${visitor.name}` });
const widget = (page: Page): Locator => page.locator("praxtalk-widget");

async function reply(operator: Page, text: string) {
  await operator.getByLabel("Reply", { exact: true }).fill(text);
  await operator.getByRole("button", { name: "Send" }).click();
  await expect(thread(operator)).toContainText(text);
}

async function sayAsVisitor(guest: Page, text: string) {
  await widget(guest).getByLabel("Message").fill(text);
  await widget(guest).getByRole("button", { name: "Send" }).click();
  await expect(widget(guest).getByText(text)).toBeVisible();
}

/** After a reload: each text once, in this order, on both sides. A reloaded page has its chat closed, and no form. */
async function expectThread(operator: Page, guest: Page, texts: string[]) {
  await guest.getByRole("button", { name: "Open chat" }).click();
  for (const side of [thread(operator), widget(guest).getByRole("log")]) {
    const shown = async () => {
      const text = (await side.innerText()).replaceAll(/\s+/g, " ");
      return texts
        .flatMap((each) => occurrences(text, each).map((at) => ({ each, at })))
        .sort((a, b) => a.at - b.at)
        .map(({ each }) => each);
    };
    await expect.poll(shown).toEqual(texts);
  }
  await expect(guest.getByRole("button", { name: "Start chat" })).toHaveCount(0);
}

function occurrences(text: string, part: string): number[] {
  const at = text.indexOf(part);
  if (at < 0) return [];
  return [at, ...occurrences(text.slice(at + part.length), part).map((next) => next + at + part.length)];
}
