// An esbuild plugin for the widget's panel: the Convex client without what a visitor's chat never uses. That is a
// quarter of it: renewal of tokens, logs, marks for Convex's own statistics, optimistic updates, values other than JSON.
import { readFile } from "node:fs/promises";
import path from "node:path";

/** Modules of the client by the ends of their names, and what stands in for each. */
const REPLACEMENTS = {
  "/authentication_manager.js": "authentication.ts",
  "/logging.js": "logging.ts",
  "/optimistic_updates_impl.js": "query-results.ts",
  "/values/index.js": "values.ts",
  "/values/errors.js": "values.ts",
  "/common/index.js": "values.ts",
  "/jwt-decode/index.js": "values.ts",
};

/** @param {string} folder where the replacements are */
export function slimConvexClient(folder) {
  return {
    name: "slim-convex-client",
    setup(builder) {
      builder.onResolve({ filter: /\.js$/ }, ({ path: specifier, importer }) => {
        if (!/[\\/]convex[\\/]dist[\\/]/.test(importer)) return undefined;
        const end = Object.keys(REPLACEMENTS).find((name) => specifier.endsWith(name));
        return end === undefined ? undefined : { path: path.join(folder, REPLACEMENTS[end]) };
      });
      builder.onLoad({ filter: /[\\/]convex[\\/]dist[\\/]esm[\\/].*\.js$/ }, async ({ path: file }) => ({
        contents: withoutReports(await readFile(file, "utf8")),
        loader: "js",
      }));
    },
  };
}

/**
 * Calls of a logger that is off and reports of a debug mode that is off are `false && …`, which the minifier takes
 * away with their texts. A field without a value needs no declaration.
 */
function withoutReports(source) {
  return source
    .replace(/(^|[\s;{])(this\.(?:_logVerbose|logger\.(?:log|logVerbose|warn|error))\()/g, "$1false && $2")
    .replace(/\bthis\.debug\b(?! =)/g, "false")
    .replace(/__publicField\(this, "\w+"\);/g, "");
}
