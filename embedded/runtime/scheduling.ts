/** Scheduled functions as rows of `_scheduled_jobs`, written in the transaction that schedules them. */
import type { Transaction } from "../engine/transaction";
import type { JSONValue } from "../storage/types";
import { MAX_SCHEDULE_DISTANCE_MS } from "./limits";
import { displayPath, parsePath } from "./path";
import type { SyscallArgs } from "./syscall-args";
import { SyscallError } from "./syscall-args";
import type { CodeVersion } from "./types";

const JOBS = "_scheduled_jobs";

/** The function that an operation names; canonical. Only functions of the app itself can be named. */
export function functionAddress(args: SyscallArgs): string {
  if (args.has("functionHandle")) throw new SyscallError("not supported yet: function handles");
  if (args.has("reference")) {
    const reference = args.string("reference");
    const prefix = "_reference/function/";
    if (!reference.startsWith(prefix)) throw new SyscallError("not supported yet: components");
    return canonical(reference.slice(prefix.length));
  }
  return canonical(args.string("name"));
}

function canonical(path: string): string {
  const parsed = parsePath(path);
  if ("error" in parsed) throw new SyscallError(parsed.error);
  return parsed.canonical;
}

/** Writes the job; JSON text of the id by which user code knows it. `now` in Unix ms. */
export function schedule(tx: Transaction, code: CodeVersion, args: SyscallArgs, now: number): string {
  const name = functionAddress(args);
  checkTarget(code, name);
  const scheduledTime = args.number("ts") * 1000;
  if (!(Math.abs(scheduledTime - now) <= MAX_SCHEDULE_DISTANCE_MS)) {
    throw new SyscallError(
      `${new Date(now).toISOString()} plus that delay is too far away: functions run at most 5 years from now.`,
    );
  }
  const argument = args.value("args");
  const jobArgs = Array.isArray(argument) ? argument : [argument];
  tx.countScheduled(JSON.stringify(jobArgs).length);
  const job = {
    name,
    component: "",
    args: jobArgs,
    scheduledTime,
    nextTs: scheduledTime,
    state: { kind: "pending" },
  };
  const id = tx.insert(JOBS, job, "system");
  return JSON.stringify(tx.virtualId(id));
}

function checkTarget(code: CodeVersion, name: string): void {
  const colon = name.lastIndexOf(":");
  const module = code.modules[name.slice(0, colon)];
  const path = displayPath(name);
  if (module === undefined) {
    throw new SyscallError(`Attempted to schedule function at nonexistent path: ${path}`);
  }
  const target = module.functions.find((fn) => fn.name === name.slice(colon + 1));
  if (target === undefined) {
    throw new SyscallError(
      `Attempted to schedule function, but no exported function ${name.slice(colon + 1)} found in the file: ${name.slice(0, colon)}. ` +
        "Did you forget to export it?",
    );
  }
}

/** Cancels a pending or running job; finished ones stay as they are. `ownJob`: row id of the job that is running this. */
export function cancelJob(tx: Transaction, args: SyscallArgs, ownJob: string | null): string {
  const id = tx.physicalId("_scheduled_functions", args.string("id"));
  if (id === null) {
    throw new SyscallError(
      "Invalid scheduled function ID. Ensure you're using the ID returned by the scheduler.",
    );
  }
  if (id === ownJob) throw new SyscallError("A mutation cannot cancel itself");
  const kind = jobState(tx, id);
  if (kind === "pending" || kind === "inProgress") setJobState(tx, id, { kind: "canceled" }, Date.now());
  return "null";
}

/** State of the job in this transaction; null when there is no such job. */
export function jobState(tx: Transaction, id: string): string | null {
  const text = tx.get(id, { isSystem: true, table: JOBS }, "system");
  if (text === null) return null;
  return (JSON.parse(text) as { state: { kind: string } }).state.kind;
}

/** `completedTime` in Unix ms, for final states. */
export function setJobState(
  tx: Transaction,
  id: string,
  state: JSONValue,
  completedTime: number | null,
): void {
  // A finished job is due no more.
  const change: { [key: string]: JSONValue } =
    completedTime === null ? { state } : { state, completedTime, nextTs: null };
  tx.patch(id, change, JOBS, "system");
}
