import { existsSync } from "node:fs";
import type { LaunchOptions } from "@playwright/test";

const candidates = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** A Chromium that is on the machine already, or undefined: then Playwright looks for its own. */
export const chromiumPath = process.env.CHROMIUM_PATH ?? candidates.find((path) => existsSync(path));

/** For chromium.launch(): the machine's browser, quiet on a closed network. */
export const launchOptions: LaunchOptions = {
  ...(chromiumPath ? { executablePath: chromiumPath } : {}),
  args: [
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
  ],
};
