/** Rows of `_scheduled_jobs`, read and changed inside a system transaction. */
import * as z from "zod";
import type { Transaction } from "../engine/transaction";
import type { JSONObject } from "../storage/types";

const jobRow = z.object({
  _id: z.string(),
  /** Canonical path, `module.js:export`. */
  name: z.string(),
  component: z.string(),
  args: z.array(z.json()),
  /** When it was asked to run, Unix ms. */
  scheduledTime: z.number(),
  /** When it is due now (retries move it), Unix ms; null once it is finished. */
  nextTs: z.number().nullable(),
  /** Tries in a row that the deployment itself failed. */
  attempts: z.number().default(0),
  state: z.object({ kind: z.enum(["pending", "inProgress", "success", "failed", "canceled"]) }).loose(),
});
export type Job = z.infer<typeof jobRow>;
export type JobResult = { kind: "success" } | { kind: "failed"; error: string };

/** Ids of up to `limit` jobs that ended before `time` (Unix ms). */
export function jobsCompletedBefore(tx: Transaction, time: number, limit: number): string[] {
  const query = tx.openQuery({
    source: {
      type: "IndexRange",
      indexName: "_scheduled_jobs.by_completed",
      range: [
        { type: "Gt", fieldPath: "completedTime", value: null },
        { type: "Lt", fieldPath: "completedTime", value: time },
      ],
      order: "asc",
    },
    operators: [{ limit }],
  });
  const ids: string[] = [];
  for (let text = tx.next(query); text !== null; text = tx.next(query))
    ids.push((JSON.parse(text) as { _id: string })._id);
  return ids;
}

export function readJob(tx: Transaction, id: string): Job | null {
  const text = tx.get(id, { isSystem: false, table: "_scheduled_jobs" });
  return text === null ? null : parseJob(text);
}

export function markInProgress(tx: Transaction, id: string): void {
  tx.patch(id, { state: { kind: "inProgress" } });
}

export function markFinished(tx: Transaction, id: string, result: JobResult, now: number): void {
  const state: JSONObject = { ...result };
  tx.patch(id, { state, nextTs: null, completedTime: now });
}

/** After a try that the deployment itself failed. */
export function postpone(tx: Transaction, job: Job, nextTs: number): void {
  tx.patch(job._id, { nextTs, attempts: job.attempts + 1 });
}

/** A row that is no job cannot run, and must not keep others from it. */
export function setJobAside(tx: Transaction, id: string, now: number): void {
  markFinished(
    tx,
    id,
    { kind: "failed", error: "The record of this scheduled function cannot be read." },
    now,
  );
}

export function parseJob(text: string): Job {
  return jobRow.parse(JSON.parse(text));
}
