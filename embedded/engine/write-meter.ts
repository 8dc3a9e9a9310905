import type { TransactionUsage } from "../storage/types";
import { DatabaseError } from "./errors";
import type { Limits } from "./limits";

type Counters = {
  documents: number;
  bytes: number;
  systemDocuments: number;
  systemBytes: number;
  scheduled: number;
  scheduledBytes: number;
  searchEntries: number;
};

/** Counts what a transaction writes against its limits. Each write counts, also of a document written before. */
export class WriteMeter {
  readonly #limits: Limits;
  readonly #marks: Counters[] = [];
  #used: Counters = {
    documents: 0,
    bytes: 0,
    systemDocuments: 0,
    systemBytes: 0,
    scheduled: 0,
    scheduledBytes: 0,
    searchEntries: 0,
  };

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  countWrite(bytes: number, isSystem: boolean): void {
    const used = this.#used;
    if (isSystem) {
      used.systemDocuments++;
      used.systemBytes += bytes;
      if (used.systemDocuments > this.#limits.systemDocumentsWritten)
        throw tooMany(this.#limits.systemDocumentsWritten);
      if (used.systemBytes > this.#limits.systemBytesWritten) throw tooLarge(this.#limits.systemBytesWritten);
      return;
    }
    used.documents++;
    used.bytes += bytes;
    if (used.documents > this.#limits.documentsWritten) throw tooMany(this.#limits.documentsWritten);
    if (used.bytes > this.#limits.bytesWritten) throw tooLarge(this.#limits.bytesWritten);
  }

  countScheduled(argsBytes: number): void {
    const used = this.#used;
    used.scheduled++;
    used.scheduledBytes += argsBytes;
    if (used.scheduled > this.#limits.functionsScheduled) {
      throw new DatabaseError(
        "TooManyFunctionsScheduled",
        `Too many functions scheduled by this mutation (limit: ${this.#limits.functionsScheduled})`,
      );
    }
    if (used.scheduledBytes > this.#limits.scheduledFunctionArgsBytes) {
      throw new DatabaseError(
        "ScheduledFunctionsArgumentsTooLarge",
        "Too large total size of the arguments of scheduled functions from this mutation " +
          `(limit: ${this.#limits.scheduledFunctionArgsBytes} bytes)`,
      );
    }
  }

  countSearchEntries(entries: number): void {
    this.#used.searchEntries += entries;
    const limit = this.#limits.searchEntriesWritten;
    if (this.#used.searchEntries <= limit) return;
    throw new DatabaseError(
      "TooManySearchEntriesWritten",
      `Too many search index entries written in a single function execution (limit: ${limit})`,
    );
  }

  mark(): number {
    return this.#marks.push({ ...this.#used }) - 1;
  }

  rollbackTo(mark: number): void {
    const saved = this.#marks[mark];
    if (saved === undefined) throw new Error(`No mark ${mark}`);
    this.#used = { ...saved };
  }

  usage(): Pick<
    TransactionUsage,
    "bytesWritten" | "documentsWritten" | "functionsScheduled" | "scheduledFunctionArgsBytes"
  > {
    return {
      bytesWritten: this.#used.bytes,
      documentsWritten: this.#used.documents,
      functionsScheduled: this.#used.scheduled,
      scheduledFunctionArgsBytes: this.#used.scheduledBytes,
    };
  }
}

function tooMany(limit: number): DatabaseError {
  return new DatabaseError(
    "TooManyWrites",
    `Too many writes in a single function execution (limit: ${limit})`,
  );
}

function tooLarge(limit: number): DatabaseError {
  return new DatabaseError(
    "TooManyBytesWritten",
    `Too many bytes written in a single function execution (limit: ${limit / (1024 * 1024)} MiB)`,
  );
}
