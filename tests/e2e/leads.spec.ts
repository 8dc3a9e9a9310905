import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { api } from "../../convex/_generated/api";
import { expectAccessible, expectAccessibleInBothSchemes } from "../helpers/accessible";
import { httpClient, signedIn } from "../helpers/dashboard";
import { sharedApp } from "../helpers/shared-app";
import { expect, test } from "../helpers/test";

const line = (page: Page, name: string) => page.getByRole("row").filter({ hasText: name });

test("leads are found, changed by the keyboard, taken back, merged, and go through a file and back", async ({
  browser,
}) => {
  const app = sharedApp();
  const name = "Leads page";
  const { sessionToken } = await app.provision(name);
  const page = await signedIn(browser, app, name);
  await page.goto(`${app.webUrl}/app/leads`);
  await expect(page.getByRole("heading", { name: "No leads yet" })).toBeVisible();
  await expectAccessible(page);

  await page.keyboard.press("c");
  await page.getByRole("textbox", { name: "Name" }).fill("Hannah Weiss");
  await page.getByRole("textbox", { name: "Email" }).fill("not an address");
  await page.getByRole("button", { name: "Create lead" }).click();
  await expect(page.getByRole("textbox", { name: "Email" })).toHaveAttribute("aria-invalid", "true");
  await page.getByRole("textbox", { name: "Email" }).fill("hannah@posteo.de");
  await page.getByRole("button", { name: "Create lead" }).click();

  const drawer = page.getByRole("dialog", { name: "Hannah Weiss" });
  await drawer.getByRole("textbox", { name: "Remark" }).fill("Wants twelve kettles");
  await drawer.getByRole("button", { name: "Add remark" }).click();
  await expect(drawer.getByRole("listitem").filter({ hasText: "Wants twelve kettles" })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await page.keyboard.press("Escape");
  await expect(line(page, "Hannah Weiss")).toContainText("Wants twelve kettles");

  // The rest comes from elsewhere: the page is live.
  const client = httpClient(app);
  const same = { sessionToken, name: "H. Weiss", email: "hannah@posteo.de", phone: "+4930123456" };
  await client.mutation(api.leads.create, same);
  await client.mutation(api.leads.create, { sessionToken, name: "=cmd", notes: "-1" });
  await expect(line(page, "H. Weiss")).toContainText("same person twice");
  await expect(line(page, "=cmd")).toBeVisible();

  await page.getByRole("button", { name: "=cmd" }).focus();
  await page.keyboard.press("s");
  await page.getByRole("menuitem", { name: "Won" }).click();
  await expect(line(page, "=cmd")).toContainText("Won");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(line(page, "=cmd")).toContainText("New");

  await page.getByRole("searchbox", { name: "Search leads" }).fill("hannah");
  await expect(line(page, "=cmd")).toHaveCount(0);
  await expect(line(page, "H. Weiss")).toBeVisible();
  await page.getByRole("searchbox", { name: "Search leads" }).fill("");
  // A search that changes closes the lead that is open.
  await expect(line(page, "=cmd")).toBeVisible();

  await page.getByRole("button", { name: "Hannah Weiss" }).click();
  await page.getByRole("button", { name: "Merge into this" }).click();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Merge leads" }).click();
  await expect(drawer.getByRole("link", { name: "+4930123456" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(line(page, "H. Weiss")).toHaveCount(0);

  const [exported] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export CSV" }).click(),
  ]);
  const file = await exported.path();
  expect(readFileSync(file, "utf8")).toContain("'=cmd");

  await page.getByRole("button", { name: "=cmd" }).click();
  await page.getByRole("button", { name: "Remove" }).click();
  await expect(line(page, "=cmd")).toHaveCount(0);
  await page.getByRole("button", { name: "Import CSV" }).click();
  await page.getByLabel("File").setInputFiles(file);
  await expect(page.getByRole("combobox", { name: "Name" })).toHaveValue("0");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Import 2 leads" }).click();
  await expect(page.getByText("1 lead created, 0 updated, 1 skipped, 0 refused.")).toBeVisible();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(line(page, "=cmd")).toBeVisible();
  await page.setViewportSize({ width: 360, height: 740 });
  await expect(line(page, "=cmd")).toBeVisible();
  await expectAccessible(page);
});
