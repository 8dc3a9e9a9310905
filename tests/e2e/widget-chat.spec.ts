import { ConvexHttpClient } from "convex/browser";
import { api } from "../../convex/_generated/api";
import { expectAccessibleInBothSchemes } from "../helpers/accessible";
import type { Provisioned } from "../helpers/app";
import { serveHostPage } from "../helpers/host-page";
import { sharedApp } from "../helpers/shared-app";
import * as widget from "../helpers/widget";
import { expect, test } from "../helpers/test";

const { composer, launcher, newVisitor, say, startChat, thread } = widget;

let workspace: Provisioned;
let operator: ReturnType<typeof widget.operatorOf>;
let shop: { url: string; close(): Promise<void> };

test.beforeEach(async ({}, { testId }) => {
  const app = sharedApp();
  workspace = await app.provision(`Chat ${testId}`);
  operator = widget.operatorOf(app, workspace);
  shop = await serveHostPage(`<main><h1>Kettles</h1></main>${widget.snippet(app, workspace.widgetId)}`);
});
test.afterEach(() => shop.close());

test("both sides see each other write and read; the visitor asks for a person, shares the place, ends and goes on", async ({
  browser,
}) => {
  const { convexUrl } = sharedApp();
  const client = new ConvexHttpClient(convexUrl, { skipConvexDeploymentUrlCheck: true, logger: false });
  const { sessionToken } = workspace;
  const page = await newVisitor(browser, shop.url, {
    viewport: { width: 360, height: 720 },
    reducedMotion: "reduce",
    geolocation: { latitude: 52.5, longitude: 13.4, accuracy: 20 },
    permissions: ["geolocation"],
  });
  await startChat(page);
  const { _id: conversationId } = await operator.conversation();
  const seen = () => client.query(api.conversations.getVisitorState, { sessionToken, conversationId });

  await composer(page).fill("half");
  await expect.poll(seen).toMatchObject({ isTyping: true });
  await composer(page).fill("");
  await expect.poll(seen).toMatchObject({ isTyping: false });
  await client.mutation(api.typing.setOperatorTyping, { sessionToken, conversationId, isTyping: true });
  await expect(page.getByText(/ is typing$/)).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await operator.reply("See https://shop.example/kettles?x=1. Or javascript:alert(1)");
  await expect(page.getByText(/ is typing$/)).toBeHidden();
  await expect(thread(page)).toContainText("Seen");
  const link = thread(page).getByRole("link");
  await expect(link).toHaveText("https://shop.example/kettles?x=1");
  await expect(link).toHaveAttribute("rel", "noopener noreferrer nofollow");
  await expect.poll(seen).toMatchObject({ readSequence: 2 });

  const options = page.getByRole("button", { name: "Options" });
  await options.press("Enter");
  await expect(page.getByRole("button", { name: "Talk to a person" })).toBeFocused();
  await expectAccessibleInBothSchemes(page);
  await page.keyboard.press("Escape");
  await expect(options).toBeFocused();
  const choose = async (name: string) => {
    await options.click();
    await page.getByRole("button", { name }).click();
  };
  await choose("Talk to a person");
  await expect(thread(page)).toContainText("You asked for a person.");
  await options.click();
  await expect(page.getByRole("button", { name: "Talk to a person" })).toHaveCount(0);
  await page.getByRole("button", { name: "Share my location" }).click();
  await expect(page.getByText("Your location was shared with the team.")).toBeVisible();
  await choose("End chat");
  await expect(thread(page)).toContainText("You ended this chat.");
  const status = async () =>
    (await client.query(api.conversations.getById, { sessionToken, conversationId }))?.status;
  await expect.poll(status).toBe("resolved");
  await say(page, "One more thing.");
  await expect.poll(status).toBe("open");
});

test("a long history comes by pages, and what is being read stays in its place", async ({ browser }) => {
  const page = await newVisitor(browser, shop.url);
  await startChat(page);
  await page.getByRole("button", { name: "Close chat" }).click();
  for (let number = 1; number <= 230; number++) await operator.reply(`answer ${number}`);
  await expect(launcher(page)).toHaveAccessibleDescription(/new messages$/);
  await page.reload();
  await launcher(page).click();
  const bubbles = thread(page).locator(".bubble");
  await expect(bubbles).toHaveCount(200);
  await expect(bubbles.last()).toBeInViewport();
  const oldest = thread(page).getByText("answer 31", { exact: true });
  await thread(page).evaluate((log) => (log.scrollTop = 0));
  await expect(bubbles).toHaveCount(231);
  await expect(oldest).toBeInViewport();
  await expect(bubbles.first()).toContainText(widget.visitor.message);
  await expect(bubbles.last()).toContainText("answer 230");
  await expect(page.getByRole("button", { name: "Show earlier messages" })).toHaveCount(0);
});

test("outside of the business hours it says until when nobody is there, and takes an email for the answer", async ({
  browser,
}) => {
  await widget.configure(sharedApp(), workspace, {
    businessHours: { timezone: "Europe/Berlin", days: [null, null, null, null, null, null, null] },
    form: { name: "off", email: "optional", phone: "off" },
  });
  const page = await newVisitor(browser, shop.url);
  await launcher(page).click();
  await expect(page.getByText("Nobody is here right now.")).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await page.getByLabel("Message", { exact: true }).fill("Are you there?");
  await page.getByRole("button", { name: "Start chat" }).click();
  const email = page.getByLabel("Email for the answer");
  await email.fill("hannah@posteo");
  await email.press("Enter");
  await expect(email).toHaveAccessibleDescription(/like name@example.com/);
  await expect(email).toBeFocused();
  await expectAccessibleInBothSchemes(page);
  await email.fill(widget.visitor.email);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The team has your email.")).toBeVisible();
  await expect(email).toHaveCount(0);
  await expect(composer(page)).toBeFocused();
  expect((await operator.conversation()).visitor).toMatchObject({ email: widget.visitor.email });
  // Who answers is there, whatever the hours say.
  await operator.reply("I am.");
  await expect(page.getByText("Nobody is here right now.")).toHaveCount(0);
});
