import { watch } from "node:fs";
import path from "node:path";
import { ensureBuilt } from "./build.mjs";
import { keepInFront } from "./children.mjs";
import { cliEnvironment, cliFile } from "./cli.mjs";
import { ensureInstalled } from "./install.mjs";
import {
  environmentOf,
  printReady,
  restartEmbedded,
  restartWeb,
  saySetup,
  sayWhatIsOpen,
  startDeployment,
  startWeb,
  waitUntilAllAnswer,
} from "./instance.mjs";
import { preflight } from "./preflight.mjs";
import { root, run, say } from "./run.mjs";
import { readSettings } from "./settings.mjs";

/** Editors save in bursts; one rebuild per burst. */
const DEBOUNCE_MS = 100;
const options = { dev: true };

/** The whole of `npm run dev`; ends the process. */
export function dev() {
  return run(() =>
    keepInFront(async (children) => {
      const settings = readSettings(process.env);
      await preflight(settings);
      await ensureInstalled();
      await ensureBuilt(["embedded", "widget", "server"]);
      await bringUp(children, settings);
    }),
  );
}

async function bringUp(children, settings) {
  sayWhatIsOpen(settings);
  const instance = await startDeployment(children, settings, options);
  const web = await startWeb(children, settings, instance, options);
  await instance.deployment.setEnvironment(environmentOf(settings, instance, web));
  await instance.deployment.pushIfStale();
  await waitUntilAllAnswer(instance, web);
  // The official CLI watches convex/ from here on: typecheck, codegen, push. Logs come from the backend itself.
  children.startTool(
    "convex dev",
    [cliFile, "dev", "--tail-logs", "disable"],
    cliEnvironment(instance.deployment.cliEnv),
  );
  const fixed = fixPorts(settings, instance, web);
  rebuildOnChange("widget", ["widget"], () => {}); // served from disk, so building it is all
  rebuildOnChange("server", ["server"], () => restartWeb(children, fixed, instance, options));
  if (!settings.external)
    rebuildOnChange("embedded", ["embedded"], () => restartEmbedded(children, fixed, options));
  printReady(settings, instance, web);
  await saySetup(instance, web);
}

/** A restart keeps the ports that the first start found free. */
function fixPorts(settings, instance, web) {
  const port = (url) => Number(new URL(url).port);
  const { convex, site } = instance.internal;
  return { ...settings, port: port(web.listening), convexPort: port(convex), sitePort: port(site) };
}

/** One rebuild at a time: a change of lib/ concerns several parts. */
let working = Promise.resolve();

/** Builds `part` when a file below `folders` changes, then calls `then`. A build that fails leaves the old one running. */
function rebuildOnChange(part, folders, then) {
  let timer;
  const rebuild = () => {
    working = working
      .then(() => ensureBuilt([part]))
      .then(then)
      .catch((error) => say(`${part}: ${error.message}`));
  };
  for (const folder of [...folders, "lib"]) {
    watch(path.join(root, folder), { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(rebuild, DEBOUNCE_MS);
    });
  }
}
