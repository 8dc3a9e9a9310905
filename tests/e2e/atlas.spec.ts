/** Atlas as its people use it: the owner teaches it, a visitor asks, and the run says why it answered. */
import { api } from "../../convex/_generated/api";
import { expectAccessibleInBothSchemes } from "../helpers/accessible";
import { answer, composer, httpClient, signedIn, startConversation } from "../helpers/dashboard";
import { serveHostPage } from "../helpers/host-page";
import { ModelServer } from "../helpers/model-server";
import { sharedApp } from "../helpers/shared-app";
import { launcher, newVisitor, snippet, startChat, thread } from "../helpers/widget";
import { expect, test } from "../helpers/test";

const NAME = "Atlas";
const ARTICLE = "# Returns\n\nYou have 30 days for returns. Returns are free.";
const QUESTION = "How many days do I have for returns?";
const ANSWER = "You have 30 days for returns. Returns are free.";

test("Atlas is taught, answers in the widget with its source, and shows why", async ({ browser }) => {
  const app = sharedApp();
  const workspace = await app.provision(NAME);
  const page = await signedIn(browser, app, NAME);

  await test.step("an article becomes knowledge", async () => {
    await page.goto(`${app.webUrl}/app/atlas`);
    await expect(page.getByRole("heading", { name: "Atlas knows nothing yet" })).toBeVisible();
    await expectAccessibleInBothSchemes(page);
    await page.getByRole("button", { name: "Write article" }).click();
    await page.getByLabel("Title").fill("Returns");
    await page.getByLabel("Text").fill(ARTICLE);
    await page.getByLabel("Link").fill("no link");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByLabel("Link")).toHaveAccessibleDescription(/https?:/);
    await page.getByLabel("Link").fill("https://shop.test/returns");
    await page.getByRole("button", { name: "Save" }).click();
    const source = page.getByRole("row", { name: /Returns/ });
    await expect(source).toContainText("Indexed");
    await expectAccessibleInBothSchemes(page);
  });

  await test.step("it is set to answer", async () => {
    await page.goto(`${app.webUrl}/app/atlas?view=settings`);
    await page.getByRole("radio", { name: /^Answer/ }).check();
    await page.getByRole("button", { name: "Save" }).first().click();
    await expect(page.getByText("Saved", { exact: true })).toBeVisible();
    await expectAccessibleInBothSchemes(page);
  });

  await test.step("a visitor gets the answer, and where it stands", async () => {
    const shop = await serveHostPage(snippet(app, workspace.widgetId));
    const guest = await newVisitor(browser, shop.url);
    await expect(launcher(guest)).toBeVisible();
    await startChat(guest, QUESTION);
    await expect(thread(guest)).toContainText(ANSWER);
    await expect(thread(guest).getByRole("link", { name: "https://shop.test/returns" })).toBeVisible();
    await guest.context().close();
    await shop.close();
  });

  await test.step("with a model, a visitor sees the answer grow, until a person comes", async () => {
    const model = new ModelServer();
    const baseUrl = await model.start();
    model.behave({ stall: "You have 30 days for returns. [1] Returns are free. [1] Then" });
    const { sessionToken } = workspace;
    const access = { protocol: "openai" as const, baseUrl, model: "m", apiKey: null };
    await httpClient(app).action(api.atlas.setModel, { sessionToken, ...access });
    const shop = await serveHostPage(snippet(app, workspace.widgetId));
    const guest = await newVisitor(browser, shop.url);
    await startChat(guest, QUESTION);
    await expect(thread(guest)).toContainText(`${ANSWER} …`);
    const inbox = { sessionToken, status: "open" as const, limit: 1 };
    const [conversation] = await httpClient(app).query(api.conversations.listInbox, inbox);
    await answer(app, workspace, conversation!._id, "I am here.");
    await expect(thread(guest)).toContainText("I am here.");
    await expect(thread(guest)).not.toContainText(ANSWER);
    await httpClient(app).mutation(api.atlas.removeModel, { sessionToken });
    await model.stop();
    await guest.context().close();
    await shop.close();
  });

  await test.step("the run says what it found, and can be rated and asked again", async () => {
    await page.goto(`${app.webUrl}/app/atlas?view=runs`);
    await page
      .getByRole("row", { name: /Answered/ })
      .getByRole("link", { name: QUESTION })
      .click();
    await expect(page.getByText("Answer stands in its sources")).toBeVisible();
    await expect(page.getByText("[1] Returns")).toBeVisible();
    await page.getByRole("button", { name: "Good answer" }).click();
    await expect(page.getByRole("button", { name: "Good answer, rated" })).toBeVisible();
    await expectAccessibleInBothSchemes(page);
    const address = page.url();
    await page.getByRole("button", { name: /Ask again/ }).click();
    await expect(page).not.toHaveURL(address);
    await expect(page.getByText(/^Not posted/)).toBeVisible();
  });

  await test.step("questions tell beforehand what it would answer", async () => {
    await page.goto(`${app.webUrl}/app/atlas?view=evaluation`);
    await page.getByLabel("New question").fill(QUESTION);
    await page.getByLabel("Should cite").selectOption({ label: "Returns" });
    await page.getByRole("button", { name: "Add question" }).click();
    await expect(page.getByRole("row", { name: /How many days/ })).toContainText("Not asked");
    await page.getByLabel("New question").fill("Do you sell boats?");
    await page.getByRole("button", { name: "Add question" }).click();
    await expect(page.getByRole("row", { name: /boats/ })).toBeVisible();
    await page.getByRole("button", { name: "Ask all" }).click();
    await expect(page.getByText("As expected", { exact: true })).toHaveCount(2);
    await expectAccessibleInBothSchemes(page);
  });

  await test.step("a conversation that it could not answer waits for a person", async () => {
    await startConversation(app, workspace, { name: "Zoe", message: "Do you sell boats?" });
    await page.goto(`${app.webUrl}/app/atlas?view=runs`);
    await expect(page.getByRole("row", { name: /boats/ }).first()).toContainText("Handed over");
  });

  await test.step("a draft is used by one key, and put away by another", async () => {
    const { sessionToken, brandId } = workspace;
    await httpClient(app).mutation(api.atlas.updateBrandSettings, { sessionToken, brandId, mode: "draft" });
    const [used, unused] = [
      await startConversation(app, workspace, { name: "Ida", message: QUESTION }),
      await startConversation(app, workspace, { name: "Jo", message: QUESTION }),
    ];
    const draft = page.getByRole("region", { name: "Draft from Atlas, not sent" });
    await page.goto(`${app.webUrl}/app?conversation=${used.conversationId}`);
    await expect(draft).toContainText(ANSWER);
    await expectAccessibleInBothSchemes(page);
    await composer(page).press("Alt+Enter");
    await expect(draft).toBeHidden();
    await expect(composer(page)).toHaveValue(`“${ANSWER}”`);
    await expect(composer(page)).toBeFocused();
    await composer(page).fill(`“${ANSWER}” Ada`);
    await composer(page).press("ControlOrMeta+Enter");
    await expect.poll(() => used.texts()).toEqual([QUESTION, `“${ANSWER}” Ada`]);

    await page.goto(`${app.webUrl}/app?conversation=${unused.conversationId}`);
    await expect(draft).toBeVisible();
    await page.getByRole("log").press("d");
    await expect(draft).toBeHidden();
    await expect(composer(page)).toHaveValue("");
  });

  await test.step("it reads well on a phone", async () => {
    const { sessionToken, brandId } = workspace;
    const title = `Care_of_${"very_".repeat(12)}old_kettles`;
    const article = { kind: "article" as const, title, text: "Use vinegar." };
    await httpClient(app).mutation(api.knowledge.create, { sessionToken, brandId, ...article });
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`${app.webUrl}/app/atlas`);
    const parts = page.getByRole("navigation", { name: "Parts of Atlas" });
    for (const view of ["Knowledge", "Runs", "Evaluation", "Settings"]) {
      await parts.getByRole("link", { name: view }).click();
      await expect(parts.getByRole("link", { name: view })).toHaveAttribute("aria-current", "page");
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(360);
      if (view === "Settings") continue;
      if (view === "Runs") await expect(page.getByText(/^Sent by .*, changed$/)).toBeVisible();
      // The pane may scroll on its own: what is in it must fit all the same.
      await expect(page.getByRole("table")).toBeVisible();
      const right = await page.getByRole("table").evaluate((table) => table.getBoundingClientRect().right);
      expect(right).toBeLessThanOrEqual(360);
    }
  });
});
