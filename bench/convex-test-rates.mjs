// The same query on convex-test, the in-memory stand-in of the convex package's own tests.
import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { convexTest } from "convex-test";
import { makeFunctionReference } from "convex/server";
import { build } from "esbuild";

const app = fileURLToPath(new URL("app/convex/", import.meta.url));
const ROWS_PER_FILL = 1_000;
const READS = 20;

/** Newest-50 reads a second of a table of `rows` documents. */
export async function newestOnConvexTest(rows) {
  // Inside the repository, so that the bundle finds its packages.
  const dir = mkdtempSync(fileURLToPath(new URL("../node_modules/.bench-", import.meta.url)));
  try {
    await build({
      entryPoints: ["bench.ts", "schema.ts"].map((name) => path.join(app, name)),
      outdir: dir,
      bundle: true,
      format: "esm",
      packages: "external",
      outExtension: { ".js": ".mjs" },
      logLevel: "error",
    });
    const load = (name) => import(pathToFileURL(path.join(dir, `${name}.mjs`)).href);
    const { default: schema } = await load("schema");
    const t = convexTest(schema, {
      "./_generated/api.js": async () => ({}),
      "./bench.js": () => load("bench"),
    });
    const fill = makeFunctionReference("bench:fill");
    for (let from = 0; from < rows; from += ROWS_PER_FILL) {
      await t.mutation(fill, { table: "few", from, count: ROWS_PER_FILL });
    }
    const newest = makeFunctionReference("bench:newest");
    const began = performance.now();
    for (let nonce = 0; nonce < READS; nonce++) await t.query(newest, { table: "few", times: 1, nonce });
    return READS / ((performance.now() - began) / 1000);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
