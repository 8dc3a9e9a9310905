import { api } from "../../convex/_generated/api";
import { expectAccessible, expectAccessibleInBothSchemes } from "../helpers/accessible";
import { addAgent } from "../helpers/app";
import * as dashboard from "../helpers/dashboard";
import { sharedApp } from "../helpers/shared-app";
import { expect, test } from "../helpers/test";

/** 8 by 8 pixels of one colour. */
const PICTURE = {
  mimeType: "image/png",
  buffer: Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR4nGM4EaCBFTEMLQkAaplQAc/OcKAAAAAASUVORK5CYII=",
    "base64",
  ),
};

const { composer, signedIn, signedInAs, startConversation, thread } = dashboard;

test("two operators and a visitor at once: drafts, who is there, saved replies, a second answer, a mention", async ({
  browser,
}, { testId }) => {
  const app = sharedApp();
  const name = `Thread ${testId}`;
  const workspace = await app.provision(name);
  const agentEmail = await addAgent(app, name, workspace);
  const visitor = await startConversation(app, workspace);
  const { conversationId } = visitor;
  await dashboard.httpClient(app).mutation(api.savedReplies.create, {
    sessionToken: workspace.sessionToken,
    title: "Returns",
    body: "Send it back, {{visitor.name|there}}. It goes to {{visitor.name}}.",
    shortcut: "ret",
  });
  const url = `${app.webUrl}/app?conversation=${conversationId}`;
  const [ada, bo] = await Promise.all([signedIn(browser, app, name), signedInAs(browser, app, agentEmail)]);
  for (const page of [ada, bo]) {
    await page.goto(url);
    await expect(thread(page)).toContainText("Does the kettle whistle?");
  }
  const header = (page: typeof ada) => page.getByRole("region", { name: "Conversation with Hannah Weiss" });
  await expect(header(ada)).toContainText(`${name} Agent is here too`);
  await expect(header(bo)).toContainText(`${name} Owner is here too`);

  await test.step("a draft is there in another browser, and ends with its message", async () => {
    await composer(ada).fill("Half a sen");
    const second = await signedIn(browser, app, name);
    await second.goto(url);
    await expect(composer(second)).toHaveValue("Half a sen");
    await composer(ada).fill("");
    await expect(composer(second)).toHaveValue("");
    await second.close();
  });

  await test.step("a saved reply is written by the keyboard alone", async () => {
    await composer(ada).focus();
    await ada.keyboard.type("/re");
    await expect(ada.getByRole("option", { name: /Returns/ })).toBeVisible();
    await expectAccessibleInBothSchemes(ada);
    await ada.keyboard.press("Enter");
    await expect(composer(ada)).toHaveValue("Send it back, Hannah Weiss. It goes to Hannah Weiss.");
  });

  await test.step("a second answer is asked about once", async () => {
    await composer(bo).fill("On two notes.");
    await expect(ada.getByText(`${name} Agent is writing a reply`)).toBeVisible();
    // Ada has stopped: her colleague is not asked about a reply that nobody writes.
    await expect(bo.getByText(`${name} Owner is writing a reply`)).toBeHidden();
    await bo.getByRole("button", { name: "Send" }).click();
    await expect(thread(ada)).toContainText("On two notes.");
    await ada.getByRole("button", { name: "Send" }).click();
    await expect(ada.getByRole("form", { name: "Write" }).getByRole("alert")).toContainText(
      `${name} Agent answered at`,
    );
    await expectAccessible(ada);
    await ada.getByRole("button", { name: "Send anyway" }).click();
    await expect.poll(visitor.texts).toHaveLength(3);
  });

  await test.step("a picture goes to the visitor, the file of a note to the team alone", async () => {
    const picker = (label: string) => ada.locator(`input[type=file][aria-label="${label}"]`);
    await picker("Attach files").setInputFiles({ ...PICTURE, name: "kettle.png" });
    const shown = thread(bo).getByRole("img", { name: "kettle.png" });
    await expect.poll(() => shown.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(8);
    await expect.poll(visitor.texts).toHaveLength(4);
    await ada.getByRole("tab", { name: "Internal note" }).click();
    await picker("Attach files to a note").setInputFiles({ ...PICTURE, name: "workshop.txt" });
    await expect(thread(bo).getByRole("link", { name: /workshop\.txt/ })).toBeVisible();
    expect(await visitor.texts()).toHaveLength(4);
  });

  await test.step("a note tells whom it names, by a link to it", async () => {
    const note = ada.getByRole("textbox", { name: "Internal note" });
    await note.pressSequentially("Ask @agent");
    await ada.getByRole("option", { name: `${name} Agent` }).click();
    await ada.getByRole("button", { name: "Add note" }).click();
    await expect(thread(bo)).toContainText(`@${name} Agent`);
    await bo.getByRole("button", { name: /Notifications/ }).click();
    await bo.getByText("mentioned you in a note").click();
    await expect(thread(bo).locator("article[aria-current]")).toContainText(`@${name} Agent`);
  });

  await test.step("two conversations of the visitor become one, for everybody who has one of them open", async () => {
    const { sessionToken } = workspace;
    const status = { sessionToken, conversationId, status: "resolved" as const };
    await dashboard.httpClient(app).mutation(api.conversations.setStatus, status);
    const second = await visitor.startAnew("And does it pour?");
    await ada.keyboard.press("Escape"); // out of the composer
    await ada.keyboard.press("m");
    const dialog = ada.getByRole("dialog", { name: "Merge into which conversation?" });
    await expect(dialog.getByRole("button", { name: "Merge" })).toBeDisabled();
    await dialog.getByRole("radio", { name: /And does it pour/ }).check();
    await expectAccessibleInBothSchemes(ada);
    await dialog.getByRole("button", { name: "Merge" }).click();
    await expect(ada).toHaveURL(new RegExp(second));
    // Where one goes on by key.
    await expect(header(ada).getByRole("heading")).toBeFocused();
    for (const text of ["Does the kettle whistle?", "And does it pour?", "merged another conversation"]) {
      await expect(thread(ada)).toContainText(text);
    }
    await expect(header(bo)).toContainText("Merged into another conversation");
    await expectAccessible(bo);
    await bo.getByRole("link", { name: "Open that one" }).click();
    // The link to the note leads to it there too.
    await expect(thread(bo).locator("article[aria-current]")).toContainText(`@${name} Agent`);
    await visitor.say("By the id that I had.");
    await expect(thread(bo)).toContainText("By the id that I had.");
    expect(await visitor.texts()).toContain("And does it pour?");
  });
});

test("saved replies are written, changed, deleted and taken back", async ({ browser }, { testId }) => {
  const app = sharedApp();
  const name = `Replies ${testId}`;
  await app.provision(name);
  const page = await signedIn(browser, app, name);
  await page.goto(`${app.webUrl}/app/saved-replies`);
  await expect(page.getByRole("heading", { name: "No saved replies yet" })).toBeVisible();
  await page.getByRole("button", { name: "New reply" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Title" }).fill("Greeting");
  await dialog.getByRole("textbox", { name: "Text", exact: true }).fill("Hello {{visitor.nmae}}");
  await dialog.getByRole("button", { name: "Save reply" }).click();
  await expect(dialog.getByText("There is no variable {{visitor.nmae}}.", { exact: false })).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("textbox", { name: "Text", exact: true }).fill("Hello {{visitor.name|there}}");
  await dialog.getByRole("textbox", { name: "Shortcut, optional" }).fill("/hello");
  await dialog.getByRole("button", { name: "Save reply" }).click();
  const row = page.getByRole("row", { name: /Greeting/ });
  await expect(row).toContainText("/hello");
  await expectAccessibleInBothSchemes(page);

  await row.getByRole("button", { name: "Actions for Greeting" }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await dialog.getByRole("textbox", { name: "Title" }).fill("Salute");
  await dialog.getByRole("button", { name: "Save reply" }).click();
  const changed = page.getByRole("row", { name: /Salute/ });
  await expect(changed).toContainText("/hello");
  await changed.getByRole("button", { name: "Actions for Salute" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(changed).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(changed).toContainText("/hello");
});
