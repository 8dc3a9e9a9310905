// What JavaScript a browser loads for a page of the dashboard before anybody does anything there, from the files of .next.
import { readFileSync } from "node:fs";
import path from "node:path";
import vm from "node:vm";
import { gzipSync } from "node:zlib";
import { root, say } from "./run.mjs";
import { ROUTE_BUDGETS_KB } from "../route-budgets.mjs";

const built = path.join(root, ".next");
const KB = 1000;

/**
 * The gzipped size of each route's first load, in bytes, by the route.
 * @returns {Map<string, number>}
 */
export function routeSizes() {
  const { rootMainFiles } = JSON.parse(readFileSync(path.join(built, "build-manifest.json"), "utf8"));
  const pages = JSON.parse(readFileSync(path.join(built, "server/app-paths-manifest.json"), "utf8"));
  const sizeOf = gzippedSizes();
  const routes = Object.keys(pages).filter((page) => page.endsWith("/page") && !page.startsWith("/_"));
  return new Map(
    routes.sort().map((page) => {
      const files = new Set([...rootMainFiles, ...clientFiles(page)]);
      return [page.replace(/\/page$/, "") || "/", [...files].reduce((sum, file) => sum + sizeOf(file), 0)];
    }),
  );
}

/**
 * The chunks of every client component that the page may draw, its layouts and error pages among them: the browser loads
 * them all at once. Next has no list of them in JSON; this is the file from which it renders.
 */
function clientFiles(page) {
  const scope = {};
  scope.globalThis = scope;
  const file = path.join(built, `server/app${page}_client-reference-manifest.js`);
  vm.runInNewContext(readFileSync(file, "utf8"), scope);
  const { clientModules } = scope.__RSC_MANIFEST[page];
  return Object.values(clientModules).flatMap(({ chunks }) =>
    chunks.filter((chunk) => chunk.endsWith(".js")).map((chunk) => chunk.replace(/^\/_next\//, "")),
  );
}

function gzippedSizes() {
  const known = new Map();
  return (file) => {
    if (!known.has(file)) known.set(file, gzipSync(readFileSync(path.join(built, file))).length);
    return known.get(file);
  };
}

/**
 * What is wrong with the sizes by the budgets, a sentence each.
 * @param {Map<string, number>} sizes bytes
 * @param {Record<string, number>} budgets kB
 * @returns {string[]}
 */
export function overBudget(sizes, budgets = ROUTE_BUDGETS_KB) {
  const faults = [];
  for (const [route, bytes] of sizes) {
    const budget = budgets[route];
    if (budget === undefined) faults.push(`${route} has no budget in scripts/route-budgets.mjs.`);
    else if (bytes > budget * KB)
      faults.push(
        `${route} loads ${kilobytes(bytes)} kB, ${kilobytes(bytes - budget * KB)} over its budget.`,
      );
  }
  for (const route of Object.keys(budgets)) {
    if (!sizes.has(route)) faults.push(`There is no route ${route} any more: take its budget away.`);
  }
  return faults;
}

/** Prints what each route loads, and what is wrong with it; true when nothing is. */
export function reportRoutes() {
  const sizes = routeSizes();
  const faults = overBudget(sizes);
  const width = Math.max(...[...sizes.keys()].map((route) => route.length));
  say("First load of each route: JavaScript, gzipped, and its budget");
  for (const [route, bytes] of sizes) {
    say(
      `  ${route.padEnd(width)} ${kilobytes(bytes).padStart(6)} kB of ${ROUTE_BUDGETS_KB[route] ?? "none"}`,
    );
  }
  for (const fault of faults) say(fault);
  return faults.length === 0;
}

const kilobytes = (bytes) => (bytes / KB).toFixed(1);
