import { randomBytes, randomUUID } from "node:crypto";
import { expect, type Browser, type BrowserContextOptions, type Locator, type Page } from "@playwright/test";
import { ConvexHttpClient } from "convex/browser";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { OWNER_PASSWORD, ownerEmail, type AppAddress, type Provisioned } from "./app";

export const httpClient = (app: AppAddress): ConvexHttpClient =>
  new ConvexHttpClient(app.convexUrl, { skipConvexDeploymentUrlCheck: true, logger: false });

/** The other side: a visitor as a program, with a secret of its own. */
export async function startConversation(
  app: AppAddress,
  { widgetId }: Provisioned,
  { name = "Hannah Weiss", message = "Does the kettle whistle?" } = {},
) {
  const client = httpClient(app);
  const visitorKey = `v_${randomBytes(32).toString("hex")}`;
  const key = { widgetId, visitorKey };
  const { conversationId } = await client.mutation(api.visitors.identifyAndStartConversation, {
    ...key,
    name,
    email: "hannah@posteo.de",
    message,
  });
  return {
    conversationId,
    say: async (body: string): Promise<void> => {
      await client.mutation(api.visitors.sendVisitorMessage, { ...key, conversationId, body });
    },
    /** Another conversation of the same visitor, once the one before is over. */
    startAnew: async (message: string) =>
      (await client.mutation(api.visitors.identifyAndStartConversation, { ...key, message })).conversationId,
    /** What the visitor sees, oldest first. */
    texts: async (): Promise<string[]> => {
      const rows = await client.query(api.visitors.listMessagesForVisitor, { ...key, conversationId });
      return rows.map(({ body }) => body);
    },
  };
}

/** A reply of the owner's, without a browser. */
export async function answer(
  app: AppAddress,
  { sessionToken }: Provisioned,
  conversationId: Id<"conversations">,
  body: string,
): Promise<void> {
  const message = { sessionToken, conversationId, body, internal: false, clientMessageId: randomUUID() };
  await httpClient(app).mutation(api.messages.send, message);
}

/** Every message of a conversation, notes too, oldest first. */
export async function textsOf(
  app: AppAddress,
  { sessionToken }: Provisioned,
  conversationId: Id<"conversations">,
) {
  const rows = await httpClient(app).query(api.messages.listByConversation, {
    sessionToken,
    conversationId,
    limit: 500,
  });
  return rows.map(({ role, body }) => `${role}: ${body}`);
}

/** A browser of its own, signed in as the owner of `provision(name)`, without the login page. */
export function signedIn(
  browser: Browser,
  app: AppAddress,
  name: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  return signedInAs(browser, app, ownerEmail(name), options);
}

/** The same for any operator with the owner's password. */
export async function signedInAs(
  browser: Browser,
  app: AppAddress,
  email: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    locale: "en-GB",
    viewport: { width: 1440, height: 900 },
    ...options,
  });
  const response = await context.request.post(`${app.webUrl}/api/session`, {
    headers: { Origin: app.webUrl },
    data: { email, password: OWNER_PASSWORD },
  });
  expect(response.status()).toBe(200);
  return context.newPage();
}

export async function fillLogin(page: Page, email: string, password = OWNER_PASSWORD): Promise<void> {
  await page.getByRole("textbox", { name: "Email" }).fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** The session token in a browser's cookie. */
export async function cookieToken(page: Page): Promise<string> {
  const cookies = await page.context().cookies();
  const cookie = cookies.find(({ name }) => name.startsWith("praxtalk_session_"));
  if (!cookie) throw new Error("This browser has no session.");
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
  return cookie.value;
}

export const list = (page: Page): Locator => page.getByRole("region", { name: "Conversations" });
export const row = (page: Page, name: string | RegExp): Locator =>
  list(page).getByRole("link").filter({ hasText: name });
export const thread = (page: Page): Locator => page.getByRole("log");
export const composer = (page: Page): Locator => page.getByRole("textbox", { name: "Reply", exact: true });

/** Lets a test take the websocket away and give it back. Call before the page is opened. */
export async function cuttableConnection(
  page: Page,
): Promise<{ cut: () => Promise<void>; mend: () => void }> {
  let isCut = false;
  const open = new Set<{ close: () => Promise<void> }>();
  await page.routeWebSocket(/\/sync$/, (socket) => {
    if (isCut) {
      void socket.close();
      return;
    }
    const server = socket.connectToServer();
    open.add(socket);
    socket.onClose(() => {
      open.delete(socket);
      void server.close();
    });
  });
  return {
    cut: async () => {
      isCut = true;
      await Promise.all([...open].map((socket) => socket.close()));
      open.clear();
    },
    mend: () => {
      isCut = false;
    },
  };
}
