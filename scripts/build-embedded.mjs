// Bundles embedded/ to plain JavaScript: the entry point, one file per worker, and the system functions.
// `node scripts/build-embedded.mjs` builds when a source changed since the last build; `--force` builds always.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { fingerprint, listFiles } from "./support/fingerprint.mjs";
import { withLock } from "./support/lock.mjs";
import { root } from "./support/run.mjs";

export const EMBEDDED_OUTDIR = path.join(root, "dist", "embedded");
const STAMP = "sources.sha256";

/** Names one state of the sources. */
export const embeddedSourceHash = () =>
  fingerprint(["embedded", "lib", "scripts/build-embedded.mjs", "package-lock.json"]);

export function isEmbeddedFresh(outdir = EMBEDDED_OUTDIR) {
  const stampFile = path.join(outdir, STAMP);
  return existsSync(stampFile) && readFileSync(stampFile, "utf8") === embeddedSourceHash();
}

/**
 * Builds embedded/ into `outdir` unless it is up to date. Safe to call from several processes at once: one builds under
 * a lock, the others wait for it. Returns the outdir. Needs node_modules from here on, so esbuild is imported here.
 */
export async function buildEmbedded(outdir = EMBEDDED_OUTDIR, { force = false } = {}) {
  if (!force && isEmbeddedFresh(outdir)) return outdir;
  const { build } = await import("esbuild");
  await withLock(`${outdir}.lock`, async () => {
    if (!force && isEmbeddedFresh(outdir)) return;
    const built = embeddedSourceHash();
    // Built aside and swapped in, so that no process ever starts from a half-written folder.
    const fresh = `${outdir}.${process.pid}.new`;
    rmSync(fresh, { recursive: true, force: true });
    await bundleEntries(build, fresh);
    await bundleSystemFunctions(build, fresh);
    writeFileSync(path.join(fresh, STAMP), built);
    rmSync(outdir, { recursive: true, force: true });
    renameSync(fresh, outdir);
  });
  return outdir;
}

/** main.ts and every worker entry; packages stay external, since lmdb and ws load native or optional parts. */
async function bundleEntries(build, outdir) {
  const workers = listFiles("embedded/runtime").filter((file) => file.endsWith("-worker.ts"));
  await build({
    absWorkingDir: root,
    entryPoints: ["embedded/main.ts", ...workers].map((file) => ({
      in: file,
      out: path.basename(file, ".ts"),
    })),
    outdir,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: true,
    logLevel: "warning",
  });
}

/** System functions are ordinary Convex modules: bundled as the CLI bundles an app's, `convex/server` inside. */
async function bundleSystemFunctions(build, outdir) {
  const modules = listFiles("embedded/system/_system").filter((file) => file.endsWith(".ts"));
  await build({
    absWorkingDir: root,
    entryPoints: modules,
    outbase: "embedded/system",
    outdir: path.join(outdir, "system"),
    bundle: true,
    splitting: true,
    chunkNames: "_deps/[hash]",
    platform: "browser",
    format: "esm",
    target: "esnext",
    conditions: ["convex", "module"],
    sourcemap: true,
    logLevel: "warning",
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildEmbedded(EMBEDDED_OUTDIR, { force: process.argv.includes("--force") });
}
