/** Playwright's test, which leaves no browser context open that a test has made: their pages would go on working beside the next ones. */
import { test as base } from "@playwright/test";

export { expect } from "@playwright/test";

export const test = base.extend<{ contextsEnd: undefined }>({
  contextsEnd: [
    async ({ browser }, use) => {
      const before = new Set(browser.contexts());
      await use(undefined);
      const made = browser.contexts().filter((context) => !before.has(context));
      await Promise.all(made.map((context) => context.close()));
    },
    { auto: true },
  ],
});
