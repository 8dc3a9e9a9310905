// The processes that start and dev keep in front: started in order, stopped in reverse, none left behind.
import { spawn } from "node:child_process";
import readline from "node:readline";
import { Refusal, root, say } from "./run.mjs";

/** After a polite request to stop, how long until a child is killed. */
const STOP_GRACE_MS = 10_000;
/** A tool that ended is started again after this; it ended soon if it ran for less than SHORT_RUN_MS. */
const RESTART_DELAY_MS = 500;
const SHORT_RUN_MS = 5_000;
const MAX_SHORT_RUNS = 5;

export class Children {
  #running = [];
  #isStopping = false;
  #fail;

  /** Rejects with a Refusal when a child that had become ready ends by itself. */
  failed = new Promise((_, reject) => (this.#fail = reject));

  constructor() {
    this.failed.catch(() => {}); // raced against by the caller; must not count as unhandled before that
  }

  /**
   * Starts `node file`, passes its output through, and resolves with what its line `ready {…}` says. A child that ends
   * before has told the user why: that rejects with an empty Refusal.
   */
  start(name, file, env) {
    const entry = this.#spawn(name, ["--enable-source-maps", file], { ...process.env, ...env });
    return new Promise((resolve, reject) => {
      let isReady = false;
      readline.createInterface({ input: entry.child.stdout }).on("line", (line) => {
        if (!isReady && line.startsWith("ready {")) {
          isReady = true;
          resolve(JSON.parse(line.slice("ready ".length)));
        } else process.stdout.write(`${line}\n`);
      });
      void entry.ended.then((how) => {
        if (!isReady) reject(new Refusal(""));
        else this.#report(entry, how);
      });
    });
  }

  /**
   * Keeps a tool running beside the app, which says nothing when ready. `env` is its whole environment. One that ends by
   * itself is started again: `convex dev` does so when somebody else pushes at the same time. One that cannot run at all
   * (it ended soon, several times in a row) fails as other children do.
   */
  startTool(name, args, env, shortRuns = 0) {
    const startedAt = Date.now();
    const entry = this.#spawn(name, args, env);
    entry.child.stdout.pipe(process.stdout, { end: false });
    void entry.ended.then(async (how) => {
      const runs = Date.now() - startedAt < SHORT_RUN_MS ? shortRuns + 1 : 0;
      if (runs >= MAX_SHORT_RUNS) return this.#report(entry, how);
      if (this.#isStopping || entry.isStopping) return;
      say(`${name} ended (${how}) and is started again.`);
      await new Promise((resolve) => setTimeout(resolve, RESTART_DELAY_MS));
      if (!this.#isStopping) this.startTool(name, args, env, runs);
    });
  }

  #spawn(name, args, env) {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", "inherit", "ipc"], // the channel's end tells a child that this process died
      detached: true, // Ctrl-C in a terminal reaches this process alone, which then stops them in order
    });
    const ended = new Promise((resolve) => {
      child
        .on("exit", (code, signal) => resolve(signal ?? `exit code ${code}`))
        .on("error", (e) => resolve(e.message));
    });
    const entry = { name, child, ended, isStopping: false };
    this.#running.push(entry);
    void ended.then(() => (this.#running = this.#running.filter((other) => other !== entry)));
    return entry;
  }

  #report(entry, how) {
    if (this.#isStopping || entry.isStopping) return;
    this.#fail(new Refusal(`The ${entry.name} stopped unexpectedly (${how}), so PraxTalk stops.`));
  }

  /** Stops one child by the name it was started under, for a restart. */
  async stopOne(name) {
    const entry = this.#running.find((other) => other.name === name);
    if (entry) await end(entry);
  }

  /** Stops all, newest first; resolves when none is left. */
  async stop() {
    this.#isStopping = true;
    for (const entry of [...this.#running].reverse()) await end(entry);
  }

  kill() {
    for (const { child } of this.#running) child.kill("SIGKILL");
  }
}

async function end(entry) {
  entry.isStopping = true;
  entry.child.kill("SIGTERM");
  const timer = setTimeout(() => {
    say(`The ${entry.name} did not stop in ${STOP_GRACE_MS / 1000} s and is ended.`);
    entry.child.kill("SIGKILL");
  }, STOP_GRACE_MS);
  await entry.ended;
  clearTimeout(timer);
}

/**
 * Runs `main` with the children; the first SIGINT or SIGTERM stops them all and ends with 0, a second one ends at once.
 * When main or a child fails, all are stopped before the failure is passed on.
 */
export async function keepInFront(main) {
  const children = new Children();
  let signals = 0;
  const stopped = new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
      process.on(signal, () => {
        signals += 1;
        if (signals === 1) resolve();
        else {
          children.kill();
          process.exit(1);
        }
      });
    }
  });
  try {
    await Promise.race([stopped, children.failed, main(children).then(() => children.failed)]);
  } finally {
    await children.stop();
  }
  return 0;
}
