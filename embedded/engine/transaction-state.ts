import type { Snapshot } from "../storage/store";
import type { TransactionUsage } from "../storage/types";
import { CreationTimes } from "./creation-times";
import { DEFAULT_LIMITS, type Limits } from "./limits";
import { PendingWrites } from "./pending-writes";
import { ReadLog } from "./read-log";
import type { StreamContext } from "./stream-context";
import type { Transaction } from "./transaction";
import { WriteMeter } from "./write-meter";

export type TransactionMetrics = Record<keyof TransactionUsage, { used: number; remaining: number }>;

/** What one transaction has done so far, in whichever component: its reads, its writes, how much of its limits is used. */
export class TransactionState {
  readonly limits: Limits;
  readonly reads: ReadLog;
  readonly pending: PendingWrites;
  readonly meter: WriteMeter;
  readonly context: StreamContext;
  readonly creationTimes: CreationTimes;
  /** By component. */
  readonly views = new Map<string, Transaction>();
  readonly #savepoints: { writes: number; meter: number }[] = [];

  constructor(options: { snapshot: Snapshot; beginTime: number; limits?: Partial<Limits> }) {
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.reads = new ReadLog(this.limits);
    this.pending = new PendingWrites(options.snapshot);
    this.meter = new WriteMeter(this.limits);
    this.context = { snapshot: options.snapshot, pending: this.pending, reads: this.reads };
    this.creationTimes = new CreationTimes(options.beginTime);
  }

  savepoint(): number {
    return this.#savepoints.push({ writes: this.pending.savepoint(), meter: this.meter.mark() }) - 1;
  }

  rollbackTo(savepoint: number): void {
    const saved = this.#savepoints[savepoint];
    if (saved === undefined) throw new Error(`No savepoint ${savepoint}`);
    this.#savepoints.length = savepoint + 1;
    this.pending.rollbackTo(saved.writes);
    this.meter.rollbackTo(saved.meter);
  }

  release(savepoint: number): void {
    this.#savepoints.length = savepoint;
  }

  usage(): TransactionUsage {
    return {
      bytesRead: this.reads.bytes,
      documentsRead: this.reads.documents,
      databaseQueries: this.reads.queries,
      ...this.meter.usage(),
    };
  }

  metrics(): TransactionMetrics {
    const usage = this.usage();
    const metric = (name: keyof TransactionUsage): { used: number; remaining: number } => ({
      used: usage[name],
      remaining: Math.max(0, this.limits[name] - usage[name]),
    });
    return {
      bytesRead: metric("bytesRead"),
      bytesWritten: metric("bytesWritten"),
      databaseQueries: metric("databaseQueries"),
      documentsRead: metric("documentsRead"),
      documentsWritten: metric("documentsWritten"),
      functionsScheduled: metric("functionsScheduled"),
      scheduledFunctionArgsBytes: metric("scheduledFunctionArgsBytes"),
    };
  }
}
