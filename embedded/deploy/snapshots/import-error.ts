/** Why an import cannot be done, in words for whoever sent it. */
export class ImportError extends Error {
  override name = "ImportError";
}

export function rowError(row: number, why: string): ImportError {
  return new ImportError(`Row ${row} ${why}`);
}
