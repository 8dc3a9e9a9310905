/**
 * In place of Clerk's browser script, which only Clerk's own host serves: as much of its interface as the SDK uses here. A button
 * signs one user in, whom the browser then remembers as Clerk's cookie would; the tokens are those that the test signs.
 */
import type { Page } from "@playwright/test";

export const CLERK_HOST = "clerk.acme.test";
export const CLERK_ENVIRONMENT = {
  NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: `pk_test_${Buffer.from(`${CLERK_HOST}$`).toString("base64")}`,
  CLERK_SECRET_KEY: "sk_test_1nTheEnvironment",
};

type Listener = (resources: object) => void;
type StandInWindow = { mintToken: () => Promise<string>; Clerk: object; __internal_ClerkUICtor: unknown };

/** Runs in the page. */
function standIn(): void {
  const page = window as unknown as StandInWindow;
  const listeners = new Set<Listener>();
  const session = {
    id: "sess_1",
    status: "active",
    user: { id: "user_ada" },
    lastActiveToken: { jwt: { claims: { sid: "sess_1", sub: "user_ada" } } },
    getToken: () => page.mintToken(),
  };
  const isSignedIn = () => localStorage.getItem("signed in at Clerk") !== null;
  const resources = () => ({
    client: {},
    session: isSignedIn() ? session : null,
    user: isSignedIn() ? session.user : null,
    organization: null,
  });
  const setSignedIn = (is: boolean) => {
    if (is) localStorage.setItem("signed in at Clerk", "1");
    else localStorage.removeItem("signed in at Clerk");
    clerk.__internal_lastEmittedResources = resources();
    for (const listener of listeners) listener(clerk.__internal_lastEmittedResources);
  };
  const clerk = {
    loaded: false,
    client: {},
    organization: null,
    __internal_lastEmittedResources: resources(), // what the SDK's hooks read
    get session() {
      return resources().session;
    },
    get user() {
      return resources().user;
    },
    load: async () => {
      clerk.loaded = true;
    },
    addListener: (listener: Listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    mountSignIn: (node: HTMLElement) => {
      const button = document.createElement("button");
      button.textContent = "Continue with Clerk";
      button.addEventListener("click", () => setSignedIn(true));
      node.append(button);
    },
    unmountSignIn: (node: HTMLElement) => node.replaceChildren(),
    signOut: async ({ redirectUrl }: { redirectUrl: string }) => {
      setSignedIn(false);
      window.location.assign(redirectUrl);
    },
  };
  page.Clerk = clerk;
  page.__internal_ClerkUICtor = () => undefined;
}

/** Serves it to the page from Clerk's host, and gives it the tokens. */
export async function standInForClerk(page: Page, mintToken: () => Promise<string>): Promise<void> {
  await page.exposeFunction("mintToken", mintToken);
  await page.route(`https://${CLERK_HOST}/**`, (route) =>
    route.fulfill({
      contentType: "text/javascript",
      headers: { "Access-Control-Allow-Origin": "*" },
      body: `(${standIn.toString()})();`,
    }),
  );
}
