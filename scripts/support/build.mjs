// Builds what is stale: the embedded deployment, the widget, the web server, the dashboard. Needs node_modules.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildEmbedded, isEmbeddedFresh } from "../build-embedded.mjs";
import { fingerprint } from "./fingerprint.mjs";
import { withLock } from "./lock.mjs";
import { Refusal, root, say } from "./run.mjs";
import { runTool } from "./tool.mjs";

const dashboardSources = [
  "app",
  "components",
  "lib",
  "convex",
  "docs/inbox.png",
  "docs/inbox-dark.png",
  "public",
  "proxy.ts",
  "next.config.mjs",
  "postcss.config.mjs",
  "tsconfig.base.json",
  "tsconfig.json",
  "package-lock.json",
];

/** The parts, each with whether it is up to date and how it is made. */
const parts = {
  embedded: { isFresh: () => isEmbeddedFresh(), make: () => buildEmbedded() },
  widget: stamped("widget", {
    sources: ["widget", "lib", "convex/validators.ts", "scripts/build-widget.mjs", "package-lock.json"],
    output: "dist/widget/widget.js",
    async make() {
      const { buildWidget } = await import("../build-widget.mjs");
      await buildWidget();
    },
  }),
  server: stamped("server", {
    sources: ["server", "lib", "package-lock.json"],
    output: "dist/server/main.js",
    make: buildServer,
  }),
  dashboard: stamped("dashboard", {
    sources: dashboardSources,
    output: ".next/BUILD_ID",
    make: buildDashboard,
  }),
};

/** Builds the stale ones of the named parts, under a lock that other processes of this checkout respect. */
export async function ensureBuilt(names = Object.keys(parts)) {
  const stale = () => names.filter((name) => !parts[name].isFresh());
  if (stale().length === 0) return;
  const waiting = () => say("Another process is building this checkout; waiting for it…");
  await withLock(
    path.join(root, "dist/build.lock"),
    async () => {
      for (const name of stale()) {
        say(`Building ${name}…`);
        await buildPart(name);
      }
    },
    waiting,
  );
}

async function buildPart(name) {
  try {
    await parts[name].make();
  } catch (error) {
    if (Array.isArray(error.errors))
      throw new Refusal(`Building ${name} failed: esbuild's message is above.`);
    throw error;
  }
}

/** A part that is fresh while its output is there and a stamp holds the fingerprint of its sources. */
function stamped(name, { sources, output, make }) {
  const stampFile = path.join(root, "dist/stamps", name);
  return {
    isFresh: () =>
      existsSync(path.join(root, output)) &&
      existsSync(stampFile) &&
      readFileSync(stampFile, "utf8") === fingerprint(sources),
    async make() {
      // The stamp goes first and comes back last: a build cut short counts as stale.
      rmSync(stampFile, { force: true });
      const built = fingerprint(sources);
      await make();
      mkdirSync(path.dirname(stampFile), { recursive: true });
      writeFileSync(stampFile, built);
    },
  };
}

async function buildServer() {
  const { build } = await import("esbuild");
  await build({
    absWorkingDir: root,
    entryPoints: ["server/main.ts"],
    outdir: "dist/server",
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: true,
    logLevel: "warning",
  });
}

/** `next build`, quiet unless it fails. */
async function buildDashboard() {
  // Next writes the values of such variables into what it builds, which is for any of them.
  const fit = Object.entries(process.env).filter(([name]) => !name.startsWith("NEXT_PUBLIC_"));
  const { code, output } = await runTool(process.execPath, ["node_modules/next/dist/bin/next", "build"], {
    env: { ...Object.fromEntries(fit), NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    quiet: true,
  });
  if (code !== 0)
    throw new Refusal(`${output}\nThe dashboard could not be built: next build's message is above.`);
}
