// Runs another program to its end, and never leaves it behind.
import { spawn } from "node:child_process";
import { root } from "./run.mjs";

const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill()));

/**
 * Runs `command` in the checkout. Resolves with {code, output}: output holds both streams when `quiet`, else they go to
 * standard error. Options: env (whole), quiet, shell.
 */
export async function runTool(command, args, { env = process.env, quiet = false, shell = false } = {}) {
  const stdio = quiet ? ["ignore", "pipe", "pipe"] : ["ignore", 2, 2];
  const child = spawn(command, args, { cwd: root, env, stdio, shell });
  running.add(child);
  let output = "";
  child.stdout?.on("data", (chunk) => (output += chunk));
  child.stderr?.on("data", (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  running.delete(child);
  return { code, output };
}
