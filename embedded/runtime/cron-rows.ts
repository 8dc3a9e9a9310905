/**
 * Cron jobs as rows of `_cron_jobs`, one table for each component. A run's tick is passed in the transaction that ends
 * the run, so that no tick is run twice.
 */
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { Transaction } from "../engine/transaction";
import type { JSONObject } from "../storage/types";
import { cronSchedule, drawSplay, firstRun, nextRun, type CronSchedule } from "./cron-schedule";
import { RunRefused } from "./function-table";

const CRONS = "_cron_jobs";

/** A cron job as a push declares it. */
export type CronSpec = {
  name: string;
  /** Canonical, `module.js:export`. */
  path: string;
  /** JSON text of the array of arguments: arguments may hold what no document may. */
  args: string;
  schedule: CronSchedule;
};

const cronRow = z.object({
  _id: z.string(),
  name: z.string(),
  path: z.string(),
  args: z.string(),
  schedule: cronSchedule,
  /** See `drawSplay`; ms. */
  splay: z.number(),
  /** `inProgress`: an action runs, or was running at a crash. A mutation's run is never seen half done. */
  state: z.enum(["pending", "inProgress"]),
  /** When the last run was due, Unix ms; null before the first. */
  prevTs: z.number().nullable(),
  /** When the next run is due, Unix ms; while an action runs, when that run was. */
  nextTs: z.number(),
});
export type CronRow = z.infer<typeof cronRow>;

/** One run of a cron job: the row, and the tick that it is for. */
export type CronRun = { id: string; nextTs: number };

export type CronDiff = { added: string[]; updated: string[]; deleted: string[] };

export function parseCron(text: string): CronRow {
  return cronRow.parse(JSON.parse(text));
}

/** Makes the component's cron jobs those of a push; unchanged ones keep their rhythm. `now` in Unix ms. */
export function applyCrons(tx: Transaction, specs: readonly CronSpec[], now: number): CronDiff {
  const before = new Map(cronRows(tx).map((row) => [row.name, row]));
  const diff: CronDiff = { added: [], updated: [], deleted: [] };
  for (const { name, path, args, schedule } of specs) {
    const old = before.get(name);
    before.delete(name);
    if (old === undefined) {
      const splay = drawSplay(schedule, Math.random);
      const nextTs = firstRun(schedule, splay, now);
      tx.insert(
        CRONS,
        { name, path, args, schedule, splay, state: "pending", prevTs: null, nextTs },
        "system",
      );
      diff.added.push(name);
      continue;
    }
    const isRescheduled = !isDeepStrictEqual(old.schedule, schedule);
    if (!isRescheduled && old.path === path && old.args === args) continue;
    const changes: JSONObject = { path, args, schedule };
    tx.patch(
      old._id,
      isRescheduled ? { ...changes, ...rescheduled(old, schedule, now) } : changes,
      CRONS,
      "system",
    );
    diff.updated.push(name);
  }
  for (const gone of before.values()) {
    tx.remove(gone._id, CRONS, "system");
    diff.deleted.push(gone.name);
  }
  return diff;
}

function rescheduled({ prevTs }: CronRow, schedule: CronSchedule, now: number): JSONObject {
  const splay = drawSplay(schedule, Math.random);
  if (schedule.type !== "interval" || prevTs === null)
    return { splay, nextTs: firstRun(schedule, splay, now) };
  return { splay, nextTs: prevTs + schedule.seconds * 1000 };
}

/** The job as this transaction sees it; null if it is no more. */
export function readCron(tx: Transaction, id: string): CronRow | null {
  const text = tx.get(id, { isSystem: true, table: CRONS }, "system");
  return text === null ? null : parseCron(text);
}

/** Refuses a run that is out of date: the job is gone, was changed by a push, or has passed this tick. */
export function beginCronRun(tx: Transaction, run: CronRun, request: { path: string; args: string }): void {
  const row = readCron(tx, run.id);
  const isCurrent =
    row?.state === "pending" &&
    row.nextTs === run.nextTs &&
    row.path === request.path &&
    row.args === request.args;
  if (isCurrent) return;
  throw new RunRefused({
    kind: "system",
    code: CRON_RUN_OUTDATED,
    status: 409,
    message: "The cron job has changed since this run was planned, so it was not run.",
  });
}

export const CRON_RUN_OUTDATED = "CronRunOutdated";

/** An action's run begins: from here on this tick is never run again. */
export function markCronInProgress(tx: Transaction, id: string): void {
  tx.patch(id, { state: "inProgress" }, CRONS, "system");
}

/**
 * Passes the tick of a run that has ended at `now` (Unix ms); says how many ticks after it are left out. A job that is gone
 * stays so, and one that a push rescheduled meanwhile keeps its new time.
 */
export function completeCronRun(tx: Transaction, run: CronRun, now: number): { skipped: number } {
  const row = readCron(tx, run.id);
  if (row === null) return { skipped: 0 };
  if (row.nextTs !== run.nextTs) {
    tx.patch(row._id, { state: "pending" }, CRONS, "system");
    return { skipped: 0 };
  }
  const { time, skipped } = nextRun(row.schedule, row.splay, row.nextTs, now);
  tx.patch(row._id, { state: "pending", prevTs: row.nextTs, nextTs: time }, CRONS, "system");
  return { skipped };
}

/** A row that nobody can read is dropped: what the push declares is made anew. */
function cronRows(tx: Transaction): CronRow[] {
  const source = { type: "FullTableScan", tableName: CRONS, order: "asc" } as const;
  const query = tx.openQuery({ source, operators: [] }, "system");
  const rows: CronRow[] = [];
  for (let text = tx.next(query); text !== null; text = tx.next(query)) {
    const json = JSON.parse(text) as { _id: string };
    const row = cronRow.safeParse(json);
    if (row.success) rows.push(row.data);
    else tx.remove(json._id, CRONS, "system");
  }
  return rows;
}
