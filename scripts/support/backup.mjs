// Copies of a data folder: made while its instance runs, and laid back while it does not.
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { readCliEnv } from "./cli.mjs";
import { Refusal, say } from "./run.mjs";

/** `npm run backup -- <folder>`: the running instance copies itself, a stopped one is copied. */
export async function backup(settings, target) {
  if (!target) throw new Refusal("Name the folder to be made: npm run backup -- <folder>");
  const folder = path.resolve(process.env.INIT_CWD ?? process.cwd(), target);
  refuseExisting(folder);
  if (!isDataFolder(settings.dataDir)) throw new Refusal(`No instance has run in ${settings.dataDir} yet.`);
  if (await isRunning(settings.dataDir)) await backupRunning(settings.dataDir, folder);
  else copyWhole(settings.dataDir, folder);
  say(`Copied ${settings.dataDir} to ${folder}.`);
}

/** `npm run restore -- <folder>`: makes the data folder of a copy. The data folder must not be there. */
export function restore(settings, source) {
  if (!source) throw new Refusal("Name the folder that a backup made: npm run restore -- <folder>");
  const folder = path.resolve(process.env.INIT_CWD ?? process.cwd(), source);
  if (!isDataFolder(folder)) throw new Refusal(`${folder} is no backup: it has no database.`);
  if (existsSync(settings.dataDir) && readdirSync(settings.dataDir).length > 0) {
    throw new Refusal(
      `${settings.dataDir} is not empty. Stop its instance and move it away first: nothing is overwritten.`,
    );
  }
  rmSync(settings.dataDir, { recursive: true, force: true });
  copyWhole(folder, settings.dataDir);
  say(`Restored ${settings.dataDir} from ${folder}. npm start serves it.`);
}

async function backupRunning(dataDir, folder) {
  const env = readCliEnv(dataDir);
  if (env === null) throw new Refusal(`The instance in ${dataDir} is still starting. Try again in a moment.`);
  mkdirSync(path.dirname(folder), { recursive: true });
  // fetch would give up after five minutes; a large folder takes longer to copy.
  const asked = request(`${env.CONVEX_SELF_HOSTED_URL}/operation/backup`, {
    method: "POST",
    headers: {
      authorization: `Convex ${env.CONVEX_SELF_HOSTED_ADMIN_KEY}`,
      "content-type": "application/json",
    },
  });
  asked.end(JSON.stringify({ folder }));
  const [answer] = await once(asked, "response");
  const why = await text(answer);
  if (answer.statusCode === 200) return;
  throw new Refusal(`The instance made no backup (${answer.statusCode}): ${why}`);
}

const isDataFolder = (folder) => existsSync(path.join(folder, "db/data.mdb"));

function refuseExisting(folder) {
  if (existsSync(folder)) throw new Refusal(`There is something at ${folder} already.`);
}

/** Appears whole or not at all. What LMDB and the lock keep beside the data is made anew. */
function copyWhole(from, to) {
  const unfinished = `${to}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(path.dirname(to), { recursive: true });
  const isData = (file) => !["lock", "data.mdb-lock", "lock.mdb"].includes(path.basename(file));
  cpSync(from, unfinished, { recursive: true, filter: isData });
  renameSync(unfinished, to);
}

/** Whoever runs on the folder listens on the socket in it. */
function isRunning(dataDir) {
  const socket = path.join(dataDir, "db/lock");
  if (!existsSync(socket)) return false;
  return new Promise((resolve) => {
    const connection = connect(socket, () => {
      connection.destroy();
      resolve(true);
    });
    connection.once("error", () => resolve(false));
  });
}
