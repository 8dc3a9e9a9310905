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
export const UNUSED_METHODS = {
  "/sync/client.js": [
    ..."getCurrentAuthClaims setAuth hasAuth setAdminAuth clearAuth action actionInternal".split(" "),
    ..."localQueryResultByToken hasLocalQueryResultByToken localQueryLogs queryJournal".split(" "),
  ],
  "/sync/local_state.js": [
    ..."markAuthCompletion isCurrentOrNewerAuthVersion getAuth setAuth setAdminAuth clearAuth".split(" "),
    ..."hasAuth isNewAuth pause resume".split(" "),
  ],
  "/sync/request_manager.js": ["resume"],
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
        contents: withOwnJson(
          withoutMethods(withoutOptions(withoutReports(await readFile(file, "utf8"))), file),
        ),
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

/** No call has options, nothing waits for a token, and a socket that is never paused is never resumed. */
function withoutOptions(source) {
  return source
    .replace("if (options !== void 0) {", "if (false) {")
    .replace(/\n {4}const pauseSocket = [^]*?\n {4}};/, "")
    .replace(/new AuthenticationManager\([^]*?\n {4}\);/, "new AuthenticationManager();")
    .replace(/\n {8}onResume: [^]*?\n {8}},/, "")
    .replace("if (options.expectAuth)", "if (false)");
}

/** What goes over the socket is written by the stand-in's own function, which no library of the page changes. */
function withOwnJson(source) {
  const sent = "JSON.stringify(encodedMessage)";
  return source.includes(sent)
    ? `import { toJson } from "../../values/index.js";\n${source.replace(sent, "toJson(encodedMessage)")}`
    : source;
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
