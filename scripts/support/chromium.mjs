// Finds a Chromium for the tests, or gets one: the machine's own, else Playwright's, else Debian's package when root.
import { existsSync } from "node:fs";
import { chromiumCandidates } from "./chromium-candidates.mjs";
import { Refusal, say } from "./run.mjs";
import { runTool } from "./tool.mjs";

/** Returns the path of a Chromium, or undefined when Playwright has its own. Throws Refusal when none can be had. */
export async function ensureChromium() {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (existsSync(given)) return given;
    throw new Refusal(`CHROMIUM_PATH names ${given}, which is not there.`);
  }
  const find = () => chromiumCandidates.find((path) => existsSync(path));
  const found = find() ?? (await playwrightsOwn());
  if (found) return found;

  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    say("Installing Debian's chromium for the end-to-end tests…");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const updated = await runTool("apt-get", ["update", "-qq"], { env, quiet: true });
    const args = ["install", "-y", "-qq", "--no-install-recommends", "chromium"];
    const installed = await runTool("apt-get", args, { env, quiet: true });
    if (installed.code === 0 && find()) return find();
    say(`${updated.output}${installed.output}`.trimEnd());
  }
  say("Downloading Playwright's Chromium for the end-to-end tests…");
  const cli = "node_modules/@playwright/test/cli.js";
  const { code, output } = await runTool(process.execPath, [cli, "install", "chromium"], { quiet: true });
  if (code === 0) return undefined;
  say(output.trimEnd());
  throw new Refusal(
    "The end-to-end tests need a Chromium. Install one (on Debian: sudo apt-get install -y chromium), or set CHROMIUM_PATH.",
  );
}

async function playwrightsOwn() {
  const { chromium } = await import("@playwright/test");
  const path = chromium.executablePath();
  return existsSync(path) ? path : null;
}
