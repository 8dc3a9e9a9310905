import type { Page } from "@playwright/test";
import { expectAccessible, expectAccessibleInBothSchemes } from "../helpers/accessible";
import { signedIn } from "../helpers/dashboard";
import { sharedApp } from "../helpers/shared-app";
import { expect, test } from "../helpers/test";

/** One pixel. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);

const tab = (page: Page, name: string) => page.getByRole("tab", { name });
/** The widget in the preview: its own nodes, which cannot be operated and so have no roles. */
const preview = (page: Page) => page.locator("praxtalk-widget");
const field = (page: Page, name: string) =>
  page.getByRole("tabpanel").getByRole("textbox", { name, exact: true });
const save = (page: Page) => page.getByRole("button", { name: /^Save/ });

test("a brand is made, set beside its live preview, seen on a page, and removed", async ({ browser }) => {
  const app = sharedApp();
  const name = "Brands page";
  await app.provision(name);
  const page = await signedIn(browser, app, name);
  await page.goto(`${app.webUrl}/app/brands`);
  await expect(page.getByRole("row").filter({ hasText: name })).toContainText("Not seen yet");
  await expectAccessibleInBothSchemes(page);
  await page.getByRole("button", { name: "New brand" }).click();
  await page.getByRole("button", { name: "Create brand" }).click();
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveAttribute("aria-invalid", "true");
  await page.getByRole("textbox", { name: "Name" }).fill("Kettle Row");
  await page.getByRole("button", { name: "Create brand" }).click();

  await expect(page.getByRole("heading", { level: 1, name: "Kettle Row" })).toBeVisible();
  const snippet = (await page.getByLabel("Widget snippet").textContent()) ?? "";
  const widgetId = /ws_[0-9a-f]{16}/.exec(snippet)?.[0] ?? "";
  await expect(page.getByText("Not seen yet")).toBeVisible();
  const shop = "https://shop.test";
  const config = `${app.siteUrl}/widget/config?widgetId=${widgetId}`;
  await fetch(config, { headers: { Origin: shop } });
  await expect(page.getByText(/Seen on shop\.test/)).toBeVisible();
  await page.getByRole("radio", { name: "One version, with integrity" }).check();
  const { path, integrity } = (await (await fetch(`${app.webUrl}/widget/integrity.json`)).json()) as {
    path: string;
    integrity: string;
  };
  await expect(page.getByLabel("Widget snippet")).toHaveText(
    `<script src="${app.webUrl}${path}" integrity="${integrity}" crossorigin="anonymous" data-site-url="${app.siteUrl}" data-widget-id="${widgetId}" defer></script>`,
  );
  await expectAccessible(page);

  await tab(page, "Look").click();
  await field(page, "Name").fill("Kettle & Row");
  await expect(preview(page).locator("h2")).toHaveText("Kettle & Row");
  await field(page, "Brand colour").fill("copper");
  await field(page, "Name").focus();
  await expect(page.getByText("Enter a colour like #2b5c8a.")).toBeVisible();
  await field(page, "Brand colour").fill("#ffee00");
  await expect(page.getByText(/The widget draws it as/)).toBeVisible();
  await page
    .getByLabel("Picture file")
    .setInputFiles({ name: "logo.png", mimeType: "image/png", buffer: PNG });
  await expect(preview(page).locator("img.logo")).toHaveAttribute("src", /\/widget\/logo\//);
  await expectAccessibleInBothSchemes(page);

  await tab(page, "Words").click();
  await field(page, "Welcome message").fill("Water, hot, when you want it");
  await page.getByRole("searchbox", { name: "Find a text" }).fill("Start chat");
  await field(page, "Start chat").fill("Ask us");
  await expect(preview(page).locator("button.primary")).toHaveText("Ask us");
  await expect(preview(page)).toContainText("Water, hot, when you want it");
  await tab(page, "Form and chat").click();
  await page
    .getByRole("tabpanel")
    .getByRole("group", { name: "Phone" })
    .getByRole("radio", { name: "Not asked" })
    .check();
  await expect(preview(page).locator("label").filter({ hasText: "Phone" })).toHaveCount(0);
  await expectAccessible(page);

  await tab(page, "Pages").click();
  await field(page, "Origins").fill("https://kettlerow.test");
  // What was not saved is still there after the page was left.
  await page.reload();
  await expect(page.getByText("6 changes not saved")).toBeVisible();
  await page.keyboard.press("ControlOrMeta+s");
  await expect(page.getByText("All saved")).toBeVisible();
  await expect(page.getByText(/shop\.test is not among the allowed pages/)).toBeVisible();
  expect((await fetch(config, { headers: { Origin: shop } })).status).toBe(403);
  const allowed = await fetch(config, { headers: { Origin: "https://kettlerow.test" } });
  expect(await allowed.json()).toMatchObject({
    brandName: "Kettle & Row",
    primaryColor: "#ffee00",
    welcomeMessage: "Water, hot, when you want it",
    form: { phone: "off" },
    texts: { startChat: "Ask us" },
  });

  await tab(page, "Hours").click();
  await page.getByRole("checkbox", { name: /Only at these times/ }).check();
  await field(page, "Monday, to").fill("08:00");
  await save(page).click();
  await expect(page.getByText("Day 1 must open before it closes")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(page.getByText("All saved")).toBeVisible();

  await tab(page, "Identity").click();
  await page.getByRole("radio", { name: /^Required/ }).click();
  await expect(page.getByText(/Make a secret first/)).toBeVisible();
  await page.getByRole("button", { name: "Make a secret" }).click();
  await expect(page.getByLabel("New secret")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "I have stored it" }).click();
  await page.getByRole("radio", { name: /^Required/ }).click();
  await expect(page.getByRole("radio", { name: /^Required/ })).toBeChecked();
  await expect(page.getByRole("button", { name: "Make a new secret" })).toBeVisible();

  await tab(page, "Install").click();
  await page.getByRole("button", { name: "Remove brand" }).click();
  const remove = page.getByRole("dialog").getByRole("button", { name: "Remove brand" });
  await expect(remove).toBeDisabled();
  await page.getByRole("textbox", { name: /Type Kettle & Row/ }).fill("Kettle & Row");
  await remove.click();
  await expect(page.getByRole("heading", { level: 1, name: "Brands" })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "Kettle & Row" })).toHaveCount(0);
});

test("who comes without an account is told what this is", async ({ page }) => {
  const app = sharedApp();
  await app.provision("Home page");
  await page.goto(app.webUrl);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/Live chat/);
  const picture = page.getByRole("img", { name: /The inbox/ });
  await expect
    .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(0);
  await expectAccessibleInBothSchemes(page);
  await page.getByRole("navigation").getByRole("link", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
});
