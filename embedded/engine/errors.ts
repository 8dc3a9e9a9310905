/**
 * An error of a database operation that the function's own code may catch. `code` is the short name by which
 * clients and tests tell errors apart (`InvalidArgument`, `SchemaEnforcementError`, `TooManyReads`, ...).
 */
export class DatabaseError extends Error {
  override name = "DatabaseError";

  constructor(
    readonly code: string,
    message: string,
    /** Set for errors that reach user code as a ConvexError with this data. */
    readonly data?: { [key: string]: string | boolean },
  ) {
    super(message);
  }
}

/** A mutation inserted into a table that does not exist yet: have the committer create it and run again. */
export class NeedsTable extends Error {
  override name = "NeedsTable";

  constructor(
    readonly component: string,
    readonly tableName: string,
  ) {
    super(`Table "${tableName}" does not exist yet.`);
  }
}
