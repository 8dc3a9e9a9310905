/** The sync contract on the embedded deployment: a real process, pushed to by the official CLI. */
import { startFixture } from "./fixture";
import { syncCases } from "./sync.cases";

syncCases(async () => {
  const backend = await startFixture();
  return {
    url: backend.url,
    adminKey: backend.adminKey,
    restart: () => backend.restart(),
    crash: async () => {
      await backend.kill9();
      await backend.restart();
    },
    runsOf: async (identifier) => {
      const response = await fetch(`${backend.url}/api/stream_function_logs?cursor=0`, {
        headers: { Authorization: `Convex ${backend.adminKey}` },
      });
      const { entries } = (await response.json()) as { entries: { kind: string; identifier: string }[] };
      return entries.filter((entry) => entry.kind === "Completion" && entry.identifier === identifier).length;
    },
    stop: async () => {
      await backend.stop();
    },
  };
});
