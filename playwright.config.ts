import { defineConfig } from "@playwright/test";
import { launchOptions } from "./tests/helpers/browser";

/** End-to-end tests: the real `npm start`, a real Chromium. Three files at a time: two leave a fifth of two cores idle. */
export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results/e2e",
  globalSetup: "./tests/helpers/global-setup.ts",
  workers: 3,
  fullyParallel: false,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [["list"], ["json", { outputFile: "test-results/e2e.json" }]],
  // A trace keeps the page's structure at each step; its film as well would cost a sixth of the processor time of all specs.
  use: { browserName: "chromium", launchOptions, trace: { mode: "retain-on-failure", screenshots: false } },
});
