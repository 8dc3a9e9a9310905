// What published chat widgets ship, weighed from the packages that the registry has. Nothing of them is run.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

const run = promisify(execFile);
/** A registry that does not answer is said, not waited for. */
const PACK_TIMEOUT_MS = 60_000;

/** By package: the files that a page loads as soon as it has the widget, and what of the widget is not in the package. */
const PUBLISHED = [
  {
    spec: "@papercups-io/chat-widget@1.3.1",
    entries: /^dist\/index\.modern\.js$/,
    missing: "the panel, a frame from chat-widget.papercups.io",
  },
  {
    spec: "@rocket.chat/livechat@1.13.3",
    // The script of the snippet, and what the frame's index.html loads.
    entries:
      /^build\/(rocketchat-livechat\.min|0\.chunk\.\w+|polyfills\.\w+|vendors~bundle\.chunk\.\w+|bundle\.\w+)\.js$/,
  },
  { spec: "@n8n/chat@1.37.0", entries: /^dist\/(chat\.bundle\.es\.js|style\.css)$/ },
  { spec: "deep-chat@2.4.2", entries: /^dist\/deepChat\.bundle\.js$/ },
  { spec: "flowise-embed@3.1.6", entries: /^dist\/web\.js$/ },
  {
    spec: "@intercom/messenger-js-sdk@0.0.20",
    entries: /^dist\/(index|instance-manager|constants)\.js$/,
    missing: "the messenger, from widget.intercom.io",
  },
];

/** Prints a table of what could be had, and what could not with the reason. */
export async function weighPublished() {
  const folder = mkdtempSync(path.join(tmpdir(), "praxtalk-published-"));
  const rows = [];
  const notes = [];
  try {
    for (const [index, { spec, entries, missing }] of PUBLISHED.entries()) {
      try {
        const files = await unpack(spec, path.join(folder, String(index)));
        const { loaded, imports } = closure(files, entries);
        rows.push({ package: spec, ...weigh(loaded) });
        if (imports.length > 0) notes.push(`${spec}: not counted, as it is not in it: ${imports.join(", ")}`);
        if (missing) notes.push(`${spec}: could not be loaded from the registry: ${missing}`);
      } catch (error) {
        notes.push(`${spec}: could not be loaded: ${error.message.trim().split("\n").at(-1)}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(
    "\nWhat other packages make a page load to begin with; what they load later is not counted:\n",
  );
  console.table(rows);
  process.stdout.write(notes.map((note) => `${note}\n`).join(""));
}

/** The package's files by their names. */
async function unpack(spec, folder) {
  mkdirSync(folder);
  const args = ["pack", spec, "--silent", "--ignore-scripts", "--pack-destination", folder];
  await run("npm", args, { timeout: PACK_TIMEOUT_MS });
  const [archive] = readdirSync(folder);
  await run("tar", ["-xzf", archive], { cwd: folder });
  const base = path.join(folder, "package");
  const entries = readdirSync(base, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [path.relative(base, file), readFileSync(file)]));
}

/** The entries and what they import at once: files of the package as bytes, other packages by name. */
function closure(files, entries) {
  const names = [...files.keys()].filter((name) => entries.test(name));
  if (names.length === 0) throw new Error("the package has none of the files that are known of it");
  const imports = new Set();
  for (const name of names) {
    for (const [, target] of files
      .get(name)
      .toString()
      .matchAll(/(?:^|[;}\s])import\b[^"'();]*["']([^"']+)["']/g)) {
      const base = path.posix.join(path.posix.dirname(name), target);
      const file = files.has(base) ? base : `${base}.js`;
      if (!target.startsWith(".")) imports.add(target);
      else if (files.has(file) && !names.includes(file)) names.push(file);
    }
  }
  return { loaded: names.map((name) => files.get(name)), imports: [...imports].sort() };
}

function weigh(loaded) {
  const sum = (size) => loaded.reduce((total, bytes) => total + size(bytes), 0);
  return {
    files: loaded.length,
    bytes: sum((bytes) => bytes.length),
    gzip: sum((bytes) => gzipSync(bytes, { level: 9 }).length),
  };
}
