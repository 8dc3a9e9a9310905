// Bundles embedded/ to plain JavaScript: the entry point, one file per worker, and the system functions.
// `node scripts/build-embedded.mjs` builds when a source changed since the last build; `--force` builds always.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
export const EMBEDDED_OUTDIR = path.join(root, "dist", "embedded");
const LOCK_STALE_MS = 60_000;
const STAMP = "sources.sha256";

/**
 * Builds embedded/ into `outdir` unless it is up to date. Safe to call from several processes at once:
 * one builds under a lock folder, the others wait for it. Returns the outdir.
 */
export async function buildEmbedded(outdir = EMBEDDED_OUTDIR, { force = false } = {}) {
  const stampFile = path.join(outdir, STAMP);
  const wanted = embeddedSourceHash();
  const isFresh = () => existsSync(stampFile) && readFileSync(stampFile, "utf8") === wanted;
  if (!force && isFresh()) return outdir;
  await withLock(`${outdir}.lock`, async () => {
    if (!force && isFresh()) return;
    // Built aside and swapped in, so that no process ever starts from a half-written folder.
    const fresh = `${outdir}.${process.pid}.new`;
    rmSync(fresh, { recursive: true, force: true });
    await bundleEntries(fresh);
    await bundleSystemFunctions(fresh);
    writeFileSync(path.join(fresh, STAMP), wanted);
    rmSync(outdir, { recursive: true, force: true });
    renameSync(fresh, outdir);
  });
  return outdir;
}

/** main.ts and every worker entry; packages stay external, since lmdb and ws load native or optional parts. */
async function bundleEntries(outdir) {
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
async function bundleSystemFunctions(outdir) {
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

export function embeddedSourceHash() {
  const hash = createHash("sha256");
  const files = [
    ...listFiles("embedded"),
    ...listFiles("lib"),
    "scripts/build-embedded.mjs",
    "package-lock.json",
  ];
  for (const file of files)
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(path.join(root, file)));
  return hash.digest("hex");
}

function listFiles(folder) {
  const absolute = path.join(root, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** Holds `lockDir` while `work` runs. A lock left behind by a dead process is taken over after a minute. */
async function withLock(lockDir, work) {
  mkdirSync(path.dirname(lockDir), { recursive: true });
  for (;;) {
    try {
      mkdirSync(lockDir);
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const age = Date.now() - (statSync(lockDir, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > LOCK_STALE_MS) rmSync(lockDir, { recursive: true, force: true });
      else await sleep(50);
    }
  }
  try {
    await work();
  } finally {
    rmSync(lockDir, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildEmbedded(EMBEDDED_OUTDIR, { force: process.argv.includes("--force") });
}
