// A real backend process for the benchmark, with the benchmark's app pushed to it by the official CLI.
import { execFile, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { buildEmbedded } from "../scripts/build-embedded.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Of /proc/<pid>/stat; the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

export class BenchBackend {
  #child = null;
  #exited = Promise.resolve();

  constructor() {
    this.dataDir = mkdtempSync(path.join(tmpdir(), "praxtalk-bench-"));
    /** Paths of queries as they ran, newest last. */
    this.queryRuns = [];
  }

  /** Starts, or starts again on the same data. Resolves with the ms from spawn to the ready line. */
  async start() {
    const main = path.join(await buildEmbedded(), "main.js");
    const began = performance.now();
    this.#child = spawn(process.execPath, [main], {
      cwd: root,
      env: {
        ...process.env,
        HOST: "127.0.0.1",
        CONVEX_PORT: "0",
        CONVEX_SITE_PORT: "0",
        PRAXTALK_DATA_DIR: path.join(this.dataDir, "data"),
        PRAXTALK_REDACT_ERRORS: "0",
        // What is measured is running queries, not remembering their results.
        PRAXTALK_QUERY_CACHE_MB: "0",
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#exited = new Promise((resolve) => this.#child.once("exit", resolve));
    return new Promise((resolve, reject) => {
      void this.#exited.then((code) => reject(new Error(`The backend ended with code ${code}.`)));
      createInterface({ input: this.#child.stdout }).on("line", (line) => {
        const query = / query (\S+) /.exec(line)?.[1];
        if (query !== undefined) this.queryRuns.push(query);
        if (!line.startsWith("ready ")) return;
        const { convex, site } = JSON.parse(line.slice("ready ".length));
        this.url = convex;
        this.siteUrl = site;
        resolve(performance.now() - began);
      });
    });
  }

  /** Pushes an app: folders of the repository, and where in its project they go. */
  async push(folders = { "bench/app": "." }) {
    if (folders.convex !== undefined) await this.setEnvironment({ CLERK_JWT_ISSUER_DOMAIN: "none" });
    const project = mkdtempSync(path.join(tmpdir(), "praxtalk-bench-app-"));
    for (const [from, to] of Object.entries(folders)) {
      cpSync(path.join(root, from), path.join(project, to), { recursive: true });
    }
    symlinkSync(path.join(root, "node_modules"), path.join(project, "node_modules"));
    const manifest = { name: "bench", type: "module", dependencies: { convex: "*" } };
    writeFileSync(path.join(project, "package.json"), JSON.stringify(manifest));
    const env = {
      ...process.env,
      CONVEX_SELF_HOSTED_URL: this.url,
      CONVEX_SELF_HOSTED_ADMIN_KEY: this.#adminKey(),
    };
    const args = ["deploy", "--typecheck", "disable", "--codegen", "disable"];
    const cli = path.join(root, "node_modules/convex/bin/main.js");
    await promisify(execFile)(process.execPath, [cli, ...args], { cwd: project, env });
    rmSync(project, { recursive: true, force: true });
  }

  /** Variables of the deployment's environment, as `npx convex env set` sets them. */
  async setEnvironment(values) {
    const changes = Object.entries(values).map(([name, value]) => ({ name, value }));
    const response = await fetch(`${this.url}/api/update_environment_variables`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Convex ${this.#adminKey()}` },
      body: JSON.stringify({ changes }),
    });
    if (!response.ok) throw new Error(await response.text());
  }

  #adminKey() {
    return readFileSync(path.join(this.dataDir, "data/admin.key"), "utf8").trim();
  }

  /** Any function, as `npx convex run` calls it; its value. */
  async run(name, args) {
    const response = await fetch(`${this.url}/api/function`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Convex ${this.#adminKey()}` },
      body: JSON.stringify({ path: name, format: "convex_encoded_json", args: [args] }),
    });
    const answer = await response.json();
    if (answer.status !== "success") throw new Error(JSON.stringify(answer));
    return answer.value;
  }

  /** Documents that the app's functions have read so far; what the deployment asks itself is left out. */
  async documentsRead() {
    const headers = { Authorization: `Convex ${this.#adminKey()}` };
    const text = await (await fetch(`${this.url}/metrics`, { headers })).text();
    return text
      .split("\n")
      .filter(
        (line) => line.startsWith("praxtalk_function_documents_total{") && line.includes('access="read"'),
      )
      .filter((line) => !line.includes('path="(system)"'))
      .reduce((total, line) => total + Number(line.split(" ").at(-1)), 0);
  }

  /** Resident memory in MB: all of it, and what is the process's own (not pages of the database file). */
  memory() {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
    const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]) / 1024;
    return { total: field("VmRSS"), own: field("RssAnon") };
  }

  /** Seconds of processor time, of all its threads, since it started. */
  cpuSeconds() {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, "utf8");
    // The name in parentheses may hold spaces; behind it, utime and stime are the 12th and 13th field.
    const [user, system] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 13);
    return (Number(user) + Number(system)) / TICKS_PER_SECOND;
  }

  async stop() {
    this.#child.kill("SIGTERM");
    await this.#exited;
  }

  remove() {
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
