// @vitest-environment node
import { createHash } from "node:crypto";
import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildWidget } from "@/scripts/build-widget.mjs";
import { UNUSED_METHODS } from "@/scripts/support/slim-convex-client.mjs";

/** What a page loads before anybody clicks, and what the first click loads, gzipped. */
const LOADER_LIMIT = 5 * 1024;
const PANEL_LIMIT = 40 * 1024;
/** Of one file with both and all languages. */
const WHOLE_LIMIT = 52 * 1024;

let outdir: string;
let built: { loader: string; panel: string; languages: Record<string, string>; whole: string };

beforeAll(async () => {
  outdir = await mkdtemp(path.join(tmpdir(), "praxtalk-widget-"));
  built = await buildWidget({ outdir });
});
afterAll(() => rm(outdir, { recursive: true, force: true }));

const read = (name: string): Promise<string> => readFile(path.join(outdir, name), "utf8");
const gzipped = async (name: string): Promise<number> => gzipSync(await read(name), { level: 9 }).length;

test(`the loader stays within ${LOADER_LIMIT} bytes`, async () => {
  expect(await gzipped(built.loader)).toBeLessThanOrEqual(LOADER_LIMIT);
});

test(`the panel with any one language stays within ${PANEL_LIMIT} bytes`, async () => {
  const languages = await Promise.all(Object.values(built.languages).map(gzipped));
  expect(languages).toHaveLength(6);
  expect((await gzipped(built.panel)) + Math.max(...languages)).toBeLessThanOrEqual(PANEL_LIMIT);
});

test("the panel goes without what the client never uses in it", async () => {
  const panel = await read(built.panel);
  const unused = [
    "refetchTokenTimeoutId",
    "WebSocket reconnected",
    "getEntriesByName",
    "mutationId",
    "$integer",
    "impersonating",
    "localQueryLogs",
    "tryRestart",
    "API path is expected",
  ];
  expect(unused.filter((name) => panel.includes(name))).toEqual([]);
});

test("nothing in the panel calls what has been taken out of the client", async () => {
  const panel = await read(built.panel);
  // The panel has methods of its own by these names.
  const own = ["resume", "stop"];
  const names = Object.values(UNUSED_METHODS).flat();
  expect(names.filter((name) => !own.includes(name) && panel.includes(`.${name}(`))).toEqual([]);
});

test("every CSS variable has the widget's name: a page may register any other", async () => {
  const sheets = (await read(built.loader)) + (await read(built.panel));
  const names = [...sheets.matchAll(/var\(--([\w-]+)/g)].map(([, name = ""]) => name);
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name) => !name.startsWith("praxtalk-"))).toEqual([]);
});

test("the loader names the panel and leaves the site's address to the server", async () => {
  const loader = await read(built.loader);
  for (const name of [built.panel, ...Object.values(built.languages)]) expect(loader).toContain(name);
  expect(loader).toContain("__PRAXTALK_SITE_URL__");
  expect(loader).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
});

test(`loader, panel and languages in one file stay within ${WHOLE_LIMIT} bytes`, async () => {
  expect(await gzipped(built.whole)).toBeLessThanOrEqual(WHOLE_LIMIT);
});

test("the one file is named by its hash, and integrity.json states it", async () => {
  const digest = createHash("sha384").update(await readFile(path.join(outdir, built.whole)));
  const sha384 = digest.digest();
  expect(built.whole).toBe(`${sha384.toString("hex").slice(0, 32)}.js`);
  expect(JSON.parse(await read("integrity.json"))).toEqual({
    path: `/widget/${built.whole}`,
    integrity: `sha384-${sha384.toString("base64")}`,
    siteUrl: "__PRAXTALK_SITE_URL__",
  });
});

test("the one file loads no other script, and the server has nothing to put into it", async () => {
  const whole = await read(built.whole);
  expect(whole).not.toMatch(/\bimport\(/);
  expect(whole).not.toContain("__PRAXTALK_");
  expect(whole).toContain("Chat beginnen");
});

test("a release keeps the one file of those before it, which pages name themselves; development does not", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "praxtalk-widget-"));
  const older = `${"0".repeat(32)}.js`;
  await writeFile(path.join(folder, older), "");
  await utimes(path.join(folder, older), 0, 0);
  await buildWidget({ outdir: folder });
  expect(await readdir(folder)).toContain(older);
  await buildWidget({ outdir: folder, dev: true });
  expect(await readdir(folder)).not.toContain(older);
  await rm(folder, { recursive: true });
});

test("the same sources give the same name", async () => {
  expect(await buildWidget({ outdir })).toEqual(built);
});

test("panels that an older loader may name stay for a day", async () => {
  await writeFile(path.join(outdir, "panel-RECENT.js"), "");
  await writeFile(path.join(outdir, "panel-OLD.js"), "");
  const longAgo = new Date(Date.now() - 25 * 60 * 60 * 1000);
  await utimes(path.join(outdir, "panel-OLD.js"), longAgo, longAgo);
  await buildWidget({ outdir });
  const files = await readdir(outdir);
  expect(files.sort()).toEqual(
    [
      ...[built.panel, ...Object.values(built.languages), "panel-RECENT.js"],
      ...[built.loader, built.whole, "integrity.json", "widget-preview.js"],
    ].sort(),
  );
});
