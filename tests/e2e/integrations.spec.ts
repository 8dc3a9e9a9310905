import type { Page } from "@playwright/test";
import { expectAccessible } from "../helpers/accessible";
import { signedIn } from "../helpers/dashboard";
import { sharedApp } from "../helpers/shared-app";
import { expect, test } from "../helpers/test";

/** What a key is answered with now: the status of a list under it. */
async function statusFor(siteUrl: string, key: string): Promise<number> {
  const response = await fetch(`${siteUrl}/api/v1/brands`, { headers: { Authorization: `Bearer ${key}` } });
  return response.status;
}

const keyRow = (page: Page, name: string) => page.getByRole("row").filter({ hasText: name });

test("a key is made, shown once, listed without its secret, and revoked at once", async ({ browser }) => {
  const app = sharedApp();
  const name = "Integrations keys";
  await app.provision(name);
  const page = await signedIn(browser, app, name);
  await page.goto(`${app.webUrl}/app`);
  await page.getByRole("link", { name: "Integrations" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "New key" }).click();
  await page.getByRole("button", { name: "Create key" }).click();
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveAttribute("aria-invalid", "true");
  await page.getByRole("textbox", { name: "Name" }).fill("Shop backend");
  await page.getByRole("radio", { name: /Read and write/ }).check();
  await page.getByRole("combobox", { name: "Expires" }).selectOption({ label: "30 days from now" });
  await expectAccessible(page);
  await page.getByRole("button", { name: "Create key" }).click();
  const secret = (await page.getByLabel("New key").textContent()) ?? "";
  expect(secret).toMatch(/^ptk_live_[0-9a-f]{40}$/);
  await expectAccessible(page);
  expect(await statusFor(app.siteUrl, secret)).toBe(200);
  // Escape does not lose a key that nobody has stored yet.
  await page.keyboard.press("Escape");
  await expect(page.getByLabel("New key")).toBeVisible();
  await page.getByRole("button", { name: "I have stored it" }).click();

  const row = keyRow(page, "Shop backend");
  await expect(row).toContainText("Read and write, all brands");
  await expect(row).not.toContainText(secret);
  await page.reload();
  await expect(row).toBeVisible();
  expect(await page.content()).not.toContain(secret);

  await row.getByRole("button", { name: "Actions for Shop backend" }).click();
  await page.getByRole("menuitem", { name: "Revoke" }).click();
  await expect(page.getByRole("button", { name: "Revoke key" })).toBeDisabled();
  await page.getByRole("textbox", { name: /Type Shop backend/ }).fill("Shop backend");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Revoke key" }).click();
  // Behind the dialog, rows are hidden from roles: they count once it has closed.
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(row).toHaveCount(0);
  expect(await statusFor(app.siteUrl, secret)).toBe(401);
});
