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

/** Methods that a visitor's chat never calls, by the ends of their modules' names. */
const UNUSED_METHODS = {
  "/sync/client.js": [
    ...[
      "getCurrentAuthClaims",
      "setAuth",
      "hasAuth",
      "setAdminAuth",
      "clearAuth",
      "action",
      "actionInternal",
    ],
    ...["localQueryResultByToken", "hasLocalQueryResultByToken", "localQueryLogs", "queryJournal"],
  ],
  "/sync/local_state.js": [
    ...[
      "markAuthCompletion",
      "isCurrentOrNewerAuthVersion",
      "getAuth",
      "setAuth",
      "setAdminAuth",
      "clearAuth",
    ],
    ...["hasAuth", "isNewAuth", "pause", "resume"],
  ],
  "/sync/request_manager.js": ["resume", "hasInflightRequests"],
  "/sync/web_socket_manager.js": ["stop", "tryRestart", "pause", "resume"],
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
        contents: withoutMethods(withoutTokens(withoutReports(await readFile(file, "utf8"))), file),
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
  return (
    source
      .replace(/(^|[\s;{])(this\.(?:_logVerbose|logger\.(?:log|logVerbose|warn|error))\()/g, "$1false && $2")
      .replace(/\bthis\.debug\b(?! =)/g, "false")
      .replace(/__publicField\(this, "\w+"\);/g, "")
      // Built from the names that are asked of it, which nothing here does.
      .replace("anyApi = createApi()", "anyApi = /* @__PURE__ */ createApi()")
  );
}

/** Nothing waits for a token, and a socket that is never paused is never resumed. */
function withoutTokens(source) {
  return source
    .replace(/new AuthenticationManager\([^]*?\n {4}\);/, "new AuthenticationManager();")
    .replace(/\n {8}onResume: [^]*?\n {8}},/, "")
    .replace("options.expectAuth", "false");
}

/** Each is there, or the list is older than the client and says nothing about it. */
function withoutMethods(source, file) {
  const end = Object.keys(UNUSED_METHODS).find((name) => file.replaceAll("\\", "/").endsWith(name));
  let rest = source;
  for (const name of end === undefined ? [] : UNUSED_METHODS[end]) {
    const method = new RegExp(`\\n {2}(?:async )?${name}\\([^]*?\\n {2}}(?=\\n)`);
    if (!method.test(rest)) throw new Error(`The Convex client has no method ${name} in ${file}.`);
    rest = rest.replace(method, "");
  }
  return rest;
}
