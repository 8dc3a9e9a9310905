import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import type { Provisioned } from "../helpers/app";
import { expectAccessible } from "../helpers/accessible";
import { signedIn, startConversation } from "../helpers/dashboard";
import { REPOSITORY } from "../helpers/embedded";
import { sharedApp } from "../helpers/shared-app";
import { expect, test } from "../helpers/test";

const run = promisify(execFile);

/** How a person would run what the page shows. */
const RUN: Record<string, (text: string) => [command: string, args: string[]]> = {
  // Without --fail curl ends well whatever the answer is.
  curl: (text) => ["bash", ["-euc", text.replace(/^curl /, "curl --fail-with-body --silent --show-error ")]],
  Node: (text) => [process.execPath, ["--input-type=module", "--eval", text]],
  Python: (text) => ["python3", ["-c", text]],
};

/** The samples of the page by the name of their box, as they are written. */
async function samplesOn(page: Page): Promise<{ label: string; text: string }[]> {
  return await page.locator("pre").evaluateAll((boxes) =>
    boxes.map((box) => {
      const tab = document.getElementById(box.getAttribute("aria-labelledby") ?? "");
      const label = tab?.textContent ?? box.getAttribute("aria-label") ?? "";
      return { label, text: box.textContent ?? "" };
    }),
  );
}

async function output(text: string, label: string, env: Record<string, string>): Promise<string> {
  const [command, args] = (RUN[label] ?? RUN.curl!)(text);
  const { stdout } = await run(command, args, {
    env: { PATH: process.env.PATH ?? "", ...env },
    timeout: 20_000,
  });
  return stdout;
}

test.describe("the documentation", () => {
  const name = "Documentation";
  let workspace: Provisioned;
  test.beforeAll(async () => {
    workspace = await sharedApp().provision(name);
  });

  test("the overview carries the reader's own addresses and widget id, and its requests work", async ({
    browser,
  }) => {
    const app = sharedApp();
    const page = await signedIn(browser, app, name);
    await page.goto(`${app.webUrl}/docs`);
    const script = `<script src="${app.webUrl}/widget.js" data-widget-id="${workspace.widgetId}" defer></script>`;
    await expect(page.getByText(script)).toBeVisible();
    await expect(page.getByText(`new ConvexClient("${app.convexUrl}")`)).toBeVisible();
    await expectAccessible(page);
    await page.emulateMedia({ colorScheme: "dark" });
    await expectAccessible(page);

    const { conversationId } = await startConversation(app, workspace);
    const env = { BASE: app.webUrl, PRAXTALK_KEY: workspace.apiKey, CONVERSATION_ID: conversationId };
    const requests = (await samplesOn(page)).filter(({ text }) => text.startsWith("curl"));
    expect(requests.map(({ label }) => label)).toEqual(["List the inbox", "Reply", "Create a lead"]);
    const answers: unknown[] = [];
    for (const { text } of requests) answers.push(JSON.parse(await output(text, "curl", env)));
    expect(answers).toMatchObject([
      { conversations: [{ id: conversationId }] },
      { message: { conversationId, role: "operator" } },
      { lead: { name: "Maya A.", email: "maya@acme.com" } },
    ]);
  });

  test("the overview shows the programs for receivers of webhooks, which other tests run", async ({
    page,
  }) => {
    await page.goto(`${sharedApp().webUrl}/docs#webhooks`);
    const shown = await samplesOn(page);
    for (const name of ["verify.mjs", "verify.py", "receiver.mjs", "receiver.py"]) {
      const file = await readFile(path.join(REPOSITORY, "docs/webhooks", name), "utf8");
      expect(shown.find(({ label }) => label === name)?.text, name).toBe(file.trimEnd());
    }
    const short = await readFile(path.join(REPOSITORY, "docs/webhooks/verify-short.mjs"), "utf8");
    expect(shown.map(({ text }) => text)).toContain(short.trimEnd());
    // Every event has its meaning, and its place in the reference.
    const events = page.getByRole("table", { name: "Events" }).getByRole("link");
    expect(await events.allTextContents()).toEqual([
      "conversation.created",
      "conversation.status_changed",
      "conversation.merged",
      "message.created",
      "lead.created",
      "lead.status_changed",
      "ping",
    ]);
    await events.last().click();
    await expect(page.locator("#event-ping")).toBeInViewport();
  });

  test("the overview shows a stranger no one's widget id", async ({ page }) => {
    const app = sharedApp();
    await page.goto(`${app.webUrl}/docs`);
    await expect(page.getByText('data-widget-id="ws_…"')).toBeVisible();
    expect(await page.content()).not.toContain(workspace.widgetId);
  });

  test("every sample of the reference runs as it is written", async ({ page }) => {
    const app = sharedApp();
    await page.goto(`${app.webUrl}/docs/api`);
    await expect(page.getByRole("heading", { level: 1, name: "REST API reference" })).toBeVisible();
    await expectAccessible(page);
    const samples = (await samplesOn(page)).filter(({ label }) => label in RUN);
    const operations = await page
      .locator("main section > h3[id]")
      .evaluateAll((all) => all.map(({ id }) => id));
    const description = (await (await fetch(`${app.siteUrl}/api/v1/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const endpoints = Object.values(description.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(operations).toEqual(expect.arrayContaining(endpoints));
    expect(samples).toHaveLength(3 * endpoints.length);

    const { conversationId } = await startConversation(app, workspace);
    const leads = await fetch(`${app.siteUrl}/api/v1/leads`, {
      method: "POST",
      headers: { Authorization: `Bearer ${workspace.apiKey}`, "Content-Type": "application/json" },
      body: JSON.stringify({ name: "Maya A." }),
    });
    const { leadId } = (await leads.json()) as { leadId: string };
    const examples = await page.evaluate(() => document.body.textContent ?? "");
    expect(examples).not.toContain(conversationId);
    const env = { BASE: app.webUrl, PRAXTALK_KEY: workspace.apiKey };
    for (const { label, text } of samples) {
      // Only ids differ from what the page shows: those of the examples are nobody's.
      const own = text
        .replace(/(conversations\/|conversationId=)[a-z0-9]{32}/, `$1${conversationId}`)
        .replace(/(leads\/)[a-z0-9]{32}/, `$1${leadId}`);
      expect(await output(own, label, env), text).not.toBe("");
    }
  });

  test("it reads well on a phone", async ({ browser }) => {
    const app = sharedApp();
    const context = await browser.newContext({ viewport: { width: 320, height: 640 }, colorScheme: "dark" });
    const page = await context.newPage();
    for (const path of ["/docs", "/docs/api"]) {
      const response = await page.goto(app.webUrl + path);
      expect(response?.status(), path).toBe(200);
      await expectAccessible(page);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
    }
  });
});
