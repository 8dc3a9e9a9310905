// npm run test:deploy: tries docs/deploy.md on this machine. Installs Debian's nginx where it is missing and may be installed.
import "./support/node-version.mjs";
import { spawnSync } from "node:child_process";

const [{ Refusal, root, run, say }, { runTool }] = await Promise.all([
  import("./support/run.mjs"),
  import("./support/tool.mjs"),
]);

await run(async () => {
  const missing = [
    ["nginx", "nginx-light"],
    ["systemd-analyze", "systemd"],
    ["openssl", "openssl"],
  ].filter(([command]) => spawnSync("which", [command]).status !== 0);
  if (missing.length > 0) install(missing.map(([, name]) => name));
  const args = ["node_modules/vitest/vitest.mjs", "run", "--config", "tests/deploy/vitest.config.ts"];
  const { code } = await runTool(process.execPath, args, { cwd: root, env: process.env });
  return code;
});

function install(packages) {
  const command = `apt-get install -y --no-install-recommends ${packages.join(" ")}`;
  if (process.getuid?.() !== 0 || spawnSync("which", ["apt-get"]).status !== 0) {
    throw new Refusal(`Missing: ${packages.join(", ")}. On Debian: sudo ${command}`);
  }
  say(`Installing ${packages.join(", ")}…`);
  const shell = `apt-get update -q && DEBIAN_FRONTEND=noninteractive ${command}`;
  const { status } = spawnSync("sh", ["-c", shell], { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Refusal(`${command} failed: its message is above.`);
}
