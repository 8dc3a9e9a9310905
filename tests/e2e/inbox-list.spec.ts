import { expectAccessibleInBothSchemes } from "../helpers/accessible";
import type { Provisioned } from "../helpers/app";
import { list, row, signedIn, startConversation, thread } from "../helpers/dashboard";
import { sharedApp } from "../helpers/shared-app";
import { expect, test } from "../helpers/test";

let name: string;
let workspace: Provisioned;

test.beforeEach(async ({}, { testId }) => {
  name = `List ${testId}`;
  workspace = await sharedApp().provision(name);
});

test("two operators and a visitor: assign, tag, snooze and wake, live in both lists", async ({ browser }) => {
  const app = sharedApp();
  const visitor = await startConversation(app, workspace);
  const [page, second] = await Promise.all([
    signedIn(browser, app, name, { reducedMotion: "reduce" }),
    signedIn(browser, app, name),
  ]);
  await second.goto(`${app.webUrl}/app?assignee=me`);
  await expect(list(second).getByText("Nothing is in this view")).toBeVisible();
  await page.goto(`${app.webUrl}/app`);
  await row(page, "Hannah Weiss").click();

  await page.keyboard.press("a");
  await page.getByRole("menuitemradio", { name: "Me" }).click();
  await expect(page.getByText(/^Assigned to/)).toBeVisible();
  await expect(row(second, "Hannah Weiss")).toContainText("assigned to");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(list(second).getByText("Nothing is in this view")).toBeVisible();

  await page.keyboard.press("t");
  await page.getByLabel("Add a tag").fill("Faulty Item");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Remove faulty item" })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await page.keyboard.press("Escape");
  await second.goto(`${app.webUrl}/app?tag=faulty%20item`);
  await expect(row(second, "Hannah Weiss")).toContainText("faulty item");

  await page.keyboard.press("z");
  await page.getByRole("menuitem", { name: /^Tomorrow/ }).click();
  await expect(row(second, "Hannah Weiss")).toBeHidden();
  await page.getByRole("list", { name: "Inbox views" }).getByRole("link", { name: "Snoozed" }).click();
  await expect(row(page, "Hannah Weiss")).toBeVisible();
  await visitor.say("Are you there?");
  await expect(row(second, "Hannah Weiss")).toContainText("Are you there?");
  await expect(list(page).getByText("Nothing is snoozed")).toBeVisible();
});

test("many at once: selected by key, click and range, changed together, undone together", async ({
  browser,
}) => {
  const app = sharedApp();
  for (const person of ["Ada One", "Bo Two", "Cy Three", "Di Four"]) {
    await startConversation(app, workspace, { name: person });
  }
  const page = await signedIn(browser, app, name, { reducedMotion: "reduce" });
  await page.goto(`${app.webUrl}/app`);
  await expect(row(page, "Ada One")).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await expect(page.getByRole("checkbox", { name: "Select Ada One" })).toBeChecked();
  await row(page, "Cy Three").click({ modifiers: ["Shift"] });
  const bar = page.getByRole("region", { name: "Selected conversations" });
  await expect(bar).toContainText("3 selected");
  await page.getByRole("checkbox", { name: "Select Bo Two" }).uncheck();
  await expect(bar).toContainText("2 selected");
  await expectAccessibleInBothSchemes(page);
  await row(page, "Ada One").focus();
  await page.keyboard.press("e");
  await expect(row(page, "Ada One")).toBeHidden();
  await expect(row(page, "Cy Three")).toBeHidden();
  await expect(row(page, "Bo Two")).toBeVisible();
  await expect(bar).toBeHidden();
  await expect(page.getByText("2 conversations: resolved.")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row(page, "Ada One")).toBeVisible();
  await expect(row(page, "Cy Three")).toBeVisible();
});

test("views are chosen in the filter and found again by their address; on a phone too", async ({
  browser,
}) => {
  const app = sharedApp();
  await startConversation(app, workspace);
  const page = await signedIn(browser, app, name, {
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    reducedMotion: "reduce",
  });
  await page.goto(`${app.webUrl}/app`);
  await expect(row(page, "Hannah Weiss")).toBeVisible();
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByRole("menuitemradio", { name: "Email" }).click();
  await expect(page).toHaveURL(/channel=email/);
  await expect(list(page).getByText("Nothing is in this view")).toBeVisible();
  await page.getByRole("link", { name: "See all open" }).click();
  await page.getByRole("button", { name: "Order: Longest wait" }).click();
  await page.getByRole("menuitemradio", { name: "Newest activity first" }).click();
  await expect(page).toHaveURL(/sort=newest/);
  await page.reload();
  await expect(page.getByRole("button", { name: "Order: Newest" })).toBeVisible();
  await row(page, "Hannah Weiss").click();
  await expect(thread(page)).toContainText("Does the kettle whistle?");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
});

test("a conversation that comes above leaves what is looked at in its place, and can be gone to", async ({
  browser,
}) => {
  const app = sharedApp();
  for (let number = 1; number <= 12; number++) {
    await startConversation(app, workspace, { name: `Person ${number}` });
  }
  const viewport = { width: 1280, height: 520 };
  const page = await signedIn(browser, app, name, { viewport, reducedMotion: "reduce" });
  await page.goto(`${app.webUrl}/app?sort=newest`);
  const looked = row(page, "Person 4");
  await looked.scrollIntoViewIfNeeded();
  const place = await looked.boundingBox();
  await startConversation(app, workspace, { name: "Late Comer" });
  await page.getByRole("button", { name: "1 new" }).waitFor();
  expect(await looked.boundingBox()).toEqual(place);
  await page.getByRole("button", { name: "1 new" }).click();
  await expect(row(page, "Late Comer")).toBeInViewport();
  await expect(page.getByRole("button", { name: "1 new" })).toBeHidden();
});
