/** Rows that a mutation's own transaction writes about the mutation itself, so that it takes effect exactly once. */
import type { Transaction } from "../engine/transaction";
import type { Ts } from "../storage/types";
import { RunRefused } from "./function-table";
import { jobState, setJobState } from "./scheduling";
import type { LogLine } from "./types";

const SESSIONS = "_session_requests";

export type SessionKey = { sessionId: string; requestId: number };
export type SessionRecord = { value: string; logLines: LogLine[]; ts: Ts };

/** The record of an earlier run of this request; the read makes two runs of one request conflict. */
export function findSessionRecord(
  tx: Transaction,
  { sessionId, requestId }: SessionKey,
): SessionRecord | null {
  const query = tx.openQuery(
    {
      source: {
        type: "IndexRange",
        indexName: `${SESSIONS}.by_session`,
        range: [
          { type: "Eq", fieldPath: "sessionId", value: sessionId },
          { type: "Eq", fieldPath: "requestId", value: requestId },
        ],
        order: "asc",
      },
      operators: [],
    },
    "system",
  );
  const text = tx.next(query);
  tx.closeQuery(query);
  if (text === null) return null;
  const row = JSON.parse(text) as { result: string; logLines: string; ts: { $integer: string } };
  return {
    value: row.result,
    logLines: JSON.parse(row.logLines) as LogLine[],
    ts: Buffer.from(row.ts.$integer, "base64").readBigInt64LE(),
  };
}

/** `ts` becomes the timestamp of the commit. */
export function recordSession(
  tx: Transaction,
  session: SessionKey,
  value: string,
  logLines: LogLine[],
): void {
  const record = { ...session, result: value, logLines: JSON.stringify(logLines), ts: { $commitTs: null } };
  tx.insert(SESSIONS, record, "system");
}

/** The job sees itself as under way; others see that only if it commits. Refuses a job that is not to be run any more. */
export function beginScheduledJob(tx: Transaction, id: string): void {
  const state = jobState(tx, id);
  if (state !== "pending") {
    throw new RunRefused({
      kind: "system",
      code: "ScheduledJobNotPending",
      status: 409,
      message: `The scheduled function is ${state ?? "gone"}, so it was not run.`,
    });
  }
  setJobState(tx, id, { kind: "inProgress" }, null);
}

export function completeScheduledJob(tx: Transaction, id: string, completedTime: number): void {
  setJobState(tx, id, { kind: "success" }, completedTime);
}
