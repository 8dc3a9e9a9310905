import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What docs/deploy.md says, tried on this machine. Needs nginx and systemd-analyze: see scripts/test-deploy.mjs. */
export default defineConfig({
  root,
  resolve: { alias: { "@": root.replace(/\/$/, "") } },
  test: { include: ["tests/deploy/*.check.ts"], testTimeout: 60_000, hookTimeout: 300_000 },
});
