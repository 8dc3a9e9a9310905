import type { Page } from "@playwright/test";
import { expectAccessibleInBothSchemes } from "../helpers/accessible";
import { OWNER_PASSWORD, ownerEmail } from "../helpers/app";
import { stepAt, totpCode } from "../../convex/logic/totp";
import { fillLogin, signedIn, startConversation, thread } from "../helpers/dashboard";
import { sharedApp } from "../helpers/shared-app";
import { expect, test } from "../helpers/test";

const personRow = (page: Page, name: string) =>
  page.getByRole("table", { name: "People" }).getByRole("row").filter({ hasText: name });

/** Invites by the dialog; the link that is shown once. */
async function invite(page: Page, email: string): Promise<string> {
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Email" }).fill(email);
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  const link = (await page.getByLabel("New link").textContent()) ?? "";
  await page.getByRole("button", { name: "I have sent it" }).click();
  return link;
}

test("a colleague is invited by a link, joins, is given a role, and is removed while they look", async ({
  browser,
}) => {
  const app = sharedApp();
  const name = "Accounts team";
  await app.provision(name);
  const owner = await signedIn(browser, app, name);
  await owner.goto(`${app.webUrl}/app/team`);
  await expect(owner.getByRole("heading", { level: 1, name: "Team" })).toBeVisible();
  await expect(owner.getByText("Nobody is invited")).toBeVisible();
  await owner.getByRole("button", { name: "Invite", exact: true }).click();
  await owner.getByRole("dialog").getByRole("button", { name: "Invite", exact: true }).click();
  await expect(owner.getByRole("textbox", { name: "Email" })).toHaveAttribute("aria-invalid", "true");
  await expectAccessibleInBothSchemes(owner);
  await owner.keyboard.press("Escape");
  const first = await invite(owner, "grace.accounts@example.com");
  const link = await invite(owner, "grace.accounts@example.com");
  expect(link).toMatch(/\/invite\/inv_[0-9a-f]{48}$/);
  expect(await (await owner.request.get(link)).text()).toContain("You are signed in as");

  const context = await browser.newContext({ locale: "en-GB" });
  const colleague = await context.newPage();
  await colleague.goto(first);
  await expect(colleague.getByRole("heading", { name: "This invite is no longer good" })).toBeVisible();
  await colleague.goto(link);
  await expect(colleague.getByRole("heading", { name: /^Join / })).toBeVisible();
  await colleague.getByRole("button", { name: "Join the team" }).click();
  await expect(colleague.getByRole("textbox", { name: "Your name" })).toBeFocused();
  await expectAccessibleInBothSchemes(colleague);
  await colleague.getByRole("textbox", { name: "Your name" }).fill("Grace Hopper");
  await colleague.getByRole("textbox", { name: "Password" }).fill(OWNER_PASSWORD);
  await colleague.getByRole("button", { name: "Join the team" }).click();
  await colleague.waitForURL(`${app.webUrl}/app`);

  // Without a reload: the team is live.
  await expect(personRow(owner, "Grace Hopper")).toContainText("Agent");
  await expect(owner.getByText("Nobody is invited")).toBeVisible();
  await colleague.goto(`${app.webUrl}/app/team`);
  await expect(personRow(colleague, "Grace Hopper")).toContainText("you");
  await expect(colleague.getByRole("button", { name: "Invite", exact: true })).toHaveCount(0);

  await personRow(owner, "Grace Hopper")
    .getByRole("button", { name: /Actions/ })
    .click();
  await owner.getByRole("menuitem", { name: "Change role and brands" }).click();
  await owner.getByRole("radio", { name: /^Admin/ }).check();
  await owner.getByRole("button", { name: "Save" }).click();
  await expect(personRow(colleague, "Grace Hopper")).toContainText("Admin");
  await expect(colleague.getByRole("button", { name: "Invite", exact: true })).toBeVisible();
  await expectAccessibleInBothSchemes(owner);

  await personRow(owner, "Grace Hopper")
    .getByRole("button", { name: /Actions/ })
    .click();
  await owner.getByRole("menuitem", { name: "Remove from the team" }).click();
  await expect(owner.getByRole("combobox", { name: "Their conversations go to" })).toBeVisible();
  await expectAccessibleInBothSchemes(owner);
  await owner.getByRole("button", { name: "Remove", exact: true }).click();
  await expect(personRow(owner, "Grace Hopper")).toHaveCount(0);
  await colleague.waitForURL(/\/login\?expired=1/);
});

test("an account changes its name and password, and sees and ends its other sessions", async ({
  browser,
}) => {
  const app = sharedApp();
  const name = "Accounts own";
  await app.provision(name);
  const page = await signedIn(browser, app, name);
  const elsewhere = await signedIn(browser, app, name);
  await elsewhere.goto(`${app.webUrl}/app/team`);
  await page.goto(`${app.webUrl}/app/team`);
  await page.getByRole("button", { name: /^Account:/ }).click();
  await page.getByRole("menuitem", { name: "Your account" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Your account" })).toBeVisible();
  await expectAccessibleInBothSchemes(page);

  await page.getByRole("textbox", { name: "Your name" }).fill("Ada King");
  await page.getByRole("button", { name: "Save name" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Account: Ada King" })).toBeVisible();
  await expect(personRow(elsewhere, "Ada King")).toContainText("you");

  const sessions = page.getByRole("table", { name: "Where you are signed in" });
  await expect(sessions.getByText("This one")).toHaveCount(1);
  await sessions
    .getByRole("button", { name: /^Sign out/ })
    .first()
    .click();
  await elsewhere.waitForURL(/\/login\?expired=1/);

  await page.getByRole("textbox", { name: "Current password" }).fill("not this one");
  await page.getByRole("textbox", { name: "New password" }).fill("a sentence works best");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("This is not your password.")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Current password" })).toBeFocused();
  await page.getByRole("textbox", { name: "Current password" }).fill(OWNER_PASSWORD);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Changed. You are signed out everywhere else.")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "New password" })).toHaveValue("");
});

test("a second step is set up, asked for at the login, and answered by an app or a recovery code", async ({
  browser,
}) => {
  const app = sharedApp();
  const name = "Accounts two steps";
  await app.provision(name);
  const page = await signedIn(browser, app, name);
  await page.goto(`${app.webUrl}/app/account`);
  await page.getByRole("button", { name: "Set up" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Your password" }).fill(OWNER_PASSWORD);
  await dialog.getByRole("button", { name: "Go on" }).click();
  await expect(dialog.getByRole("img", { name: /QR code/ })).toBeVisible();
  const secret = (await dialog.getByLabel("Key", { exact: true }).textContent()) ?? "";
  await expectAccessibleInBothSchemes(page);
  await dialog.getByRole("textbox", { name: /^Code/ }).fill("000000");
  await dialog.getByRole("button", { name: "Turn on" }).click();
  await expect(dialog.getByText("This code is wrong or was used.")).toBeVisible();
  const confirmed = stepAt(Date.now());
  await dialog.getByRole("textbox", { name: /^Code/ }).fill(await totpCode(secret, confirmed));
  await dialog.getByRole("button", { name: "Turn on" }).click();
  const codes = ((await page.getByLabel("New recovery codes").textContent()) ?? "").split("\n");
  expect(codes).toHaveLength(10);
  await page.getByRole("button", { name: "I have stored it" }).click();
  await expect(page.getByText("10 recovery codes left.")).toBeVisible();

  const context = await browser.newContext({ locale: "en-GB" });
  const again = await context.newPage();
  await again.goto(`${app.webUrl}/login`);
  await fillLogin(again, ownerEmail(name));
  const code = again.getByRole("textbox", { name: "Code" });
  await expect(code).toBeFocused();
  await expectAccessibleInBothSchemes(again);
  await code.fill("000000");
  await again.getByRole("button", { name: "Go on" }).click();
  await expect(again.getByText("This code is wrong or was used.")).toBeVisible();
  // A step ahead is taken too, so no test has to wait for the next one.
  await code.fill(await totpCode(secret, confirmed + 1));
  await again.getByRole("button", { name: "Go on" }).click();
  await again.waitForURL(`${app.webUrl}/app`);

  await again.context().clearCookies();
  await again.goto(`${app.webUrl}/login`);
  await fillLogin(again, ownerEmail(name));
  await code.fill(codes[0] ?? "");
  await again.getByRole("button", { name: "Go on" }).click();
  await again.waitForURL(`${app.webUrl}/app`);
  await expect(page.getByText("9 recovery codes left.")).toBeVisible();
});

test("a colleague who lost their password gets a link, and sets a new one", async ({ browser }) => {
  const app = sharedApp();
  const name = "Accounts reset";
  await app.provision(name);
  const owner = await signedIn(browser, app, name);
  await owner.goto(`${app.webUrl}/app/team`);
  const email = "reset.accounts@example.com";
  const link = await invite(owner, email);
  const context = await browser.newContext({ locale: "en-GB" });
  const colleague = await context.newPage();
  await colleague.goto(link);
  await colleague.getByRole("textbox", { name: "Your name" }).fill("Grace Hopper");
  await colleague.getByRole("textbox", { name: "Password" }).fill(OWNER_PASSWORD);
  await colleague.getByRole("button", { name: "Join the team" }).click();
  await colleague.waitForURL(`${app.webUrl}/app`);

  const lost = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await lost.goto(`${app.webUrl}/login`);
  await lost.getByRole("link", { name: "Forgot your password?" }).click();
  // No mail is set up here, which the page says.
  await expect(lost.getByText("This server sends no mail.")).toBeVisible();
  await expectAccessibleInBothSchemes(lost);

  await personRow(owner, "Grace Hopper")
    .getByRole("button", { name: /Actions/ })
    .click();
  await owner.getByRole("menuitem", { name: "Make a link for a new password" }).click();
  await owner.getByRole("button", { name: "Make the link" }).click();
  const reset = (await owner.getByLabel("New link").textContent()) ?? "";
  await owner.getByRole("button", { name: "I have passed it on" }).click();
  await lost.goto(reset);
  await expect(lost.getByRole("heading", { name: "New password" })).toBeVisible();
  await expectAccessibleInBothSchemes(lost);
  await lost.getByRole("textbox", { name: "New password" }).fill("a sentence works best");
  await lost.getByRole("button", { name: "Set the password" }).click();
  await expect(lost.getByText("Your new password is set.")).toBeVisible();
  await colleague.waitForURL(/\/login\?expired=1/);
  await fillLogin(lost, email, "a sentence works best");
  await lost.waitForURL(`${app.webUrl}/app`);
  await lost.goto(reset);
  await expect(lost.getByRole("heading", { name: "This link is no longer good" })).toBeVisible();
});

/** Notifications that the page has shown, real ones, by their titles; the newest can be clicked. */
async function watchNotifications(page: Page) {
  await page.addInitScript(() => {
    const shown: Notification[] = [];
    window.Notification = new Proxy(window.Notification, {
      construct(target, [title, options]: [string, NotificationOptions]) {
        const notification = new target(title, options);
        shown.push(notification);
        return notification;
      },
    });
    Object.assign(window, { shownNotifications: shown });
  });
  type Watched = { shownNotifications: Notification[] };
  return {
    titles: () =>
      page.evaluate(() => (window as unknown as Watched).shownNotifications.map(({ title }) => title)),
    clickNewest: () =>
      page.evaluate(() => {
        (window as unknown as Watched).shownNotifications.at(-1)?.dispatchEvent(new Event("click"));
      }),
  };
}

test("one reads dates in one's own way, and hears outside the page of what nobody has in view", async ({
  browser,
}) => {
  const app = sharedApp();
  const name = "Accounts ways";
  const workspace = await app.provision(name);
  const [hannah, olu] = await Promise.all([
    startConversation(app, workspace, { name: "Hannah Weiss" }),
    startConversation(app, workspace, { name: "Olu Adebayo" }),
  ]);
  const page = await signedIn(browser, app, name);
  const other = await page.context().newPage();
  const [here, there] = [await watchNotifications(page), await watchNotifications(other)];
  await page.goto(`${app.webUrl}/app/account`);
  const formats = page.getByRole("region", { name: "Dates and numbers" });
  await formats.getByRole("combobox", { name: "Formats of" }).selectOption("de-DE");
  await expect(formats.getByRole("status")).toContainText("1.234,5");
  await formats.getByRole("combobox", { name: "Time zone" }).selectOption("Asia/Tokyo");
  const since = page.getByRole("region", { name: "Where you are signed in" }).locator("time").first();
  const inTokyo = await page.evaluate(() =>
    new Intl.DateTimeFormat("de-DE", { dateStyle: "long", timeZone: "Asia/Tokyo" }).format(Date.now()),
  );
  await expect(since).toHaveAttribute("title", new RegExp(`^${inTokyo}`));

  const box = page.getByRole("checkbox", { name: /Notify me outside the page/ });
  await expect(box).not.toBeChecked();
  await page.context().grantPermissions(["notifications"], { origin: app.webUrl });
  await box.click();
  await expect(box).toBeChecked();
  await expectAccessibleInBothSchemes(page);
  await other.goto(`${app.webUrl}/app?conversation=${olu.conversationId}`);
  await expect(thread(other)).toContainText("Does the kettle whistle?");
  // In view in one of the tabs: the message after it is the first that is announced, and by one of them.
  await olu.say("Still there?");
  await expect(thread(other)).toContainText("Still there?");
  await hannah.say("Hello?");
  await expect
    .poll(async () => [...(await here.titles()), ...(await there.titles())])
    .toEqual(["Hannah Weiss"]);
  await here.clickNewest();
  await expect(page).toHaveURL(/conversation=/);
  await expect(thread(page)).toContainText("Hello?");
});
