/** What an uploaded file brings: tables with their rows, and stored files. */
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import type { JSONValue } from "../../storage/types";
import { csvRows, jsonArray, jsonLines } from "./import-rows";
import { openZip } from "./import-zip";

export type ImportTable = {
  component: string;
  name: string;
  /** May be read several times, from the start. */
  rows: () => AsyncIterable<JSONValue>;
};

export type ImportedFile = {
  component: string;
  /** `_storage` id. */
  id: string;
  /** Bytes. */
  size: number;
  open: () => Promise<Readable>;
};

export type ImportSource = {
  /** `_tables` and `_storage` among them. */
  tables: ImportTable[];
  files: ImportedFile[];
  close: () => void;
};

export type ImportFormat = { format: "csv" | "jsonl" | "json_array"; table: string } | { format: "zip" };

export type SourceOptions = {
  /** Path of the uploaded file. */
  file: string;
  format: ImportFormat;
  /** Everything in the file is below this component. */
  component: string;
  /** Optional fields of the table, for formats without types. */
  optionalFields: ReadonlySet<string>;
};

/** Throws ImportError for a file that is not of its format. */
export async function openSource({
  file,
  format,
  component,
  optionalFields,
}: SourceOptions): Promise<ImportSource> {
  if (format.format === "zip") return openZip(file, component);
  const rows = (): AsyncIterable<JSONValue> => {
    const stream = createReadStream(file);
    switch (format.format) {
      case "csv":
        return csvRows(stream, optionalFields);
      case "jsonl":
        return jsonLines(stream, false);
      case "json_array":
        return jsonArray(stream);
    }
  };
  return {
    tables: [{ component, name: format.table, rows }],
    files: [],
    close: () => undefined,
  };
}
