// The type checks of npm run typecheck: one tsconfig per place that code runs in. By the native compiler, in a third of the
// time; the linter and the SDK's declarations need the other one, whose API it does not have.
import { existsSync } from "node:fs";
import path from "node:path";
import { root, say } from "./run.mjs";
import { runTool } from "./tool.mjs";

const COMPILER = "node_modules/@typescript/native-preview/bin/tsgo";
const projects = [
  ".",
  "convex",
  "embedded",
  "server",
  "widget",
  "sdk",
  "examples",
  "tests",
  "tests/unit/widget",
  "bench",
];

/** Checks each project; resolves with how many have errors. Keeps its incremental state under dist/. */
export async function typecheck() {
  await generateRouteTypes();
  let failed = 0;
  for (const project of projects) {
    if (!existsSync(path.join(root, project, "tsconfig.json"))) continue;
    const info = `dist/types/${project.replaceAll(/\W/g, "-")}.tsbuildinfo`;
    const args = [COMPILER, "-p", project, "--noEmit", "--incremental"];
    const { code } = await runTool(process.execPath, [...args, "--tsBuildInfoFile", info]);
    if (code !== 0) failed += 1;
    if (code !== 0) say(`Type errors in ${project === "." ? "app, components, lib" : project}.`);
  }
  return failed;
}

/** next-env.d.ts and the types of routes are made by Next, and are not committed. */
async function generateRouteTypes() {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };
  const { code, output } = await runTool(process.execPath, ["node_modules/next/dist/bin/next", "typegen"], {
    env,
    quiet: true,
  });
  if (code !== 0) say(output.trimEnd());
}
