import type { Transaction } from "../engine/transaction";
import type { JSONValue, TransactionUsage } from "../storage/types";
import { SyscallError } from "./syscall-args";

const WHAT: Record<keyof TransactionUsage, string> = {
  bytesRead: "bytes read",
  bytesWritten: "bytes written",
  databaseQueries: "reads",
  documentsRead: "documents read",
  documentsWritten: "writes",
  functionsScheduled: "functions scheduled",
  scheduledFunctionArgsBytes: "bytes of arguments of scheduled functions",
};

const NAMES = Object.keys(WHAT) as (keyof TransactionUsage)[];

/** Limits that a caller sets for one nested call, below those of the transaction. */
export class CallLimits {
  readonly #limits: Partial<TransactionUsage>;
  readonly #before: TransactionUsage;

  constructor(
    readonly tx: Transaction,
    limits: JSONValue,
  ) {
    const given = limits as Record<string, unknown>;
    const checked = NAMES.map((name) => [name, given[name]]).filter(([, limit]) => typeof limit === "number");
    this.#limits = Object.fromEntries(checked) as Partial<TransactionUsage>;
    this.#before = tx.usage();
  }

  /** Throws once the call has used more than it may. */
  check(): void {
    const used = this.tx.usage();
    for (const name of NAMES) {
      const limit = this.#limits[name];
      if (limit === undefined || used[name] - this.#before[name] <= limit) continue;
      throw new SyscallError(`Too many ${WHAT[name]} in a single function execution (limit: ${limit}).`);
    }
  }
}
