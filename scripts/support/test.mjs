import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { ensureBuilt } from "./build.mjs";
import { ensureChromium } from "./chromium.mjs";
import { ensureInstalled } from "./install.mjs";
import { reportRoutes } from "./route-sizes.mjs";
import { root, run, say } from "./run.mjs";
import { countPlaywright, countVitest, summarize } from "./test-report.mjs";
import { runTool } from "./tool.mjs";
import { typecheck } from "./typecheck.mjs";

const reports = path.join(root, "test-results");

/** The whole of `npm test`; ends the process. Every suite runs, also after a failure. */
export function test() {
  return run(async () => {
    process.on("SIGINT", () => process.exit(130)).on("SIGTERM", () => process.exit(143));
    await ensureInstalled();
    const chromium = await ensureChromium();
    await ensureBuilt();
    rmSync(reports, { recursive: true, force: true });
    mkdirSync(reports, { recursive: true });

    const { short, lint } = runChecks();
    const results = await short;
    for (const [name, suite] of Object.entries(suites(chromium))) {
      say(`\n── ${name}`);
      results.push({ name, ...(await suite()) });
    }
    results.push(await lint);
    const { lines, isGreen } = summarize(results);
    process.stdout.write(`\n${lines.join("\n")}\n`);
    return isGreen ? 0 : 1;
  });
}

const shortChecks = {
  format: () => check("prettier/bin/prettier.cjs", ["--check", "--log-level", "warn", "."]),
  types: async () => asOne((await typecheck()) === 0),
  routes: async () => asOne(reportRoutes()),
};

/** All at a time: each keeps a single core busy. Lint takes the longest, and goes on beside the first suite. */
function runChecks() {
  const named = async ([name, run]) => ({ name, ...(await run()) });
  say(`\n── lint, ${Object.keys(shortChecks).join(", ")}`);
  const lint = named(["lint", () => check("eslint/bin/eslint.js", ["--max-warnings=0", "."])]);
  return { lint, short: Promise.all(Object.entries(shortChecks).map(named)) };
}

function suites(chromium) {
  const env = { ...process.env, ...(chromium ? { CHROMIUM_PATH: chromium } : {}), NODE_ENV: "test" };
  return {
    "unit and contract": async () => {
      const file = path.join(reports, "vitest.json");
      const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
      const { code } = await node("vitest/vitest.mjs", args, env);
      return countVitest(readReport(file), code);
    },
    "end to end": async () => {
      const { code } = await node("@playwright/test/cli.js", ["test"], env);
      return countPlaywright(readReport(path.join(reports, "e2e.json")), code);
    },
  };
}

/** A checker without tests of its own counts as one. */
const check = async (tool, args) => asOne((await node(tool, args, process.env)).code === 0);
const asOne = (isGreen) => ({ passed: isGreen ? 1 : 0, failed: isGreen ? 0 : 1 });

const node = (tool, args, env) =>
  runTool(process.execPath, [path.join(root, "node_modules", tool), ...args], { env });

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null; // the runner died before it could write one
  }
}
