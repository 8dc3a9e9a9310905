/** Rows that a mutation's own transaction writes about the mutation itself, so that it takes effect exactly once. */
import type { Transaction } from "../engine/transaction";
import type { RangeExpression } from "../engine/query-types";
import type { Ts } from "../storage/types";
import { RunRefused } from "./function-table";
import { jobState, setJobState } from "./scheduling";
import type { LogLine, ScheduledJob } from "./types";

const SESSIONS = "_session_requests";

export type SessionKey = { sessionId: string; requestId: number };
export type SessionRecord = { value: string; logLines: LogLine[]; ts: Ts };

/** A record is kept in pieces, since a result may be larger than a document; in UTF-16 units, three bytes each at most. */
const PIECE_LENGTH = 300_000;

/** One piece; `ts` becomes the timestamp of the commit. */
type SessionRow = SessionKey & { text: string; ts: { $integer: string } };

/** The record of an earlier run of this request; the read makes two runs of one request conflict. */
export function findSessionRecord(
  tx: Transaction,
  { sessionId, requestId }: SessionKey,
): SessionRecord | null {
  const range: RangeExpression[] = [
    { type: "Eq", fieldPath: "sessionId", value: sessionId },
    { type: "Eq", fieldPath: "requestId", value: requestId },
  ];
  const indexName = `${SESSIONS}.by_session`;
  const query = tx.openQuery(
    { source: { type: "IndexRange", indexName, range, order: "asc" }, operators: [] },
    "system",
  );
  const rows: SessionRow[] = [];
  for (let text = tx.next(query); text !== null; text = tx.next(query))
    rows.push(JSON.parse(text) as SessionRow);
  const [first] = rows;
  if (first === undefined) return null;
  const record = JSON.parse(rows.map(({ text }) => text).join("")) as Omit<SessionRecord, "ts">;
  return { ...record, ts: Buffer.from(first.ts.$integer, "base64").readBigInt64LE() };
}

export function recordSession(
  tx: Transaction,
  session: SessionKey,
  value: string,
  logLines: LogLine[],
): void {
  const record = JSON.stringify({ value, logLines } satisfies Omit<SessionRecord, "ts">);
  for (let start = 0; start < record.length;) {
    let end = start + PIECE_LENGTH;
    // Not between the two units of one character.
    if (/[\ud800-\udbff]/.test(record.charAt(end - 1))) end--;
    const text = record.slice(start, end);
    tx.insert(SESSIONS, { ...session, text, ts: { $commitTs: null } }, "system");
    start = end;
  }
}

/** The job sees itself as under way; others see that only if it commits. Refuses a job that is not to be run any more. */
export function beginScheduledJob(run: Transaction, { id, component }: ScheduledJob): void {
  const tx = run.in(component);
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

export function completeScheduledJob(
  run: Transaction,
  { id, component }: ScheduledJob,
  completedTime: number,
): void {
  setJobState(run.in(component), id, { kind: "success" }, completedTime);
}
