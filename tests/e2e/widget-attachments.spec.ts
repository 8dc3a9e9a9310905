import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { ConvexHttpClient } from "convex/browser";
import { api } from "../../convex/_generated/api";
import { FILE_MAX } from "../../lib/limits";
import { expectAccessible } from "../helpers/accessible";
import type { Provisioned } from "../helpers/app";
import { serveHostPage } from "../helpers/host-page";
import { sharedApp } from "../helpers/shared-app";
import * as widget from "../helpers/widget";
import { expect, test } from "../helpers/test";

/** 8 by 8 pixels of one colour. */
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR4nGM4EaCBFTEMLQkAaplQAc/OcKAAAAAASUVORK5CYII=",
  "base64",
);
const picture = { name: "kettle.png", mimeType: "image/png", buffer: PICTURE };
const markup = { name: "page.html", mimeType: "text/html", buffer: Buffer.from("<script>alert(1)</script>") };

let workspace: Provisioned;
let host: { url: string; close(): Promise<void> };

test.beforeEach(async ({}, { testId }) => {
  const app = sharedApp();
  workspace = await app.provision(`Files ${testId}`);
  const policy = [
    "default-src 'none'",
    `script-src ${app.webUrl}`,
    `connect-src ${app.siteUrl} ${app.convexUrl} ${app.convexUrl.replace("http", "ws")}`,
    `img-src ${app.webUrl} ${app.siteUrl}`,
    "require-trusted-types-for 'script'",
  ].join("; ");
  host = await serveHostPage(widget.snippet(app, workspace.widgetId), { "Content-Security-Policy": policy });
});
test.afterEach(() => host.close());

const picker = (page: Page) => page.locator("praxtalk-widget input[type=file]");
const tray = (page: Page) => page.locator("praxtalk-widget .tray .file");
const pictures = (page: Page) => widget.thread(page).locator(".picture img");

/** As if the visitor had dropped or pasted a file there. */
async function give(page: Page, selector: string, kind: "drop" | "paste", name: string): Promise<void> {
  await page.locator(selector).evaluate(
    (target, { kind, name, bytes }) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(bytes)], name));
      const options = { bubbles: true, composed: true, cancelable: true };
      const event =
        kind === "drop"
          ? new DragEvent(kind, { ...options, dataTransfer: data })
          : new ClipboardEvent(kind, { ...options, clipboardData: data });
      target.dispatchEvent(event);
    },
    { kind, name, bytes: [...PICTURE] },
  );
}

async function filesOf(sessionToken: string) {
  const client = new ConvexHttpClient(sharedApp().convexUrl, {
    skipConvexDeploymentUrlCheck: true,
    logger: false,
  });
  const rows = await client.query(api.conversations.listInbox, { sessionToken });
  const conversationId = rows[0]?._id ?? "";
  const messages = await client.query(api.messages.listByConversation, { sessionToken, conversationId });
  return messages.map(({ body, attachments }) => [body, ...attachments.map(({ name }) => name)]);
}

test("pictures and files go with a message, under a strict policy, and nothing moves when they come", async ({
  browser,
}) => {
  const page = await widget.newVisitor(browser, "about:blank");
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      // The browser's own wish for an icon is the page's matter.
      if (!blockedURI.includes("favicon")) document.title += ` ${violatedDirective} ${blockedURI}`;
    });
  });
  await page.goto(host.url);
  await widget.startChat(page);
  await picker(page).setInputFiles([picture, markup]);
  await give(page, "praxtalk-widget .panel", "drop", "dropped.png");
  await give(page, "praxtalk-widget textarea", "paste", "pasted.png");
  await expect(tray(page)).toHaveCount(4);
  await expect(tray(page).locator("progress")).toHaveCount(0);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Remove pasted.png" }).click();

  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/widget/files/*", async (route) => {
    await held;
    await route.continue();
  });
  await widget.say(page, "Like these");
  await expect(pictures(page)).toHaveCount(2);
  await expect(tray(page)).toHaveCount(0);
  const heights = () =>
    widget
      .thread(page)
      .locator(".message")
      .evaluateAll((messages) => messages.map((message) => message.getBoundingClientRect().height));
  const before = await heights();
  release();
  for (const image of await pictures(page).all()) {
    await image.scrollIntoViewIfNeeded();
    await expect.poll(() => image.evaluate((node) => (node as HTMLImageElement).naturalWidth)).toBe(8);
  }
  expect(await heights()).toEqual(before);
  expect(await filesOf(workspace.sessionToken)).toEqual([
    [widget.visitor.message],
    ["Like these", "kettle.png", "page.html", "dropped.png"],
  ]);

  const download = page.waitForEvent("download");
  await widget.thread(page).getByText("page.html").click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("page.html");
  expect(await readFile(await file.path())).toEqual(markup.buffer);
  await expectAccessible(page);
  expect(await page.title()).toBe("A shop");
});

test("an upload that fails says so and is sent again; what is there outlives a reload; too much is refused", async ({
  browser,
}) => {
  const page = await widget.newVisitor(browser, host.url);
  await widget.startChat(page);
  await page.route("**/widget/upload?*", (route) => route.abort());
  await picker(page).setInputFiles(picture);
  await expect(tray(page)).toContainText("Not uploaded");
  await expectAccessible(page);
  await page.unroute("**/widget/upload?*");
  await tray(page).getByRole("button", { name: "Retry" }).click();
  await expect(tray(page)).toContainText("kB");
  await expect(tray(page).locator("progress")).toHaveCount(0);
  const large = { ...picture, name: "large.png", buffer: Buffer.alloc(FILE_MAX + 1) };
  await picker(page).setInputFiles(large);
  await expect(tray(page).last()).toContainText("Too large: at most 10 MB");
  await page.getByRole("button", { name: "Remove large.png" }).click();

  await page.reload();
  await widget.launcher(page).click();
  await expect(tray(page)).toContainText("kettle.png");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(pictures(page)).toHaveCount(1);
  await expect
    .poll(() => filesOf(workspace.sessionToken))
    .toEqual([[widget.visitor.message], ["", "kettle.png"]]);
});

test("a brand that takes no files offers none", async ({ browser }) => {
  await widget.configure(sharedApp(), workspace, { allowAttachments: false });
  const page = await widget.newVisitor(browser, host.url);
  await widget.startChat(page);
  await expect(page.getByRole("button", { name: "Attach a file" })).toHaveCount(0);
  await give(page, "praxtalk-widget textarea", "paste", "pasted.png");
  await expect(tray(page)).toHaveCount(0);
});
