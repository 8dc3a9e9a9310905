/** Worker entry: runs the actions of "use node" modules, in this thread's own realm with all of Node. */
import { createRequire } from "node:module";
import { workerData } from "node:worker_threads";
import { activeRun, jsSyscallOfRun, logToRun, serveActions } from "./action-runtime";
import { ModuleLoader } from "./module-loader";
import { SyscallError } from "./syscall-args";
import type { LogLevel } from "./types";
import type { WorkerSetup } from "./worker-messages";

const setup = workerData as WorkerSetup;

/** Actions see the deployment's environment variables and none of the server's own. */
function setEnv(env: Record<string, string>): void {
  for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, env);
}

const LEVELS: Record<"debug" | "info" | "log" | "warn" | "error" | "trace", LogLevel> = {
  debug: "DEBUG",
  info: "INFO",
  log: "LOG",
  warn: "WARN",
  error: "ERROR",
  trace: "LOG",
};

const logs = Object.fromEntries(
  Object.entries(LEVELS).map(([name, level]) => [name, (...args: unknown[]) => logToRun(level, args)]),
);

/** The errors that user code sees have no more fields than those of the other runtimes. */
function plainError(thrown: unknown): Error {
  const { message, data } = thrown as { message: string; data?: unknown };
  return data === undefined ? new Error(message) : Object.assign(new Error(message), { data });
}

setEnv(setup.env);
Object.assign(globalThis.console, logs);
Object.assign(globalThis, {
  // CommonJS packages that a bundle holds call it for Node's own modules.
  require: createRequire(import.meta.url),
  Convex: {
    syscall: (op: string) => {
      throw new Error(`Unknown operation ${op}`);
    },
    asyncSyscall: async (op: string, args: string): Promise<string> => {
      try {
        const run = activeRun();
        if (run === undefined) throw new SyscallError("Can't use database at import time");
        return await run.asyncSyscall(op, args);
      } catch (error) {
        throw plainError(error);
      }
    },
    jsSyscall: async (op: string, args: object): Promise<unknown> => {
      try {
        return await jsSyscallOfRun(op, args);
      } catch (error) {
        throw plainError(error);
      }
    },
  },
});

serveActions({
  setup,
  environment: "node",
  loader: (options) =>
    new ModuleLoader({
      ...options,
      externalsFrom: setup.projectDir,
      dynamicImportRefusal: () => null,
    }),
  setEnv,
});
