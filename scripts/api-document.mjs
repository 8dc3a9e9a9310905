// Writes what callers of the REST API get from its one source: the OpenAPI document and TypeScript types.
// `npm run build:api` after a change in convex/rest; a test fails while they differ.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { typesOf } from "./support/api-types.mjs";
import { root } from "./support/run.mjs";

/** Path below the repository → text. */
export async function apiFiles() {
  const { build } = await import("esbuild");
  const { format, resolveConfig } = await import("prettier");
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["convex/rest/openapi.ts"],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node20",
  });
  const code = Buffer.from(outputFiles[0].contents).toString("base64");
  const { openApiDocument } = await import(`data:text/javascript;base64,${code}`);
  const document = openApiDocument();
  const files = { "lib/api/openapi.json": JSON.stringify(document), "lib/api/types.ts": typesOf(document) };
  const formatted = Object.entries(files).map(async ([file, text]) => {
    const filepath = path.join(root, file);
    return [file, await format(text, { ...(await resolveConfig(filepath)), filepath })];
  });
  return Object.fromEntries(await Promise.all(formatted));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const [file, text] of Object.entries(await apiFiles())) {
    const filepath = path.join(root, file);
    mkdirSync(path.dirname(filepath), { recursive: true });
    writeFileSync(filepath, text);
  }
}
