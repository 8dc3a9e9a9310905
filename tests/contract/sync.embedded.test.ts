/** The sync contract on the embedded deployment: a real process, pushed to by the official CLI. */
import { cpSync } from "node:fs";
import path from "node:path";
import { convexProject, REPOSITORY, startBackend } from "../helpers/embedded";
import { syncCases } from "./sync.cases";

syncCases(async () => {
  const project = convexProject({});
  cpSync(path.join(REPOSITORY, "tests/contract/fixture/convex"), path.join(project.dir, "convex"), {
    recursive: true,
  });
  const process = await startBackend();
  await process.push(project.dir);
  project.remove();
  return {
    url: process.url,
    siteUrl: process.siteUrl,
    adminKey: process.adminKey,
    restart: () => process.restart(),
    crash: async () => {
      await process.kill9();
      await process.restart();
    },
    runsOf: async (identifier) => {
      const response = await fetch(`${process.url}/api/stream_function_logs?cursor=0`, {
        headers: { Authorization: `Convex ${process.adminKey}` },
      });
      const { entries } = (await response.json()) as { entries: { kind: string; identifier: string }[] };
      return entries.filter((entry) => entry.kind === "Completion" && entry.identifier === identifier).length;
    },
    stop: async () => {
      await process.stop();
    },
  };
});
