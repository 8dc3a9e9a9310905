import type { Locator, Page } from "@playwright/test";
import { api } from "../../convex/_generated/api";
import { addAgent, OWNER_PASSWORD, ownerEmail } from "../helpers/app";
import { composer, httpClient, row, startConversation, thread } from "../helpers/dashboard";
import { sharedApp } from "../helpers/shared-app";
import { expect, test } from "../helpers/test";

/** Goes on by Tab until the control has the focus, as one does without a pointer. */
async function tabTo(page: Page, control: Locator): Promise<void> {
  const isThere = () => control.evaluate((element) => element === document.activeElement);
  for (let pressed = 0; pressed < 80 && !(await isThere()); pressed++) await page.keyboard.press("Tab");
  await expect(control).toBeFocused();
}

/** Takes the item at an end of the menu, once the menu has the focus: a moment after it is there. */
async function choose(page: Page, key: "Home" | "End", item: Locator): Promise<void> {
  await expect(page.locator("[role=menu] :focus")).toBeVisible();
  await page.keyboard.press(key);
  await expect(item).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menu")).toBeHidden();
}

test("a whole shift by keyboard, from signing in to signing out", async ({ browser }, { testId }) => {
  const app = sharedApp();
  const name = `Shift ${testId}`;
  const workspace = await app.provision(name);
  await addAgent(app, name, workspace);
  const rui = await startConversation(app, workspace, {
    name: "Rui Tavares",
    message: "Which kettle is quiet?",
  });
  const sanna = await startConversation(app, workspace, {
    name: "Sanna Heikkilä",
    message: "May I return it?",
  });
  await httpClient(app).mutation(api.savedReplies.create, {
    ...{ sessionToken: workspace.sessionToken, title: "Returns", shortcut: "ret" },
    body: "Send it back, {{visitor.name}}.",
  });
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  let pointed = 0;
  await page.exposeFunction("countPointer", () => void pointed++);
  await page.addInitScript("addEventListener('pointerdown', () => countPointer(), true)");
  const { keyboard } = page;
  const press = async (...keys: string[]) => {
    for (const key of keys) await keyboard.press(key);
  };
  const resolve = page.getByRole("button", { name: "Resolve", exact: true });
  const reopen = page.getByRole("button", { name: "Reopen" });

  await test.step("signs in", async () => {
    await page.goto(`${app.webUrl}/login`);
    await expect(page.getByRole("textbox", { name: "Email" })).toBeFocused();
    await keyboard.type(ownerEmail(name));
    await press("Tab");
    await keyboard.type(OWNER_PASSWORD);
    await press("Enter");
    await expect(row(page, "Sanna")).toBeVisible();
  });

  await test.step("reads and replies", async () => {
    await press("j");
    await expect(row(page, "Rui")).toBeFocused();
    await press("j");
    await expect(row(page, "Sanna")).toBeFocused();
    await press("k", "Enter");
    await expect(page.getByRole("heading", { name: "Rui Tavares" })).toBeFocused();
    await expect(thread(page)).toContainText("Which kettle is quiet?");
    await press("r");
    await expect(composer(page)).toBeFocused();
    await keyboard.type("The Ridge, j k e r n?");
    await press("Enter");
    await keyboard.type("It hums.");
    await press("Control+Enter");
    await expect.poll(rui.texts).toEqual(["Which kettle is quiet?", "The Ridge, j k e r n?\nIt hums."]);
  });

  await test.step("writes a note that names a colleague", async () => {
    await press("Escape", "n");
    await keyboard.type("Ask @age");
    await expect(page.getByRole("option", { name: `${name} Agent` })).toBeVisible();
    await press("Enter");
    await keyboard.type(" of it");
    await press("Control+Enter");
    await expect(thread(page)).toContainText(`Ask @${name} Agent of it`);
    expect(await rui.texts()).toHaveLength(2);
  });

  await test.step("assigns, tags, snoozes, and takes the snooze back", async () => {
    await press("Escape", "a");
    await choose(page, "End", page.getByRole("menuitemradio", { name: `${name} Agent` }));
    await expect(page.getByRole("button", { name: `Assigned to ${name} Agent` })).toBeVisible();
    await press("t");
    await expect(page.getByLabel("Add a tag")).toBeFocused();
    await keyboard.type("Quiet");
    await press("Enter");
    await expect(page.getByRole("button", { name: "Remove quiet" })).toBeVisible();
    await press("Escape");
    await expect(page.getByLabel("Add a tag")).toBeHidden();
    await press("z");
    await choose(page, "Home", page.getByRole("menuitem").first());
    await expect(page.getByRole("button", { name: "Status: Snoozed" })).toBeVisible();
    await expect(row(page, "Rui")).toBeHidden();
    await expect(page.locator("[data-sonner-toast]").getByText(/^Snoozed until /)).toBeVisible();
    await press("u");
    await expect(page.getByRole("button", { name: "Status: Open" })).toBeVisible();
    await expect(row(page, "Rui")).toContainText("quiet");
  });

  await test.step("searches, and opens what was found", async () => {
    await press("/");
    await expect(page.getByRole("searchbox", { name: "Search people and messages" })).toBeFocused();
    await keyboard.type("return");
    const found = page.getByRole("region", { name: "Search", exact: true }).getByRole("link");
    await expect(found).toHaveText([/Sanna.*May I return it/]);
    await press("ArrowDown", "Enter");
    await expect(thread(page)).toContainText("May I return it?");
  });

  await test.step("answers by a saved reply", async () => {
    await press("r");
    await expect(composer(page)).toBeFocused();
    await keyboard.type("/ret");
    await expect(page.getByRole("option", { name: /Returns/ })).toBeVisible();
    await press("Enter", "Control+Enter");
    await expect.poll(sanna.texts).toEqual(["May I return it?", "Send it back, Sanna Heikkilä."]);
  });

  await test.step("resolves, takes it back, resolves again, and goes on to the next", async () => {
    await press("Escape", "e");
    await expect(reopen).toBeVisible();
    await expect(page.getByText(/^Resolved\. /)).toBeVisible();
    await press("u");
    await expect(resolve).toBeVisible();
    await press("e");
    await expect(reopen).toBeVisible();
    await press("/", "Escape");
    // An answered row leaves the list when the server says so: J would land on a row about to go.
    await expect(row(page, "Sanna")).toBeHidden();
    await press("j");
    await expect(row(page, "Rui")).toBeFocused();
    await press("Enter");
    await expect(page.getByRole("heading", { name: "Rui Tavares" })).toBeFocused();
    await press("e");
    await expect(reopen).toBeVisible();
    await press("Escape");
    await expect(page.getByText("Nobody is waiting")).toBeVisible();
  });

  await test.step("looks all keys up and signs out", async () => {
    await press("Shift+?");
    await expect(page.getByRole("dialog", { name: "Keys" })).toContainText("Search");
    await press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
    await tabTo(page, page.getByRole("button", { name: /^Account: / }));
    await press("Enter");
    await choose(page, "End", page.getByRole("menuitem", { name: "Sign out" }));
    await expect(page).toHaveURL(/\/login/);
  });
  expect(pointed).toBe(0);
});
