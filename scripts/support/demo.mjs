// What npm run demo does once its instance answers.
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readCliEnv, runCli } from "./cli.mjs";
import { Refusal, say } from "./run.mjs";

const SEED = 1;
const DAYS = 120;

/** Fills the instance unless it is filled already, and prints how to log in: the same words each time. */
export async function fillDemo(settings) {
  const file = path.join(settings.dataDir, "demo-login.json");
  if (!existsSync(file)) await makeDemo(settings, file);
  const { email, password } = JSON.parse(readFileSync(file, "utf8"));
  say(`Log in as ${email} with the password ${password}`);
}

async function makeDemo(settings, file) {
  // Half a demo is none, and its password is lost with the run that made it.
  const unfinished = path.join(settings.dataDir, "demo-unfinished");
  if (existsSync(unfinished)) {
    throw new Refusal(
      `The demo in ${settings.dataDir} was cut off while it was written. Remove this folder and start again.`,
    );
  }
  const env = settings.external?.cliEnv ?? readCliEnv(settings.dataDir);
  const { needsSetup } = await runFunction("setup:status", {}, env);
  if (!needsSetup) {
    throw new Refusal(
      `There is a workspace in ${settings.dataDir} already, and the demo goes beside nobody's own. Name another folder in PRAXTALK_DATA_DIR.`,
    );
  }
  say(`Writing ${DAYS} days of conversations …`);
  writeFileSync(unfinished, "");
  const password = randomBytes(9).toString("base64url");
  const { email } = await runFunction("demo:seed", { password, seed: SEED, days: DAYS }, env);
  writeLogin(file, { email, password });
  rmSync(unfinished);
}

/** A function's result, by the official CLI. */
async function runFunction(name, args, env) {
  const { code, output } = await runCli(["run", name, JSON.stringify(args)], env);
  if (code !== 0) throw new Refusal(`The demo was not written:\n${output}`);
  return JSON.parse(output.slice(output.indexOf("{")));
}

/** Only its owner may read it. */
function writeLogin(file, login) {
  writeFileSync(file, `${JSON.stringify(login)}\n`, { mode: 0o600 });
  chmodSync(file, 0o600); // the mode above counts for a new file only
}
