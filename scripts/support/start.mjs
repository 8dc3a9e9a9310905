import { ensureBuilt } from "./build.mjs";
import { keepInFront } from "./children.mjs";
import { ensureInstalled } from "./install.mjs";
import { environmentOf, printReady, saySetup, sayWhatIsOpen } from "./instance.mjs";
import { startDeployment, startWeb, waitUntilAllAnswer } from "./instance.mjs";
import { preflight } from "./preflight.mjs";
import { run } from "./run.mjs";
import { readSettings } from "./settings.mjs";

/** The whole of `npm start`; ends the process. `onReady` gets the settings once all of it answers. */
export function start({ onReady = async () => {} } = {}) {
  return run(() =>
    keepInFront(async (children) => {
      const settings = readSettings(process.env);
      await preflight(settings);
      await ensureInstalled();
      await ensureBuilt();
      const { instance, web } = await bringUp(children, settings);
      await onReady(settings);
      await saySetup(instance, web);
    }),
  );
}

async function bringUp(children, settings) {
  const options = { dev: false };
  sayWhatIsOpen(settings);
  const instance = await startDeployment(children, settings, options);
  const web = await startWeb(children, settings, instance, options);
  await instance.deployment.setEnvironment(environmentOf(settings, instance, web));
  await instance.deployment.pushIfStale();
  await waitUntilAllAnswer(instance, web);
  printReady(settings, instance, web);
  return { instance, web };
}
