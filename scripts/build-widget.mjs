// Bundles widget/: widget.js, which pages embed and which keeps its name, panel-<hash>.js, which widget.js imports on
// first use, and panel-<language>-<hash>.js beside it for each language but English; a hashed name never changes its content. <hash>.js is all of them in one file for
// Subresource Integrity, which integrity.json describes. widget-preview.js draws the widget in the dashboard. `node scripts/build-widget.mjs` builds them.
import { build, transform } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { slimConvexClient } from "./support/slim-convex-client.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
export const WIDGET_OUTDIR = path.join(root, "dist", "widget");
/** Browsers of 2022 and later: private fields and optional chaining run as they are written. */
const TARGET = ["chrome100", "edge100", "firefox100", "safari15.4"];
const LOADER_FILE = "widget.js";
/** For the dashboard alone. */
const PREVIEW_FILE = "widget-preview.js";
/** Tells the current whole file; the web server puts its site's address in. */
const INTEGRITY_FILE = "integrity.json";
/** Browsers may hold an older widget.js, which names an older panel: that one stays for a day. */
const KEEP_PANELS_MS = 24 * 60 * 60 * 1000;

/**
 * Builds all files into `outdir` and returns their names. `dev` leaves them readable. Safe to run while the files
 * are being served: the panel is there before the loader that names it, and each appears whole.
 */
export async function buildWidget({ outdir = WIDGET_OUTDIR, dev = false } = {}) {
  const options = {
    absWorkingDir: root,
    bundle: true,
    write: false,
    outdir,
    target: TARGET,
    minify: !dev,
    sourcemap: dev ? "inline" : false,
    legalComments: "none",
    charset: "utf8",
    jsx: "automatic",
    jsxImportSource: "preact",
    plugins: [
      inlineCss({ minify: !dev }),
      slimConvexClient(path.join(root, "widget", "panel", "convex-client")),
    ],
    logLevel: "warning",
  };
  const languages = await languageNames();
  const modules = await build({
    ...options,
    entryPoints: [
      { in: "widget/panel/main.tsx", out: "panel" },
      ...languages.map((language) => ({ in: `widget/languages/${language}.ts`, out: `panel-${language}` })),
    ],
    entryNames: "[name]-[hash]",
    format: "esm",
  });
  const files = modules.outputFiles.map(({ path: file, contents }) => ({
    name: path.basename(file),
    contents,
  }));
  // In the order of the entry points.
  const panelFile = files[0].name;
  const filesByLanguage = Object.fromEntries(
    languages.map((language, index) => [language, files[index + 1].name]),
  );
  const loader = await build({
    ...options,
    entryPoints: [{ in: "widget/loader/main.ts", out: "widget" }],
    format: "iife",
    define: {
      PRAXTALK_PANEL_FILE: JSON.stringify(panelFile),
      PRAXTALK_LANGUAGE_FILES: JSON.stringify(filesByLanguage),
    },
  });
  const whole = describeWhole(
    await build({
      ...options,
      entryPoints: [{ in: "widget/loader/whole.ts", out: "whole" }],
      format: "iife",
    }),
  );
  const preview = await build({
    ...options,
    entryPoints: [{ in: "widget/preview/main.tsx", out: "widget-preview" }],
    format: "esm",
  });
  await mkdir(outdir, { recursive: true });
  for (const { name, contents } of files) await writeWhole(path.join(outdir, name), contents);
  await writeWhole(path.join(outdir, LOADER_FILE), loader.outputFiles[0].contents);
  await writeWhole(path.join(outdir, PREVIEW_FILE), preview.outputFiles[0].contents);
  await writeWhole(path.join(outdir, whole.name), whole.contents);
  await writeWhole(path.join(outdir, INTEGRITY_FILE), JSON.stringify(whole.manifest));
  const current = [...files, whole].map(({ name }) => name);
  // Pages name a whole file themselves, so a release keeps those before it; while developing nobody does.
  await removeOld(outdir, dev ? /^(panel-.*|[0-9a-f]{32})\.js$/ : /^panel-.*\.js$/, current);
  return { loader: LOADER_FILE, panel: panelFile, languages: filesByLanguage, whole: whole.name };
}

/** One file's name and integrity come from the bytes that the server sends: it puts nothing into this one. */
function describeWhole({ outputFiles: [{ contents }] }) {
  const sha384 = createHash("sha384").update(contents).digest();
  const name = `${sha384.toString("hex").slice(0, 32)}.js`;
  const manifest = {
    path: `/widget/${name}`,
    integrity: `sha384-${sha384.toString("base64")}`,
    siteUrl: "__PRAXTALK_SITE_URL__",
  };
  return { name, contents, manifest };
}

/** A file of widget/languages/ per language; English is in the panel itself. */
async function languageNames() {
  const files = await readdir(path.join(root, "widget", "languages"));
  return files.map((file) => path.basename(file, ".ts")).sort();
}

/** `import css from "./x.css?inline"` is the sheet as text, as in Vite. */
function inlineCss({ minify }) {
  return {
    name: "inline-css",
    setup(builder) {
      builder.onResolve({ filter: /\.css\?inline$/ }, ({ path: specifier, resolveDir }) => ({
        path: path.join(resolveDir, specifier.replace("?inline", "")),
        namespace: "inline-css",
      }));
      builder.onLoad({ filter: /.*/, namespace: "inline-css" }, async ({ path: file }) => {
        const source = await readFile(file, "utf8");
        const { code } = await transform(source, { loader: "css", minify, charset: "utf8" });
        return { contents: code.trim(), loader: "text", watchFiles: [file] };
      });
    },
  };
}

async function writeWhole(file, contents) {
  const fresh = `${file}.${process.pid}.new`;
  await writeFile(fresh, contents);
  await rename(fresh, file);
}

async function removeOld(outdir, pattern, current) {
  for (const name of await readdir(outdir)) {
    if (!pattern.test(name) || current.includes(name)) continue;
    const file = path.join(outdir, name);
    const { mtimeMs } = await stat(file);
    if (Date.now() - mtimeMs > KEEP_PANELS_MS) await rm(file, { force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildWidget({ dev: process.argv.includes("--dev") });
}
