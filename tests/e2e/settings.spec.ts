import { readFile } from "node:fs/promises";
import { api } from "../../convex/_generated/api";
import { expectAccessible, expectAccessibleInBothSchemes } from "../helpers/accessible";
import { composer, httpClient, row, signedIn, startConversation } from "../helpers/dashboard";
import { sharedApp } from "../helpers/shared-app";
import { expect, test } from "../helpers/test";

test("the palette leads to the settings; keys chosen there are the keys of the inbox", async ({
  browser,
}) => {
  const app = sharedApp();
  const name = "Settings and keys";
  const workspace = await app.provision(name);
  const { sessionToken } = workspace;
  const { conversationId } = await startConversation(app, workspace, { name: "Olu Adebayo" });
  const client = httpClient(app);
  await client.mutation(api.leads.createFromConversation, { sessionToken, conversationId });
  const reply = { title: "Return a parcel", body: "Use the label in it.", shortcut: "ret" };
  await client.mutation(api.savedReplies.create, { sessionToken, ...reply });
  const page = await signedIn(browser, app, name);
  await page.goto(`${app.webUrl}/app`);
  await expect(row(page, "Olu Adebayo")).toBeVisible();

  await page.keyboard.press("Control+k");
  const palette = page.getByRole("combobox", { name: "Search or jump" });
  await expect(palette).toBeFocused();
  await palette.fill("olu");
  await expect(page.getByRole("option", { name: /Olu Adebayo/ }).first()).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await expect(page.getByRole("group", { name: "Leads" }).getByRole("option")).toHaveText([
    /Olu Adebayo.*New/,
  ]);
  await palette.fill("parcel");
  await expect(page.getByRole("group", { name: "Saved replies" }).getByRole("option")).toHaveText([
    /Return a parcel.*\/ret/,
  ]);
  await palette.fill("settings");
  await expect(page.getByRole("option")).toHaveText([/Go to settings/]);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();

  await page.getByRole("radio", { name: /Compact/ }).click();
  await expect(page.locator("html")).toHaveAttribute("data-density", "compact");
  await page.getByRole("textbox", { name: "Reply", exact: true }).fill("n");
  await page.getByRole("button", { name: "Save keys" }).click();
  const keys = page.getByRole("region", { name: "Your keys" });
  await expect(keys.getByRole("alert")).toContainText("“N” would do two things");
  await page.getByRole("textbox", { name: "Reply", exact: true }).fill("q");
  await page.getByRole("button", { name: "Save keys" }).click();
  await expect(keys.getByRole("alert")).toHaveCount(0);

  await page.getByRole("heading", { level: 1, name: "Settings" }).click();
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await row(page, "Olu Adebayo").click();
  await expect(page.getByRole("tab", { name: /Reply/ })).toContainText("Q");
  await page.keyboard.press("q");
  await expect(composer(page)).toBeFocused();
  await expect(page.locator("html")).toHaveAttribute("data-density", "compact");
});

test("a person is found and erased, and the audit log says that somebody was", async ({ browser }) => {
  const app = sharedApp();
  const name = "Settings and erasing";
  const workspace = await app.provision(name);
  await startConversation(app, workspace, { name: "Hannah Weiss" });
  await startConversation(app, workspace, { name: "Hannah W." });
  const page = await signedIn(browser, app, name);
  await page.goto(`${app.webUrl}/app/settings`);
  await page.getByRole("searchbox", { name: "Who" }).fill("weiss");
  await page.getByRole("button", { name: "Erase Hannah Weiss" }).click();
  const dialog = page.getByRole("dialog", { name: "Erase “Hannah Weiss”?" });
  // Who gave the same address is named, and goes along only when chosen.
  await expect(dialog.getByRole("checkbox", { name: /Hannah W\./ })).not.toBeChecked();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Erase for good" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("list", { name: "Erasures" })).toContainText(
    "Deleted: 1 person, 1 conversation, 1 message",
  );
  await expect(page.getByRole("row", { name: /Person erased/ })).toContainText("1 person");
  await expectAccessibleInBothSchemes(page);

  await page
    .getByRole("row", { name: /Person erased/ })
    .getByRole("button", { name: "Person erased" })
    .click();
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.getByRole("button", { name: "Only Person erased" }).click();
  await expect(page.getByRole("row", { name: /API key created/ })).toBeVisible();

  await page.goto(`${app.webUrl}/app`);
  await expect(row(page, "Hannah W.")).toBeVisible();
  await expect(row(page, "Hannah Weiss")).toHaveCount(0);
});

test("the owner takes everything along as a file, and says how long conversations are kept", async ({
  browser,
}) => {
  const app = sharedApp();
  const name = "Settings and keeping";
  await startConversation(app, await app.provision(name), { name: "Maya Lindt", message: "Where is it?" });
  const page = await signedIn(browser, app, name);
  await page.goto(`${app.webUrl}/app/settings`);

  await page.getByRole("button", { name: "Export everything" }).click();
  const item = page.getByRole("list", { name: "Exports" }).getByRole("listitem");
  await expect(item).toContainText("Ready: 1 visitor, 1 conversation, 1 message, 0 leads");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    item.getByRole("button", { name: /Download the export/ }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^praxtalk-export-\d{4}-\d\d-\d\d\.json$/);
  expect(JSON.parse(await readFile(await download.path(), "utf8"))).toMatchObject({
    workspace: { name },
    conversations: [{ messages: [{ body: "Where is it?" }] }],
  });
  await expect(page.getByRole("row", { name: /Workspace export downloaded/ })).toBeVisible();

  await page.getByRole("radio", { name: /Delete conversations that are over/ }).check();
  const days = page.getByRole("textbox", { name: "Days without a change" });
  await days.fill("7");
  await page.getByRole("button", { name: "Save retention" }).click();
  await expect(page.getByText("Give a whole number of days from 30 to 3650.")).toBeVisible();
  await days.fill("90");
  await expect(page.getByText("No conversation would be deleted tonight.")).toBeVisible();
  await page.getByRole("button", { name: "Save retention" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete what is older?" });
  await expectAccessibleInBothSchemes(page);
  await dialog.getByRole("button", { name: "Delete from tonight on" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("row", { name: /Retention changed/ })).toContainText(
    "conversations 90 days, webhook log 30 days",
  );
  await item.getByRole("button", { name: /Delete the export/ }).click();
  await expect(item).toHaveCount(0);
});
