// Refusals that can be seen before anything is installed, built or started.
import { accessSync, constants, mkdirSync } from "node:fs";
import net from "node:net";
import { Refusal } from "./run.mjs";

/** Refuses with one sentence when the data folder cannot be written or a port is taken. Leaves nothing behind. */
export async function preflight(settings) {
  if (!settings.external) checkDataDir(settings.dataDir);
  await checkPort(settings.host, settings.port, "PORT");
  if (settings.external) return;
  await checkPort(settings.host, settings.convexPort, "CONVEX_PORT");
  await checkPort(settings.host, settings.sitePort, "CONVEX_SITE_PORT");
}

function checkDataDir(dataDir) {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Refusal(
      `The data folder ${dataDir} cannot be written (${error.code}); set PRAXTALK_DATA_DIR to one that can.`,
    );
  }
}

/** Port 0 means any free port, so it is never taken. */
async function checkPort(host, port, variable) {
  if (port === 0) return;
  const probe = net.createServer();
  try {
    await new Promise((resolve, reject) => probe.once("error", reject).listen(port, host, resolve));
  } catch (error) {
    throw new Refusal(
      error.code === "EADDRINUSE"
        ? `Port ${port} on ${host} is taken by another program; set ${variable} to a free one.`
        : `Cannot listen on ${host}:${port} (${error.code}); set HOST and ${variable} to an address of this machine.`,
    );
  }
  await new Promise((resolve) => probe.close(resolve));
}
