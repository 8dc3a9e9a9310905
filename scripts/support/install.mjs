// Brings node_modules to what package-lock.json says, with npm alone.
import { readFileSync } from "node:fs";
import path from "node:path";
import { withLock } from "./lock.mjs";
import { Refusal, root, say } from "./run.mjs";
import { runTool } from "./tool.mjs";

export async function ensureInstalled() {
  if (isInstalled(root)) return;
  await withLock(path.join(root, "dist/install.lock"), async () => {
    if (isInstalled(root)) return;
    say("Installing packages…");
    // The tools that build are development packages: NODE_ENV=production must not leave them out.
    const npm = process.env.npm_execpath;
    const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
    const { code } = npm?.endsWith("js")
      ? await runTool(process.execPath, [npm, ...args])
      : await runTool("npm", args, { shell: process.platform === "win32" });
    if (code !== 0) throw new Refusal("The packages could not be installed: npm's own message is above.");
  });
}

/**
 * Does node_modules hold the versions of the lock? npm lists what it installed in node_modules/.package-lock.json, as
 * the last step of an install. Optional packages are left out: they differ by platform.
 */
export function isInstalled(folder) {
  const wanted = readPackages(path.join(folder, "package-lock.json"));
  const installed = readPackages(path.join(folder, "node_modules/.package-lock.json"));
  if (wanted === null || installed === null) return false;
  return Object.entries(wanted).every(
    ([name, entry]) =>
      name === "" || entry.optional || entry.devOptional || installed[name]?.version === entry.version,
  );
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return null; // absent or cut short: an install mends both
  }
}
