import { expect, test, type Page } from "@playwright/test";
import { expectAccessibleInBothSchemes } from "../helpers/accessible";
import { OWNER_PASSWORD } from "../helpers/app";
import { signedIn } from "../helpers/dashboard";
import { sharedApp } from "../helpers/shared-app";

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
