import { execFile, execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { runAsAdmin } from "./admin";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A first start may push convex/, and shares two cores with the browser under test. */
const READY_TIMEOUT_MS = 120_000;

export type Provisioned = {
  workspaceId: string;
  operatorId: string;
  brandId: string;
  widgetId: string;
  sessionToken: string;
  apiKey: string;
};

/** Where a running instance is, without the power to stop it. */
export type AppAddress = { webUrl: string; convexUrl: string; siteUrl: string; dataDir: string };

export type AppOptions = { env?: Record<string, string>; dataDir?: string };

/** Starts the real `npm start` on free ports and a data folder of its own, and waits for its ready line. */
export async function startApp(options: AppOptions = {}): Promise<App> {
  const app = new App(options);
  try {
    await app.start();
  } catch (error) {
    await app.dispose();
    throw error;
  }
  return app;
}

/** One instance of PraxTalk as its user runs it: `npm start` and all its children. */
export class App {
  readonly dataDir: string;
  readonly #env: Record<string, string>;
  readonly #ownsDataDir: boolean;
  #npm: ChildProcess | null = null;
  #output = "";
  #address: AppAddress | null = null;

  constructor({ env = {}, dataDir }: AppOptions = {}) {
    this.#ownsDataDir = dataDir === undefined;
    this.dataDir = dataDir ?? mkdtempSync(path.join(tmpdir(), "praxtalk-"));
    this.#env = {
      PORT: "0",
      CONVEX_PORT: "0",
      CONVEX_SITE_PORT: "0",
      PRAXTALK_DATA_DIR: this.dataDir,
      ...env,
    };
  }

  get address(): AppAddress {
    if (!this.#address) throw new Error("The app is not running.");
    return this.#address;
  }
  get webUrl() {
    return this.address.webUrl;
  }
  get convexUrl() {
    return this.address.convexUrl;
  }
  get siteUrl() {
    return this.address.siteUrl;
  }
  /** All that the process wrote to both streams since its last start. */
  get output() {
    return this.#output;
  }
  /** Of the npm process, the one that a service manager would signal. */
  get pid(): number {
    if (this.#npm?.pid === undefined) throw new Error("The app is not running.");
    return this.#npm.pid;
  }

  /** Runs until the ready line; rejects with the output when the process ends before it. */
  async start(): Promise<void> {
    const npm = this.launch();
    const ready = await new Promise<string>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`npm start ${why}:\n${this.#output}`));
      const timer = setTimeout(() => fail("was not ready in time"), READY_TIMEOUT_MS);
      npm.stdout?.on("data", () => {
        const line = /^ready (\{.*\})$/m.exec(this.#output)?.[1];
        if (line) resolve(line);
      });
      npm.once("exit", (code) => fail(`ended with ${code}`));
      npm.once("exit", () => clearTimeout(timer));
    });
    const { web, convex, site, dataDir } = JSON.parse(ready) as Record<
      "web" | "convex" | "site" | "dataDir",
      string
    >;
    this.#address = { webUrl: web, convexUrl: convex, siteUrl: site, dataDir };
    // A later start of this instance is found where this one was: pages and clients hold its addresses.
    const found = { PORT: web, CONVEX_PORT: convex, CONVEX_SITE_PORT: site };
    for (const [name, url] of Object.entries(found)) {
      if (this.#env[name] === "0") this.#env[name] = new URL(url).port;
    }
  }

  /** Spawns `npm start` without waiting for it, for tests of refusals. */
  launch(): ChildProcess {
    this.#output = "";
    const npm = spawn("npm", ["start"], {
      cwd: root,
      env: { ...process.env, ...this.#env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const keep = (chunk: Buffer) => (this.#output += chunk.toString());
    npm.stdout.on("data", keep);
    npm.stderr.on("data", keep);
    this.#npm = npm;
    return npm;
  }

  /** Asks it to stop, as a service manager does; resolves with its exit code. */
  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    const ended = this.exit();
    this.#npm?.kill(signal);
    return ended;
  }

  /** Resolves with the exit code once npm has ended and its output is complete; null when a signal ended it. */
  async exit(): Promise<number | null> {
    const npm = this.#npm;
    if (npm && npm.exitCode === null && npm.signalCode === null) await once(npm, "close");
    return npm?.exitCode ?? null;
  }

  /** kill -9 of npm and of every process below it, at once. */
  async kill9(): Promise<void> {
    const ended = this.exit();
    for (const pid of [this.pid, ...descendants(this.pid)]) {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
    await ended;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Stops it and removes its data folder, if the folder was made for it. */
  async dispose(): Promise<void> {
    await this.stop();
    if (this.#ownsDataDir) rmSync(this.dataDir, { recursive: true, force: true });
  }

  provision(name: string): Promise<Provisioned> {
    return provision(this.address, name);
  }
}

/** Makes a workspace with owner, brand and key, as a headless install does. `name` keeps its email apart from others. */
export async function provision(app: AppAddress, name: string): Promise<Provisioned> {
  const args = { workspace: name, name: `${name} Owner`, email: ownerEmail(name), password: OWNER_PASSWORD };
  return (await runInApp(app, "setup:provision", args)) as Provisioned;
}

/** Invites an agent for all brands, who joins with the owner's password. Returns the email. */
export async function addAgent(
  app: AppAddress,
  name: string,
  { sessionToken }: Provisioned,
): Promise<string> {
  const email = ownerEmail(`${name} agent`);
  const invite = (await runInApp(app, "invites:send", { sessionToken, email, role: "agent" })) as {
    inviteToken: string;
  };
  const account = { token: invite.inviteToken, name: `${name} Agent`, password: OWNER_PASSWORD };
  await runInApp(app, "invites:accept", account);
  return email;
}

/** Any function of the instance, internal ones too. */
function runInApp(app: AppAddress, name: string, args: Record<string, unknown>): Promise<unknown> {
  const adminKey = readFileSync(path.join(app.dataDir, "admin.key"), "utf8").trim();
  return runAsAdmin({ url: app.convexUrl, adminKey }, name, args);
}

export const OWNER_PASSWORD = "correct horse battery";
export const ownerEmail = (name: string) => `${name.toLowerCase().replaceAll(/\W+/g, "-")}@acme.test`;

/** The official CLI for the instance in `dataDir`; its standard output as JSON. */
export async function runConvex(dataDir: string, args: string[]): Promise<unknown> {
  return JSON.parse(await convexCli(dataDir, args)) as unknown;
}

async function convexCli(dataDir: string, args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("npm", ["run", "--silent", "convex", "--", ...args], {
    cwd: root,
    env: { ...process.env, PRAXTALK_DATA_DIR: dataDir },
  });
  return stdout;
}

/** Process ids below `pid`, at any depth. */
export function descendants(pid: number): number[] {
  const pairs = processParents();
  const below = (parent: number): number[] =>
    pairs.filter((pair) => pair.parent === parent).flatMap(({ id }) => [id, ...below(id)]);
  return below(pid);
}

/** Does this process still run? One that ended and waits for its parent to notice does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || processStat(pid)[0] !== "Z";
  } catch {
    return false;
  }
}

/** State, parent, … of a process on Linux: what follows "pid (name)", where the name may hold blanks and brackets. */
function processStat(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Every process with its parent: from /proc on Linux, where ps need not be installed, else from ps. */
function processParents(): { id: number; parent: number }[] {
  if (process.platform !== "linux") {
    const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
    return rows
      .map((row) => row.trim().split(/\s+/).map(Number))
      .map(([id = 0, parent = 0]) => ({ id, parent }));
  }
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return { id: Number(name), parent: Number(processStat(Number(name))[1]) };
      } catch {
        return []; // it ended meanwhile
      }
    });
}
