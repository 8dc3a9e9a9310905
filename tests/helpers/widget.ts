import { expect, type Browser, type BrowserContextOptions, type Locator, type Page } from "@playwright/test";
import { ConvexHttpClient } from "convex/browser";
import type { FunctionArgs } from "convex/server";
import { api } from "../../convex/_generated/api";
import type { AppAddress, Provisioned } from "./app";

export const visitor = {
  name: "Hannah Weiss",
  email: "hannah@posteo.de",
  phone: "+49 30 1234567",
  message: "Does the kettle whistle?",
};

/** The tag that a site puts into its pages. */
export const snippet = (app: AppAddress, widgetId: string): string =>
  `<script src="${app.webUrl}/widget.js" data-widget-id="${widgetId}" defer></script>`;

/** A page in a browser of its own, so that nothing is remembered from elsewhere. */
export async function newVisitor(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const page = await (await browser.newContext({ locale: "en-GB", ...options })).newPage();
  await page.goto(url);
  return page;
}

/** A visitor whose websocket goes through the proxy; pages and HTTP routes do not. */
export async function visitThroughProxy(page: Page, url: string, proxy: { url: string }): Promise<void> {
  await page.route("**/widget/config?*", async (route) => {
    const response = await route.fetch();
    const config = (await response.json()) as object;
    await route.fulfill({ response, json: { ...config, convexUrl: proxy.url } });
  });
  await page.goto(url);
}

export const launcher = (page: Page): Locator => page.getByRole("button", { name: "Open chat", exact: true });
export const composer = (page: Page): Locator => page.getByRole("textbox", { name: "Message", exact: true });
export const thread = (page: Page): Locator => page.getByRole("log", { name: "Conversation" });

/** The texts of the thread, oldest first, without the name that only screen readers hear. */
export const shownTexts = (page: Page): Promise<string[]> =>
  thread(page)
    .locator(".bubble")
    .evaluateAll((bubbles) => bubbles.map((bubble) => bubble.lastChild?.textContent ?? ""));

export async function fillForm(page: Page, values: Partial<typeof visitor> = {}): Promise<void> {
  const all = { ...visitor, ...values };
  await page.getByLabel("Name", { exact: true }).fill(all.name);
  await page.getByLabel("Email", { exact: true }).fill(all.email);
  await page.getByLabel("Phone", { exact: true }).fill(all.phone);
  await page.getByLabel("Message", { exact: true }).fill(all.message);
}

/** From the closed launcher to the chat with its first message delivered. */
export async function startChat(page: Page, message = visitor.message): Promise<void> {
  await launcher(page).click();
  await fillForm(page, { message });
  await page.getByRole("button", { name: "Start chat" }).click();
  await expect(thread(page)).toContainText(message);
  await expect(thread(page)).toContainText("Sent ");
}

export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press("Enter");
  await expect(composer(page)).toHaveValue("");
}

/** Sets what the owner of the brand has set about its widget. */
export async function configure(
  app: AppAddress,
  { sessionToken, brandId }: Provisioned,
  change: Omit<FunctionArgs<typeof api.brands.update>, "sessionToken" | "brandId">,
): Promise<void> {
  const client = new ConvexHttpClient(app.convexUrl, { skipConvexDeploymentUrlCheck: true, logger: false });
  await client.mutation(api.brands.update, { sessionToken, brandId, ...change });
}

/** Stores the picture that the brand's widget shows. */
export async function uploadLogo(
  app: AppAddress,
  { sessionToken, brandId }: Provisioned,
  picture: Buffer,
): Promise<void> {
  const client = new ConvexHttpClient(app.convexUrl, { skipConvexDeploymentUrlCheck: true, logger: false });
  await client.action(api.brands.uploadLogo, { sessionToken, brandId, file: new Uint8Array(picture).buffer });
}

/** The other side: an operator, as a program with the operator's session. */
export function operatorOf(app: AppAddress, { sessionToken }: Provisioned) {
  const client = new ConvexHttpClient(app.convexUrl, { skipConvexDeploymentUrlCheck: true, logger: false });
  const conversations = () => client.query(api.conversations.listInbox, { sessionToken });
  /** The one conversation there is. */
  const conversation = async () => {
    const rows = await conversations();
    expect(rows).toHaveLength(1);
    return rows[0]!;
  };
  return {
    conversations,
    conversation,
    /** Every message of the one conversation, oldest first. */
    texts: async (): Promise<string[]> => {
      const { _id: conversationId } = await conversation();
      const args = { sessionToken, conversationId, limit: 500 };
      const messages = await client.query(api.messages.listByConversation, args);
      return messages.map(({ body }) => body);
    },
    reply: async (body: string): Promise<void> => {
      const { _id: conversationId } = await conversation();
      await client.mutation(api.messages.send, { sessionToken, conversationId, body });
    },
    setStatus: async (status: "open" | "resolved"): Promise<void> => {
      const { _id: conversationId } = await conversation();
      await client.mutation(api.conversations.setStatus, { sessionToken, conversationId, status });
    },
  };
}
