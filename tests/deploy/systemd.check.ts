/** deploy/praxtalk.service: systemd's own verdict, and its command run with its environment. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const unit = readFileSync(path.join(root, "deploy/praxtalk.service"), "utf8");
const value = (name: string) =>
  [...unit.matchAll(new RegExp(`^${name}=(.*)$`, "gm"))].map(([, text]) => text ?? "");

test("systemd-analyze finds nothing wrong with the unit", () => {
  // What it names must be there to be verified: this machine's own node and folder stand in.
  const dir = mkdtempSync(path.join(tmpdir(), "praxtalk-unit-"));
  const file = path.join(dir, "praxtalk.service");
  const here = unit.replaceAll("/usr/bin/node", process.execPath).replaceAll("/opt/praxtalk", root);
  writeFileSync(file, here);
  const { status, stdout, stderr } = spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" });
  rmSync(dir, { recursive: true, force: true });
  const own = (stdout + stderr).split("\n").filter((line) => line.includes("praxtalk"));
  expect([status, own]).toEqual([0, []]);
});

test("its ExecStart becomes ready, and SIGTERM to it ends all of it with 0", async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), "praxtalk-unit-"));
  const [command = ""] = value("ExecStart");
  const environment = Object.fromEntries(
    value("Environment").map((entry) => entry.split("=", 2) as [string, string]),
  );
  const [, ...args] = command.split(" ");
  const env: NodeJS.ProcessEnv = {
    PATH: process.env["PATH"],
    ...environment,
    PRAXTALK_DATA_DIR: dataDir,
    PORT: "0",
    CONVEX_PORT: "0",
    CONVEX_SITE_PORT: "0",
  };
  const child = spawn(process.execPath, args, {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("ready ")) resolve();
    });
  });
  await ready;
  child.kill("SIGTERM");
  const [code] = (await once(child, "exit")) as [number | null];
  rmSync(dataDir, { recursive: true, force: true });
  expect(code).toBe(0);
}, 300_000);
