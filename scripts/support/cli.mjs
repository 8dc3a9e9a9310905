// The official Convex CLI, and the files by which it finds an instance.
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "./run.mjs";
import { runTool } from "./tool.mjs";

/** Runs the official CLI to its end: {code, output}. It reads its deployment from `env` alone, not from .env.local. */
export function runCli(args, env) {
  return runTool(process.execPath, [cliFile, ...args], { env: cliEnvironment(env), quiet: true });
}

export const cliFile = path.join(root, "node_modules/convex/bin/main.js");

/**
 * The CLI fills gaps from .env.local and then refuses two deployments at once: an empty value leaves it no gap.
 * @param {Record<string, string>} env
 * @returns {Record<string, string>}
 */
export function cliEnvironment(env) {
  const gaps = { CONVEX_DEPLOYMENT: "", CONVEX_DEPLOY_KEY: "" };
  return { ...process.env, ...("CONVEX_SELF_HOSTED_URL" in env ? gaps : {}), ...env };
}

/** Keeps the instance's address and key where `npm run convex` finds them; only its owner may read them. */
export function writeCliEnv(dataDir, { url, adminKey }) {
  const file = path.join(dataDir, "cli.env");
  writeFileSync(file, envLines(url, adminKey), { mode: 0o600 });
  chmodSync(file, 0o600); // the mode above counts for a new file only
}

export function readCliEnv(dataDir) {
  const file = path.join(dataDir, "cli.env");
  if (!existsSync(file)) return null;
  return Object.fromEntries(
    readFileSync(file, "utf8")
      .split("\n")
      .flatMap((line) =>
        line.includes("=") ? [[line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]] : [],
      ),
  );
}

const envLines = (url, adminKey) =>
  `CONVEX_SELF_HOSTED_URL=${url}\nCONVEX_SELF_HOSTED_ADMIN_KEY=${adminKey}\n`;

const BLOCK_START = "# Written by npm start, for the official CLI.\n";
const BLOCK_END = "# End of what npm start wrote.\n";

/**
 * Puts the default instance into .env.local, so that plain `npx convex …` finds it. Other lines stay as they are; a file
 * that names a deployment of the user's own is left alone.
 */
export function writeEnvLocal({ url, adminKey }, folder = root) {
  const file = path.join(folder, ".env.local");
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const start = before.indexOf(BLOCK_START);
  const end = before.indexOf(BLOCK_END);
  const own =
    start >= 0 && end > start ? before.slice(0, start) + before.slice(end + BLOCK_END.length) : before;
  if (/^\s*CONVEX_(?:SELF_HOSTED_URL|DEPLOYMENT|DEPLOY_KEY)\s*=/m.test(own)) return;
  const gap = own === "" || own.endsWith("\n") ? "" : "\n";
  writeFileSync(file, own + gap + BLOCK_START + envLines(url, adminKey) + BLOCK_END, { mode: 0o600 });
  chmodSync(file, 0o600);
}
