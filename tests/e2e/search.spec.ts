import type { Page } from "@playwright/test";
import { expectAccessible, expectAccessibleInBothSchemes } from "../helpers/accessible";
import { answer, composer, row, signedIn, startConversation, thread } from "../helpers/dashboard";
import { sharedApp } from "../helpers/shared-app";
import { expect, test } from "../helpers/test";

const pane = (page: Page) => page.getByRole("region", { name: "Search", exact: true });
const field = (page: Page) => page.getByRole("searchbox", { name: "Search people and messages" });

test("a search goes from a key to the conversation and back without a mouse", async ({ browser }) => {
  const app = sharedApp();
  const name = "Search by key";
  const workspace = await app.provision(name);
  const { conversationId } = await startConversation(app, workspace, {
    name: "Olu Adebayo",
    message: "The Ridge kettle arrived with a dent",
  });
  await startConversation(app, workspace, { name: "Maja Lindqvist", message: "Where is my order?" });
  const page = await signedIn(browser, app, name);
  await page.goto(`${app.webUrl}/app`);
  await expect(row(page, "Olu Adebayo")).toBeVisible();

  await page.keyboard.press("/");
  await expect(field(page)).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.type("den ridge");
  await expect(pane(page).getByRole("link")).toHaveText([/Olu Adebayo.*The Ridge kettle arrived/]);
  await expect(pane(page).locator("mark")).toHaveText(["Ridge"]);
  // What is said meanwhile appears by itself.
  await answer(app, workspace, conversationId, "A new Ridge is on its way");
  await expect(pane(page).getByRole("link")).toHaveCount(2);
  await expectAccessibleInBothSchemes(page);

  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(thread(page)).toContainText("The Ridge kettle arrived with a dent");
  expect(new URL(page.url()).searchParams.get("message")).not.toBeNull();
  // The search stays beside what it found, and its keys go on from there.
  await expect(pane(page).getByRole("link", { name: /arrived with a dent/ })).toHaveAttribute(
    "aria-current",
    "true",
  );
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await expect(pane(page).getByRole("link", { name: /on its way/ })).toHaveAttribute("aria-current", "true");

  await page.keyboard.press("/");
  await page.keyboard.type("olu");
  await expect(pane(page).getByRole("heading", { name: "People" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(row(page, "Maja Lindqvist")).toBeVisible();
  await expect(composer(page)).toBeVisible();
});

test("a search on a phone says what it found nothing of, and returns to its results", async ({ browser }) => {
  const app = sharedApp();
  const name = "Search on a phone";
  await startConversation(app, await app.provision(name), {
    name: "Hannah Weiss",
    message: "Is it dishwasher-safe?",
  });
  const page = await signedIn(browser, app, name, { viewport: { width: 360, height: 740 } });
  await page.goto(`${app.webUrl}/app`);
  await page.getByRole("button", { name: "Search people and messages" }).click();
  await field(page).fill("teapot");
  await expect(pane(page).getByRole("heading", { name: "Nothing has “teapot”" })).toBeVisible();
  await expectAccessible(page);

  await field(page).fill("dishwasher");
  await pane(page).getByRole("link").click();
  await expect(pane(page)).toBeHidden();
  await expect(thread(page)).toContainText("Is it dishwasher-safe?");
  await page.goBack();
  await expect(field(page)).toHaveValue("dishwasher");
  await expect(pane(page).getByRole("link")).toBeVisible();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBe(0);
});
