import { mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CodeStore } from "../../../../embedded/deploy/code-store";

const module = (name: string, source = "export {};") => ({
  path: name,
  source,
  environment: "isolate" as const,
});

let dataDir: string;
let store: CodeStore;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), "praxtalk-code-"));
  store = new CodeStore(dataDir);
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

describe("CodeStore", () => {
  test("writes modules and their maps, and reads them back", async () => {
    const withMap = { ...module("deep/er/notes.js", "export const a = 1;"), sourceMap: '{"version":3}' };
    const { hash, dir } = await store.write([module("a.js"), withMap]);
    expect(readFileSync(path.join(dir, "deep/er/notes.js.map"), "utf8")).toBe('{"version":3}');
    expect(await store.readModule(hash, "deep/er/notes.js")).toEqual({
      source: withMap.source,
      sourceMap: withMap.sourceMap,
    });
    expect(await store.readModule(hash, "a.js")).toEqual({ source: "export {};" });
  });

  test("names a version by its content alone", async () => {
    const first = await store.write([module("a.js"), module("b.js")]);
    expect((await store.write([module("b.js"), module("a.js")])).hash).toBe(first.hash);
    expect((await store.write([module("a.js"), module("c.js")])).hash).not.toBe(first.hash);
    const node = { ...module("a.js"), environment: "node" as const };
    expect((await store.write([node, module("b.js")])).hash).not.toBe(first.hash);
  });

  test.each(["../out.js", "/etc/out.js", "a/../../out.js", "a//b.js", "a.ts", ".js/../x.js", "a\0.js", ""])(
    "refuses the module path %j and writes nothing",
    async (name) => {
      await expect(store.write([module("fine.js"), module(name)])).rejects.toThrow("is not a valid path");
      expect(readdirSync(dataDir)).toEqual([]);
      await expect(store.readModule("hash", name)).rejects.toThrow("is not a valid path");
    },
  );

  test("prunes what crashes left and old versions, never the one in use", async () => {
    const versions = [];
    for (let i = 0; i < 9; i++) {
      const { hash, dir } = await store.write([module("a.js", `export const n = ${i};`)]);
      utimesSync(dir, 1_000 + i, 1_000 + i);
      versions.push(hash);
    }
    mkdirSync(path.join(dataDir, "code", "tmp-left-by-a-crash"));
    await store.prune(new Set([versions[0] ?? ""]));
    expect(readdirSync(path.join(dataDir, "code")).sort()).toEqual(
      [versions[0], ...versions.slice(4)].sort(),
    );
  });
});
