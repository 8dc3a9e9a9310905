// Builds sdk/ for publishing: sdk/dist/ with ES modules and their types. `npm run build:sdk`, then `npm publish ./sdk`.
import { build } from "esbuild";
import { chmodSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { root, Refusal } from "./support/run.mjs";
import { runTool } from "./support/tool.mjs";

/** Builds into `outdir`, aside first: who reads meanwhile sees all of the old or all of the new. */
export async function buildSdk(outdir = path.join(root, "sdk/dist")) {
  const fresh = `${outdir}.${process.pid}.new`;
  rmSync(fresh, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: ["sdk/src/index.ts", "sdk/src/webhooks.ts", "sdk/src/cli.ts"],
    outdir: fresh,
    bundle: true,
    splitting: true,
    packages: "external",
    platform: "neutral",
    format: "esm",
    target: "es2022",
    minify: true,
    logLevel: "warning",
  });
  chmodSync(path.join(fresh, "cli.js"), 0o755);
  await declareTypes(path.join(fresh, "types"));
  rmSync(outdir, { recursive: true, force: true });
  renameSync(fresh, outdir);
}

async function declareTypes(outdir) {
  const flags = ["--noEmit", "false", "--emitDeclarationOnly", "--declaration", "--outDir", outdir];
  const args = ["node_modules/typescript/bin/tsc", "-p", "sdk", ...flags];
  const { code, output } = await runTool(process.execPath, args, { quiet: true });
  if (code !== 0) throw new Refusal(`${output}\nThe types of the SDK could not be made.`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await buildSdk();
