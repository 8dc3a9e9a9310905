import type { Page } from "@playwright/test";
import type { Provisioned } from "../helpers/app";
import { serveHostPage } from "../helpers/host-page";
import { sharedApp } from "../helpers/shared-app";
import { configure, newVisitor, operatorOf } from "../helpers/widget";
import { expect, test } from "../helpers/test";

let workspace: Provisioned;
const servers: { close(): Promise<void> }[] = [];

test.beforeEach(async ({}, { testId }) => {
  workspace = await sharedApp().provision(`Integrity ${testId}`);
});
test.afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

/** The tag as docs/widget.md writes it; `change` spoils what integrity.json says. */
async function serveTag(change: (integrity: string) => string = (integrity) => integrity): Promise<string> {
  const { webUrl, siteUrl, convexUrl } = sharedApp();
  const answer = await fetch(`${webUrl}/widget/integrity.json`);
  const told = (await answer.json()) as { path: string; integrity: string; siteUrl: string };
  const attributes = [
    `src="${webUrl}${told.path}" integrity="${change(told.integrity)}" crossorigin="anonymous"`,
    `data-site-url="${told.siteUrl}" data-widget-id="${workspace.widgetId}"`,
  ];
  const policy = [
    "default-src 'none'",
    `script-src ${webUrl}`,
    `connect-src ${siteUrl} ${convexUrl.replace(/^http/, "ws")}`,
    `img-src ${siteUrl}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  const body = `<h1>Kettles</h1><script ${attributes.join(" ")} defer></script>`;
  const server = await serveHostPage(body, { "Content-Security-Policy": policy });
  servers.push(server);
  return server.url;
}

/** A page that keeps what the policy refused, which scripts failed, and which were asked for. */
async function watchedPage(browser: Parameters<typeof newVisitor>[0]) {
  const page = await newVisitor(browser, "about:blank");
  const scripts: string[] = [];
  page.on("request", (request) => {
    if (request.resourceType() === "script") scripts.push(new URL(request.url()).pathname);
  });
  await page.addInitScript(() => {
    const seen = { violations: [] as string[], failed: 0 };
    Object.assign(window, { seen });
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
      seen.violations.push(`${violatedDirective} ${blockedURI}`),
    );
    window.addEventListener(
      "error",
      ({ target }) => {
        if (target instanceof HTMLScriptElement) seen.failed += 1;
      },
      true,
    );
  });
  return { page, scripts };
}

const seenBy = (page: Page) =>
  page.evaluate(() => (window as unknown as { seen: { violations: string[]; failed: number } }).seen);

test("one file with its integrity is the whole widget, in the brand's language, under the strictest policy", async ({
  browser,
}) => {
  const form = { name: "off", email: "optional", phone: "off" } as const;
  await configure(sharedApp(), workspace, { locale: "de", form });
  const { page, scripts } = await watchedPage(browser);
  await page.goto(await serveTag());
  await page.getByRole("button", { name: "Chat öffnen" }).click();
  await page.getByLabel("Nachricht", { exact: true }).fill("Pfeift der Kessel?");
  await page.getByRole("button", { name: "Chat beginnen" }).click();
  const thread = page.getByRole("log");
  await expect(thread).toContainText("Gesendet");
  await operatorOf(sharedApp(), workspace).reply("Er singt.");
  await expect(thread).toContainText("Er singt.");
  await page.getByRole("button", { name: "Optionen" }).click();
  await expect(page.getByRole("button", { name: "Mit einem Menschen sprechen" })).toBeVisible();

  expect(await seenBy(page)).toEqual({ violations: [], failed: 0 });
  expect(scripts).toEqual([expect.stringMatching(/^\/widget\/[0-9a-f]{32}\.js$/)]);
});

test("a file that is not what the page's integrity states does not run", async ({ browser }) => {
  const { page } = await watchedPage(browser);
  await page.goto(
    await serveTag((integrity) => integrity.replace(/-(.)/, (_, first) => (first === "A" ? "-B" : "-A"))),
  );
  await expect.poll(async () => (await seenBy(page)).failed).toBe(1);
  expect(await page.evaluate(() => "PraxTalk" in window)).toBe(false);
  await expect(page.locator("praxtalk-widget")).toHaveCount(0);
});
