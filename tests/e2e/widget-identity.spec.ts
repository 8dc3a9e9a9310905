/** Signed identities, from the page's token to the inbox. */
import type { Browser, Page } from "@playwright/test";
import { ConvexHttpClient } from "convex/browser";
import { SignJWT } from "jose";
import { api } from "../../convex/_generated/api";
import type { Provisioned } from "../helpers/app";
import { serveHostPage } from "../helpers/host-page";
import { sharedApp } from "../helpers/shared-app";
import * as widget from "../helpers/widget";
import { expect, test } from "../helpers/test";

const { launcher, newVisitor, say, shownTexts, snippet, startChat, thread } = widget;

let workspace: Provisioned;
let secret: string;
let site: Awaited<ReturnType<typeof serveHostPage>>;

test.beforeEach(async ({}, { testId }) => {
  workspace = await sharedApp().provision(`Identity ${testId}`);
  const { sessionToken, brandId } = workspace;
  const client = new ConvexHttpClient(sharedApp().convexUrl, {
    skipConvexDeploymentUrlCheck: true,
    logger: false,
  });
  ({ secret } = await client.action(api.brands.rotateIdentitySecret, { sessionToken, brandId }));
  await client.mutation(api.brands.setIdentityMode, { sessionToken, brandId, mode: "optional" });
  site = await serveHostPage(`<h1>Kettles</h1>${snippet(sharedApp(), workspace.widgetId)}`);
});
test.afterEach(() => site.close());

/** `seconds` until it expires; a minute of leeway comes on top. */
function sign(sub: string, claims: Record<string, unknown> = {}, seconds = 3600): Promise<string> {
  return new SignJWT({ sub, ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(new TextEncoder().encode(secret));
}

const identify = (page: Page, token: string | null) =>
  page.evaluate((given) => {
    const praxtalk = window.PraxTalk;
    if (!praxtalk || !("identify" in praxtalk)) throw new Error("The widget is not there.");
    praxtalk.identify(given);
  }, token);

/** A browser in which nobody has been yet, with the page's events in `window.heard`. */
async function openSite(browser: Browser): Promise<Page> {
  const page = await newVisitor(browser, site.url);
  await expect(launcher(page)).toBeVisible();
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    const praxtalk = window.PraxTalk;
    if (praxtalk && "on" in praxtalk) praxtalk.on("identity", ({ status }) => void heard.push(status));
  });
  return page;
}
const heard = (page: Page) => page.evaluate(() => (window as unknown as { heard: string[] }).heard);

test("a person finds their chat in every browser they sign in with, and leaves none behind", async ({
  browser,
}) => {
  const claims = { name: "Zoë Klein", email: "zoe@example.com", phone: "+4930123456" };
  const home = await openSite(browser);
  await startChat(home, "Written before signing in");
  await identify(home, await sign("user-1", claims));
  await expect.poll(() => heard(home)).toEqual(["verified"]);
  await say(home, "And after");
  const texts = ["Written before signing in", "And after"];
  await expect.poll(() => shownTexts(home)).toEqual(texts);
  const { visitor } = await widget.operatorOf(sharedApp(), workspace).conversation();
  expect(visitor).toMatchObject({ name: "Zoë Klein", externalId: "user-1", verified: true });

  const phone = await openSite(browser);
  await identify(phone, await sign("user-1", claims));
  await launcher(phone).click();
  await expect.poll(() => shownTexts(phone)).toEqual(texts);

  await identify(phone, await sign("user-2", { name: "Max" }));
  await expect(phone.getByLabel("Name", { exact: true })).toHaveValue("Max");
  await expect(thread(phone)).toHaveCount(0);
  await identify(phone, null);
  await phone.reload();
  await launcher(phone).click();
  await expect(phone.getByLabel("Name", { exact: true })).toHaveValue("");
  await expect(thread(phone)).toHaveCount(0);
});

test("a token that expires is said to page and visitor; what was written goes with a fresh one", async ({
  browser,
}) => {
  const page = await openSite(browser);
  await launcher(page).click();
  await widget.fillForm(page, { message: "In time" });
  // Good for eight seconds more: the leeway is all that is left of it.
  await identify(page, await sign("user-3", {}, -52));
  await page.getByRole("button", { name: "Start chat" }).click();
  await expect(thread(page)).toContainText("In time");
  await expect.poll(() => heard(page)).toEqual(["verified", "expired"]);
  await expect(page.getByText("You have been signed out here.")).toBeVisible();
  await expect(thread(page)).toContainText("In time");
  await say(page, "Too late");
  await identify(page, await sign("user-3"));
  await expect.poll(() => heard(page)).toEqual(["verified", "expired", "verified"]);
  await expect(page.getByText("You have been signed out here.")).toHaveCount(0);
  const { texts } = widget.operatorOf(sharedApp(), workspace);
  await expect.poll(texts).toEqual(["In time", "Too late"]);
});

test("where everybody must be signed in, the form says so, and a forged token opens nothing", async ({
  browser,
}) => {
  const { sessionToken, brandId } = workspace;
  const client = new ConvexHttpClient(sharedApp().convexUrl, {
    skipConvexDeploymentUrlCheck: true,
    logger: false,
  });
  await client.mutation(api.brands.setIdentityMode, { sessionToken, brandId, mode: "required" });
  const page = await openSite(browser);
  await launcher(page).click();
  await expect(page.getByText("Sign in on this site first to write here.")).toBeVisible();
  const genuine = await sign("user-4", widget.visitor);
  await identify(page, `${genuine.slice(0, -4)}AAAA`);
  await expect.poll(() => heard(page)).toEqual(["refused"]);
  await widget.fillForm(page);
  await page.getByRole("button", { name: "Start chat" }).click();
  await expect(page.getByText("Sign in on this site first to write here.")).toBeVisible();
  expect(await widget.operatorOf(sharedApp(), workspace).conversations()).toEqual([]);
  await identify(page, genuine);
  await page.getByRole("button", { name: "Start chat" }).click();
  await expect(thread(page)).toContainText(widget.visitor.message);
});
