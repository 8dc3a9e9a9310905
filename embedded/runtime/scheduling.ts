/**
 * Scheduled functions as rows of `_scheduled_jobs`, written in the transaction that schedules them, among the tables of the
 * component that does.
 */
import type { Transaction } from "../engine/transaction";
import { renumberId } from "../engine/virtual-documents";
import { VIRTUAL_TABLES } from "../storage/system-tables";
import type { JSONValue } from "../storage/types";
import { findFunction, type FunctionAddress } from "./function-address";
import { MAX_SCHEDULE_DISTANCE_MS } from "./limits";
import { displayPath } from "./path";
import type { SyscallArgs } from "./syscall-args";
import { SyscallError } from "./syscall-args";
import type { CodeVersion, ScheduledJob } from "./types";

const JOBS = "_scheduled_jobs";

/** Writes the job; JSON text of the id by which user code knows it. `now` in Unix ms. */
export function schedule(
  tx: Transaction,
  code: CodeVersion,
  target: FunctionAddress,
  args: SyscallArgs,
  now: number,
): string {
  checkTarget(code, target);
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
    name: target.path,
    component: target.component,
    args: jobArgs,
    scheduledTime,
    nextTs: scheduledTime,
    state: { kind: "pending" },
  };
  const id = tx.insert(JOBS, job, "system");
  return JSON.stringify(tx.virtualId(id));
}

function checkTarget(code: CodeVersion, target: FunctionAddress): void {
  if (findFunction(code, target) !== undefined) return;
  const { component, path } = target;
  const colon = path.lastIndexOf(":");
  if (code.components[component]?.modules[path.slice(0, colon)] === undefined) {
    throw new SyscallError(`Attempted to schedule function at nonexistent path: ${displayPath(path)}`);
  }
  throw new SyscallError(
    `Attempted to schedule function, but no exported function ${path.slice(colon + 1)} found in the file: ${path.slice(0, colon)}. ` +
      "Did you forget to export it?",
  );
}

/** The id by which user code knows the job that runs it; null if none does. */
export function publicJobId(job: ScheduledJob | null): string | null {
  const view = VIRTUAL_TABLES.find(({ of }) => of === JOBS);
  return job === null || view === undefined ? null : renumberId(job.id, view.number);
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
  cancelById(tx, id, Date.now());
  return "null";
}

/** Cancels the job of this row, unless it has ended or is gone. `now` in Unix ms. */
export function cancelById(tx: Transaction, id: string, now: number): void {
  const kind = jobState(tx, id);
  if (kind === "pending" || kind === "inProgress") setJobState(tx, id, { kind: "canceled" }, now);
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
