import type { Page } from "@playwright/test";
import { SECTIONS } from "../../components/shell/sections";
import { api } from "../../convex/_generated/api";
import { expectAccessible, expectAccessibleInBothSchemes } from "../helpers/accessible";
import { addAgent, OWNER_PASSWORD, ownerEmail, startApp, type App } from "../helpers/app";
import * as dashboard from "../helpers/dashboard";
import { sharedApp } from "../helpers/shared-app";
import { expect, test } from "../helpers/test";

const { composer, cookieToken, fillLogin, row, signedIn } = dashboard;

test.describe("set-up", () => {
  let app: App;
  test.beforeAll(async () => {
    app = await startApp();
  });
  test.afterAll(() => app.dispose());

  test("asks until all is right, works once, and closes for good", async ({ page, browser }) => {
    await page.goto(app.webUrl);
    await expect(page).toHaveURL(/\/setup$/);
    await expectAccessibleInBothSchemes(page);

    await page.getByRole("textbox", { name: "Workspace name" }).fill("Kettle Row");
    await page.getByRole("textbox", { name: "Your name" }).fill("Maja Lindqvist");
    await page.getByRole("textbox", { name: "Work email" }).fill("maja@nowhere");
    await page.getByRole("textbox", { name: "Password" }).fill("short");
    await page.getByRole("button", { name: "Create workspace" }).click();
    await expect(page.getByText("Enter an email address like name@example.com.")).toBeVisible();
    await expect(page.getByText("at least 8 characters")).toBeVisible();
    await expect(page.getByRole("textbox", { name: "Work email" })).toBeFocused();
    await expectAccessible(page);

    const late = await (await browser.newContext()).newPage();
    await late.goto(`${app.webUrl}/setup`);

    await page.getByRole("textbox", { name: "Work email" }).fill("maja@acme.test");
    await page.getByRole("textbox", { name: "Password" }).fill(OWNER_PASSWORD);
    await page.getByRole("button", { name: "Create workspace" }).click();
    await expect(page).toHaveURL(/\/app$/);
    await expect(page.getByRole("heading", { name: "No conversations yet" })).toBeVisible();

    await late.getByRole("textbox", { name: "Workspace name" }).fill("Mine too");
    await late.getByRole("textbox", { name: "Your name" }).fill("Late Comer");
    await late.getByRole("textbox", { name: "Work email" }).fill("late@acme.test");
    await late.getByRole("textbox", { name: "Password" }).fill(OWNER_PASSWORD);
    await late.getByRole("button", { name: "Create workspace" }).click();
    await expect(late.getByText("This deployment is set up already.")).toBeVisible();
    await late.goto(`${app.webUrl}/setup`);
    await expect(late).toHaveURL(/\/login$/);
  });
});

test.describe("sessions", () => {
  let name: string;
  test.beforeEach(async ({}, { testId }) => {
    name = `Session ${testId}`;
  });

  test("a wrong password and an unknown email get the same answer; the right ones lead on", async ({
    page,
  }) => {
    const app = sharedApp();
    await app.provision(name);
    await page.goto(`${app.webUrl}/app?status=resolved`);
    await expect(page).toHaveURL(/\/login\?next=/);
    await expectAccessibleInBothSchemes(page);
    const refusal = page.getByRole("alert").filter({ hasText: /./ });
    await fillLogin(page, ownerEmail(name), "not the password");
    await expect(refusal).toBeVisible();
    const words = await refusal.textContent();
    await fillLogin(page, "nobody@acme.test");
    await expect(refusal).toHaveText(words ?? "");
    await expectAccessible(page);

    await fillLogin(page, ownerEmail(name));
    await expect(page).toHaveURL(`${app.webUrl}/app?status=resolved`);
    await cookieToken(page);
  });

  test("login leads back to the page that was asked for, as it was, and never to another site", async ({
    page,
  }) => {
    const app = sharedApp();
    await app.provision(name);
    for (const section of [...SECTIONS.map(({ href }) => href), "/app/account", "/app/brands/x"]) {
      const wanted = `${section}?lead=a&q=b%26c`;
      const response = await page.request.get(app.webUrl + wanted);
      expect(response.url()).toBe(`${app.webUrl}/login?${new URLSearchParams({ next: wanted })}`);
    }
    await page.goto(`${app.webUrl}/login?next=${encodeURIComponent("//evil.example/app")}`);
    await fillLogin(page, ownerEmail(name));
    await expect(page).toHaveURL(`${app.webUrl}/app`);
  });

  test("another site cannot log in, out or renew with this browser's cookie", async ({ browser }) => {
    const app = sharedApp();
    await app.provision(name);
    const page = await signedIn(browser, app, name);
    const headers = { Origin: "https://evil.example" };
    const { request } = page.context();
    expect((await request.post(`${app.webUrl}/api/session/child`, { headers })).status()).toBe(403);
    expect((await request.delete(`${app.webUrl}/api/session`, { headers })).status()).toBe(403);
    expect((await request.delete(`${app.webUrl}/api/session`)).status()).toBe(403);
    await page.goto(`${app.webUrl}/app`);
    await expect(page).toHaveURL(`${app.webUrl}/app`);
  });

  test("signing in as somebody else and signing out end the session everywhere that it was used", async ({
    browser,
  }) => {
    const app = sharedApp();
    const workspace = await app.provision(name);
    const colleague = await addAgent(app, name, workspace);
    const page = await signedIn(browser, app, name);
    const otherTab = await page.context().newPage();
    await page.goto(`${app.webUrl}/app`);
    await otherTab.goto(`${app.webUrl}/app`);
    const account = (tab: Page, who: string) => tab.getByRole("button", { name: `Account: ${name} ${who}` });
    await expect(account(otherTab, "Owner")).toBeVisible();
    const me = (sessionToken: string) => dashboard.httpClient(app).query(api.auth.me, { sessionToken });

    const former = await cookieToken(page);
    await page.request.post(`${app.webUrl}/api/session`, {
      headers: { Origin: app.webUrl },
      data: { email: colleague, password: OWNER_PASSWORD },
    });
    // Nothing on these pages acts in the new one's name as if it were the former's.
    await expect(account(page, "Agent")).toBeVisible();
    await expect(account(otherTab, "Agent")).toBeVisible();
    expect(await me(former)).toBeNull();

    const token = await cookieToken(page);
    await account(page, "Agent").click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page).toHaveURL(/\/login$/);
    await expect(otherTab).toHaveURL(/\/login\?/);
    expect(await me(token)).toBeNull();
  });

  test("an ended session leads to the login and back, with the draft kept", async ({ browser }) => {
    const app = sharedApp();
    const workspace = await app.provision(name);
    const { conversationId } = await dashboard.startConversation(app, workspace);
    const page = await signedIn(browser, app, name);
    await page.goto(`${app.webUrl}/app`);
    await row(page, "Hannah Weiss").click();
    await composer(page).fill("It whistles on two no");

    const sessionToken = await cookieToken(page);
    await dashboard.httpClient(app).mutation(api.auth.logout, { sessionToken });
    await expect(page).toHaveURL(/\/login\?expired=1/);
    await expect(page.getByText("Your session has ended.")).toBeVisible();
    await expectAccessible(page);

    await fillLogin(page, ownerEmail(name));
    await expect(page).toHaveURL(`${app.webUrl}/app?conversation=${conversationId}`);
    await expect(composer(page)).toHaveValue("It whistles on two no");
  });

  test("the page renews its token before it ends, and what is shown stays", async ({ browser }) => {
    const app = sharedApp();
    const workspace = await app.provision(name);
    const visitor = await dashboard.startConversation(app, workspace);
    const page = await signedIn(browser, app, name);
    await page.clock.install();
    await page.goto(`${app.webUrl}/app`);
    await row(page, "Hannah Weiss").click();
    await composer(page).fill("half a sentence");
    const renewal = page.waitForResponse((response) => response.url().endsWith("/api/session/child"));
    await page.clock.fastForward("56:00");
    expect((await renewal).status()).toBe(200);
    await visitor.say("Still there?");
    await expect(dashboard.thread(page)).toContainText("Still there?");
    await expect(composer(page)).toHaveValue("half a sentence");
  });
});
