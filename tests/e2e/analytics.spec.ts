import { expectAccessible, expectAccessibleInBothSchemes } from "../helpers/accessible";
import { answer, signedIn, startConversation } from "../helpers/dashboard";
import { sharedApp } from "../helpers/shared-app";
import { expect, test } from "../helpers/test";

/** Figures follow within the time between two foldings; a loaded machine needs more. */
const FOLDED_MS = 60_000;

test("figures follow what happens, each chart has its table, and keys go from period to period", async ({
  browser,
}) => {
  test.setTimeout(2 * FOLDED_MS);
  const app = sharedApp();
  const name = "Analytics page";
  const provisioned = await app.provision(name);
  const page = await signedIn(browser, app, name);
  await page.goto(`${app.webUrl}/app/analytics`);
  await expect(page.getByRole("heading", { name: "Nothing happened in this period" })).toBeVisible();
  await expectAccessible(page);

  const { conversationId } = await startConversation(app, provisioned);
  await startConversation(app, provisioned, { name: "Bo" });
  await answer(app, provisioned, conversationId, "It does.");
  const figure = (term: string) => page.getByRole("term").filter({ hasText: term }).locator("xpath=..");
  await expect(figure("Conversations")).toContainText("2", { timeout: FOLDED_MS });
  await expect(figure("Nobody answered")).toContainText("50% of those that began");
  await expect(page.getByRole("img", { name: /started per day/ })).toBeVisible();
  await expectAccessibleInBothSchemes(page);

  await page.getByRole("button", { name: "Show as table: Who answered first" }).click();
  const today = page.getByRole("row").filter({ hasText: "so far" });
  await expect(today.getByRole("cell").nth(1)).toHaveText("2");
  await expect(today.getByRole("cell").nth(2)).toHaveText("1");
  await expectAccessible(page);

  await page.keyboard.press("[");
  await expect(page.getByRole("heading", { name: "Nothing happened in this period" })).toBeVisible();
  await expect(page).toHaveURL(/until=/);
  await page.keyboard.press("]");
  await expect(figure("Conversations")).toContainText("2");
  await page.setViewportSize({ width: 360, height: 740 });
  await expect(page.getByRole("img", { name: /started per day/ })).toBeVisible();
  await expect(page.getByRole("img", { name: /hour of the day/ })).toBeVisible();
  await expectAccessible(page);
});
