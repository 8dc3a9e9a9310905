import { existsSync } from "node:fs";
import type { LaunchOptions } from "@playwright/test";
import { chromiumCandidates } from "../../scripts/support/chromium-candidates.mjs";

/** A Chromium that is on the machine already, or undefined: then Playwright looks for its own. */
export const chromiumPath = process.env.CHROMIUM_PATH ?? chromiumCandidates.find((path) => existsSync(path));

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
