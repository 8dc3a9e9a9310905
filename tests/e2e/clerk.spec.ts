import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { JWTPayload } from "jose";
import { api } from "../../convex/_generated/api";
import { expectAccessibleInBothSchemes } from "../helpers/accessible";
import { ownerEmail, provision, startApp, type App, type Provisioned } from "../helpers/app";
import { CLERK_ENVIRONMENT, CLERK_HOST, standInForClerk } from "../helpers/clerk-stand-in";
import { cookieToken, httpClient, signedIn } from "../helpers/dashboard";
import { Issuer } from "../helpers/issuer";
import { sharedApp } from "../helpers/shared-app";
import { expect, test } from "../helpers/test";

const built = fileURLToPath(new URL("../../.next", import.meta.url));
/** Of Clerk's SDK: the script that it loads from Clerk's host. */
const MARK = "clerk.browser.js";

/** Below `.next`, whose name ends so and which say the text. */
function builtFiles(folder: string, end: string, text: string): { all: string[]; saying: string[] } {
  const files = readdirSync(path.join(built, folder), { recursive: true, encoding: "utf8" });
  const all = files.filter((file) => file.endsWith(end));
  const says = (file: string) => readFileSync(path.join(built, folder, file), "utf8").includes(text);
  return { all, saying: all.filter(says) };
}

test("without Clerk's keys no page loads any of its code, and nothing is asked of it", async ({
  browser,
}) => {
  const [chunk = "", ...more] = builtFiles("static/chunks", ".js", MARK).saying;
  expect([chunk, more]).toEqual([expect.stringMatching(/\.js$/), []]);
  // What the browser loads for a route by itself; the pages that may ask for more are the two that sign people in.
  const loads = builtFiles("server/app", "client-reference-manifest.js", chunk);
  expect(loads.all.length).toBeGreaterThan(20);
  expect(loads.saying).toEqual([]);
  const askers = builtFiles("server/app", "react-loadable-manifest.json", chunk).saying;
  expect(askers.map((file) => file.split("/", 1)[0]).sort()).toEqual(["invite", "login"]);

  const app = sharedApp();
  await app.provision("No Clerk");
  const page = await signedIn(browser, app, "No Clerk");
  const requested: URL[] = [];
  page.on("request", (request) => requested.push(new URL(request.url())));
  await page.goto(`${app.webUrl}/app/account`);
  await expect(page.getByRole("heading", { name: "Password" })).toBeVisible();
  await page.context().clearCookies();
  await page.goto(`${app.webUrl}/login`, { waitUntil: "networkidle" });
  await expect(page.getByRole("textbox", { name: "Password" })).toBeVisible();
  const scripts = requested.filter(({ pathname }) => pathname.startsWith("/_next/static/chunks/"));
  expect(scripts.length).toBeGreaterThan(10);
  expect(scripts.filter(({ pathname }) => pathname.endsWith(chunk))).toEqual([]);
  expect(requested.filter(({ origin, protocol }) => protocol !== "data:" && origin !== app.webUrl)).toEqual(
    [],
  );
  await page.context().close();
});

test.describe("with Clerk", () => {
  let issuer: Issuer;
  let app: App;
  let owner: Provisioned;
  test.beforeAll(async () => {
    issuer = await Issuer.start();
    // What is to end at Clerk is asked of the issuer too: it knows nothing of it, as if it were over already.
    const env = { ...CLERK_ENVIRONMENT, CLERK_JWT_ISSUER_DOMAIN: issuer.url, CLERK_API_URL: issuer.url };
    app = await startApp({ env });
    owner = await provision(app.address, "Clerk");
  });
  test.afterAll(async () => {
    await app.dispose();
    await issuer.stop();
  });

  const tokenOf = (claims: JWTPayload) =>
    issuer.token({ aud: "convex", jti: randomUUID(), sid: "sess_1", ...claims });
  const ada = () => tokenOf({ sub: "user_ada", email: ownerEmail("Clerk"), email_verified: true });

  test("the page asks Clerk's host for its script, and says so when that does not answer", async ({
    page,
  }) => {
    const asked: string[] = [];
    await page.route(`https://${CLERK_HOST}/**`, (route) => {
      asked.push(new URL(route.request().url()).pathname);
      return route.abort();
    });
    const violations: string[] = [];
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) violations.push(message.text());
    });
    await page.clock.install();
    await page.goto(`${app.webUrl}/app`);
    await expect.poll(() => asked.some((file) => file.endsWith(`/dist/${MARK}`))).toBe(true);
    await expect(page.getByText("Opening Clerk")).toBeVisible();
    // The SDK gives up after 15 s.
    const alert = page.getByRole("alert").filter({ hasText: "Clerk" });
    await expect(async () => {
      await page.clock.fastForward(20_000);
      await expect(alert).toContainText(`does not answer at ${CLERK_HOST}`, { timeout: 500 });
    }).toPass();
    await expect(page.getByRole("textbox", { name: "Password" })).toHaveCount(0);
    await expectAccessibleInBothSchemes(page);
    expect(violations).toEqual([]);
  });

  test("an operator signs in by it, has no password here, and signs out of both", async ({ page }) => {
    await standInForClerk(page, ada);
    await page.goto(`${app.webUrl}/app/account`);
    await page.getByRole("button", { name: "Continue with Clerk" }).click();
    await expect(page).toHaveURL(`${app.webUrl}/app/account`);
    await expect(page.getByText("You sign in through Clerk")).toBeVisible();
    await expect(page.getByRole("heading", { name: "Password" })).toHaveCount(0);
    const sessionToken = await cookieToken(page);
    await page.getByRole("button", { name: "Account: Clerk Owner" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page).toHaveURL(/\/login$/);
    await expect(page.getByRole("button", { name: "Continue with Clerk" })).toBeVisible();
    expect(await httpClient(app.address).query(api.auth.me, { sessionToken })).toBeNull();
    await expect.poll(() => issuer.requestsTo("/v1/sessions/sess_1/revoke")).toBe(1);
  });

  test("somebody who is in no team is told so, and joins by an invite to their email", async ({ page }) => {
    const grace = { sub: "user_grace", email: "grace@acme.test", email_verified: true, name: "Grace Hopper" };
    await standInForClerk(page, () => tokenOf(grace));
    await page.goto(`${app.webUrl}/login`);
    await page.getByRole("button", { name: "Continue with Clerk" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "grace@acme.test is in no team" })).toBeVisible();
    const sent = await httpClient(app.address).action(api.invites.send, {
      sessionToken: owner.sessionToken,
      email: "grace@acme.test",
      role: "agent",
    });
    await page.goto(sent.inviteLink ?? "");
    await expect(page).toHaveURL(`${app.webUrl}/app`);
    await expect(page.getByRole("button", { name: "Account: Grace Hopper" })).toBeVisible();
  });

  test("a token that the deployment does not believe is explained", async ({ page }) => {
    await standInForClerk(page, () => tokenOf({ sub: "user_ada", aud: "another" }));
    await page.goto(`${app.webUrl}/login`);
    await page.getByRole("button", { name: "Continue with Clerk" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "does not believe Clerk" })).toBeVisible();
    await page.getByRole("button", { name: "Sign out of Clerk" }).click();
    await expect(page.getByRole("button", { name: "Continue with Clerk" })).toBeVisible();
  });
});
