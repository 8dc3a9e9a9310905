import { createHmac } from "node:crypto";
import type { Locator, Page } from "@playwright/test";
import { expectAccessible, expectAccessibleInBothSchemes } from "../helpers/accessible";
import { addAgent, type Provisioned } from "../helpers/app";
import { signedIn, signedInAs, startConversation } from "../helpers/dashboard";
import { answer, startReceiver, type Received, type Receiver } from "../helpers/receivers";
import { sharedApp } from "../helpers/shared-app";
import { expect, test } from "../helpers/test";

const name = "Webhooks console";
let workspace: Provisioned;
let receiver: Receiver;
let page: Page;

// One endpoint's life from test to test, as one person sees it.
test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ browser }) => {
  const app = sharedApp();
  workspace = await app.provision(name);
  receiver = await startReceiver(answer(200, { body: "ok" }));
  page = await signedIn(browser, app, name, {
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
  });
});
test.afterAll(() => receiver.close());

const hook = () => `${receiver.url}hooks/praxtalk`;
const endpointsTable = () => page.getByRole("table", { name: "Webhook endpoints" });
const endpointRows = (text: string | RegExp) =>
  endpointsTable().getByRole("rowgroup").filter({ hasText: text });
const log = () => page.getByRole("table", { name: "Event log" });
const logRows = (text: string | RegExp) => {
  const expander = page.getByRole("button", { name: /^Details of/ });
  return log().getByRole("row").filter({ has: expander, hasText: text });
};
const details = (row: Locator) => row.getByRole("button", { name: /^Details of/ });

async function choose(item: string): Promise<void> {
  await endpointsTable()
    .getByRole("button", { name: /^Actions for/ })
    .click();
  await page.getByRole("menuitem", { name: item }).click();
}

/** The secret that the open dialog shows, closed by the person's word. */
async function takeSecret(): Promise<string> {
  const secret = (await page.getByLabel("New secret", { exact: true }).textContent()) ?? "";
  await page.getByRole("button", { name: "I have stored it" }).click();
  return secret;
}

/** How each secret signs this request, in the order of the header. */
function signatures({ headers, body }: Received, secrets: readonly string[]): string {
  const at = /^t=(\d+)/.exec(headers.get("x-praxtalk-signature") ?? "")?.[1] ?? "";
  const sign = (secret: string) => createHmac("sha256", secret).update(`${at}.`).update(body).digest("hex");
  return [`t=${at}`, ...secrets.map((secret) => `v1=${sign(secret)}`)].join(",");
}

async function expectSignedBy(...secrets: string[]): Promise<void> {
  const seen = receiver.requests.length;
  await choose("Send test");
  await expect(page.getByText("The test arrived.")).toBeVisible();
  await expect.poll(() => receiver.requests.length).toBe(seen + 1);
  const request = receiver.requests[seen]!;
  expect(request.headers.get("x-praxtalk-signature")).toBe(signatures(request, secrets));
  await page.getByRole("button", { name: "Close the test" }).click();
}

let secret = "";

test("an endpoint is added, its secret shown once, and a signed event arrives at it", async () => {
  const app = sharedApp();
  await page.goto(`${app.webUrl}/app/integrations`);
  await expect(page.getByRole("heading", { name: "No endpoint yet" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Nothing was sent yet" })).toBeVisible();
  await expectAccessibleInBothSchemes(page);

  await page.getByRole("button", { name: "Add endpoint" }).click();
  const dialog = page.getByRole("dialog");
  const url = dialog.getByRole("textbox", { name: "Endpoint URL" });
  await url.fill("erp.example/in");
  await url.press("Tab");
  await expect(url).toHaveAttribute("aria-invalid", "true");
  await url.fill("https://10.0.0.1/in");
  await dialog.getByRole("checkbox", { name: /^message\.created/ }).uncheck();
  await dialog.getByRole("button", { name: "Add endpoint" }).click();
  await expect(dialog).toContainText("not an IP address");
  await expectAccessibleInBothSchemes(page);
  await url.fill(hook());
  await dialog.getByRole("button", { name: "Add endpoint" }).click();
  await expect(page.getByLabel("New secret", { exact: true })).toHaveText(/^whsec_[A-Za-z0-9+/]{43}=$/);
  await expectAccessible(page);
  // Escape does not lose a secret that nobody has stored yet.
  await page.keyboard.press("Escape");
  secret = await takeSecret();

  await expect(endpointRows(hook())).toContainText("Private address");
  await expect(endpointRows(hook())).toContainText("Enabled");
  await page.reload();
  await expect(endpointRows(hook())).toBeVisible();
  expect(await page.content()).not.toContain(secret);

  await startConversation(app, workspace);
  await expect(logRows("conversation.created")).toContainText("Delivered");
  const [request] = receiver.requests;
  expect(request?.headers.get("x-praxtalk-event")).toBe("conversation.created");
  expect(request?.headers.get("x-praxtalk-signature")).toBe(signatures(request!, [secret]));
  // What was unchecked is not sent.
  await expect(log().getByRole("row")).toHaveCount(2);
});

test("a delivery that failed is explained, counts down, and is sent again by hand", async () => {
  const app = sharedApp();
  receiver.behave(answer(503, { body: "upstream <b>timed out</b>" }));
  await startConversation(app, workspace, { name: "Rui Tavares" });
  const row = logRows("conversation.created").first();
  await expect(row).toContainText("Retrying");
  await expect(row).toContainText(/503in \d+ min/);
  await expect(endpointRows(hook())).toContainText("the last attempt failed");

  // By keys alone: to the row, open it, send it again.
  await page.keyboard.press("j");
  await expect(details(row)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "One attempt failed." })).toBeVisible();
  await expect(log()).toContainText("The endpoint answered 503 with “upstream <b>timed out</b>”.");
  await expect(log()).toContainText(/PraxTalk tries again at \d\d:\d\d/);
  await expect(page).toHaveURL(/delivery=/);
  await page.getByRole("tab", { name: "Response" }).click();
  await expect(page.getByRole("tabpanel", { name: "Response" })).toContainText("upstream <b>timed out</b>");
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("tabpanel", { name: "Headers" })).toContainText(
    "X-PraxTalk-Signature: t=…,v1=…",
  );
  await expectAccessibleInBothSchemes(page);
  await page.keyboard.press("c");
  await expect(page.getByText("Copied")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
    /^curl -X POST 'http:.*--data-binary '\{"id":/s,
  );

  await page.keyboard.press("r");
  await expect(page.getByRole("heading", { name: "Two attempts failed." })).toBeVisible();
  await expect(page.getByRole("list", { name: "Attempts" })).toContainText("by hand");
  receiver.behave(answer(200));
  await page.getByRole("button", { name: "Retry now" }).click();
  await expect(page.getByRole("heading", { name: "Delivered by attempt 3." })).toBeVisible();
  await expect(row).toContainText("Delivered");
  await page.keyboard.press("Escape");
  await expect(details(row)).toBeFocused();
  await expect(details(row)).toHaveAttribute("aria-expanded", "false");
});

test("rows that come while one is read wait above it, and filters stay in the address", async () => {
  const app = sharedApp();
  await details(logRows("conversation.created").last()).click();
  await startConversation(app, workspace, { name: "Ana Bakker" });
  await page.getByRole("button", { name: "1 new" }).click();
  await expect(logRows("conversation.created")).toHaveCount(3);
  await page.keyboard.press("/");
  await expect(page.getByRole("combobox", { name: "Endpoint" })).toBeFocused();
  await page.getByRole("combobox", { name: "State" }).selectOption({ label: "Failed" });
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("combobox", { name: "State" })).toHaveValue("failed");
  await page.getByRole("button", { name: "Show all" }).click();
  await expect(logRows("conversation.created")).toHaveCount(3);
});

test("what a disabled endpoint missed is offered when it is enabled again", async () => {
  const app = sharedApp();
  await choose("Disable");
  await expect(endpointRows(hook())).toContainText("Disabled at");
  const seen = receiver.requests.length;
  await startConversation(app, workspace, { name: "Olu Adebayo" });
  await expect(logRows("conversation.created").first()).toContainText("Skipped");
  await endpointsTable().getByRole("button", { name: "Enable" }).click();
  await expect(endpointsTable()).toContainText("1 delivery failed or was skipped since");
  await endpointsTable().getByRole("button", { name: "Replay" }).click();
  await expect(logRows("conversation.created").first()).toContainText("Delivered");
  expect(receiver.requests).toHaveLength(seen + 1);

  await page.getByRole("button", { name: "Replay failed" }).click();
  await expect(page.getByRole("dialog")).toContainText("Nothing failed or was skipped in this time.");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Cancel" }).click();
});

test("a secret is rotated in two phases, with both signing meanwhile", async () => {
  await choose("Rotate secret");
  await page.getByRole("button", { name: "Rotate secret" }).click();
  const next = await takeSecret();
  await expect(endpointRows(hook())).toContainText(/the old one first\. The old one ends in 23 h/);
  await expectSignedBy(secret, next);
  await page.getByRole("button", { name: "I deployed the new secret" }).press("Enter");
  await expect(endpointsTable().getByRole("button", { name: /^Actions for/ })).toBeFocused();
  await expect(endpointRows(hook())).toContainText("the new one first");
  await expectSignedBy(next, secret);
  await page.getByRole("button", { name: "End old secret now" }).click();
  await page.getByRole("button", { name: "End old secret", exact: true }).click();
  await expect(endpointRows(hook())).not.toContainText("Two secrets");
  await expectSignedBy(next);
});

test("an endpoint that answers 410 is disabled, which the banner, the sidebar and the bell say", async () => {
  const app = sharedApp();
  receiver.behave(answer(410));
  await startConversation(app, workspace, { name: "Ines Moreau" });
  await expect(page.getByText(/^127\.0\.0\.1:\d+ was disabled at/)).toBeVisible();
  await expect(page.getByRole("link", { name: /Integrations.*Disabled/ })).toBeVisible();
  await page.getByRole("button", { name: "Notifications, 1 unread" }).click();
  const bell = page.getByRole("dialog", { name: "Notifications" });
  await expect(bell).toContainText("Webhook endpoint disabled");
  await expectAccessibleInBothSchemes(page);
  await bell.getByRole("link").click();
  await expect(page.getByRole("button", { name: "Notifications", exact: true })).toBeVisible();
  await expect(log()).toBeHidden();
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(log()).toBeVisible();
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBe(390);
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("an agent sees it all and can change none of it", async ({ browser }) => {
  const app = sharedApp();
  const agent = await signedInAs(browser, app, await addAgent(app, name, workspace));
  await agent.goto(`${app.webUrl}/app/integrations`);
  const table = agent.getByRole("table", { name: "Webhook endpoints" });
  await expect(table).toContainText("Disabled");
  await agent
    .getByRole("button", { name: /^Details of/ })
    .first()
    .click();
  await expect(agent.getByRole("heading", { name: "It failed, and is not tried again." })).toBeVisible();
  for (const word of [/^Actions/, "Add endpoint", "Enable", "Retry now", "Replay failed"]) {
    await expect(agent.getByRole("button", { name: word })).toHaveCount(0);
  }
});

test("a deleted endpoint keeps its rows in the log", async () => {
  await choose("Delete");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Delete endpoint" }).click();
  await expect(page.getByRole("heading", { name: "No endpoint yet" })).toBeVisible();
  await expect(logRows("deleted").first()).toContainText("conversation.created");
  await details(logRows("deleted").first()).click();
  await expect(log()).toContainText("an endpoint that was deleted");
  await expect(page.getByRole("button", { name: "Retry now" })).toHaveCount(0);
});
