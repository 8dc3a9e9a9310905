/** Worker entry: runs actions and HTTP actions of the default runtime, one at a time. */
import { workerData } from "node:worker_threads";
import { activeRun, jsSyscallOfRun, logToRun, serveActions } from "./action-runtime";
import { ComponentEnvironments } from "./component-environments";
import { APP } from "./component-path";
import { wallClock } from "./clock";
import { ModuleLoader } from "./module-loader";
import { createRealm } from "./realm";
import { SyscallError } from "./syscall-args";
import type { WorkerSetup } from "./worker-messages";

const setup = workerData as WorkerSetup;
const environments = new ComponentEnvironments(setup.code, setup.env);

const realm = createRealm("action", {
  now: () => wallClock(),
  elapsed: () => performance.now(),
  random: () => Math.random(),
  environmentVariable: (name) => environments.get(activeRun()?.scope.component ?? APP, name),
  log: logToRun,
  syscall: (op) => {
    throw new SyscallError(`Unknown operation ${op}`);
  },
  asyncSyscall: (op, args) => {
    const run = activeRun();
    if (run === undefined) throw new SyscallError("Can't use database at import time");
    return run.asyncSyscall(op, args);
  },
  jsSyscall: jsSyscallOfRun,
  fetchRefusal: () => (activeRun() === undefined ? "fetch() unsupported at import time" : null),
  hostOperation: (promise) => promise,
  timers: {
    set: (callback, delay, repeat) => activeRun()?.setTimer(callback, delay, repeat) ?? 0,
    clear: (id) => activeRun()?.clearTimer(id),
  },
});

serveActions({
  setup,
  environment: "isolate",
  loader: (options) =>
    new ModuleLoader({
      context: realm,
      ...options,
      externalsFrom: null,
      dynamicImportRefusal: () => null,
    }),
  setEnv: (env) => environments.set(env),
});
