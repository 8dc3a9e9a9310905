/** Rows of the file formats, one at a time and in bounded memory. Throws ImportError, which names the row. */
import { pipeline, type Readable } from "node:stream";
import { CsvError, parse as csvParser } from "csv-parse";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { JSONObject, JSONValue } from "../../storage/types";
import { parseImported } from "./export-json";
import { ImportError, rowError } from "./import-error";

/** A document of 1 MiB with every character escaped is shorter. */
const MAX_ROW_BYTES = 16 * 1024 * 1024;
const MAX_JSON_ARRAY_BYTES = 16 * 1024 * 1024;
/** Work between two looks at the rest of the deployment, ms. */
const SLICE_MS = 10;
const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const NEWLINE = 0x0a;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Lets other work run whenever a slice of time is used up. */
export class Slices {
  #since = performance.now();

  async pause(): Promise<void> {
    if (performance.now() - this.#since < SLICE_MS) return;
    await nextTurn();
    this.#since = performance.now();
  }
}

/** `uniform`: as an export writes them. */
export async function* jsonLines(source: Readable, uniform: boolean): AsyncGenerator<JSONValue> {
  const slices = new Slices();
  let row = 0;
  for await (const line of splitLines(source)) {
    row++;
    yield parseRow(line, row, uniform);
    await slices.pause();
  }
}

export async function* jsonArray(source: Readable): AsyncGenerator<JSONValue> {
  const slices = new Slices();
  let row = 0;
  for await (const element of splitArray(await limitedBuffer(source))) {
    row++;
    yield parseRow(element, row, false);
    await slices.pause();
  }
}

/** Each cell is a float64 if it reads as a number, else a string; of the optional fields an empty cell is no value. */
export async function* csvRows(source: Readable, optional: ReadonlySet<string>): AsyncGenerator<JSONValue> {
  const slices = new Slices();
  let header: string[] | null = null;
  let row = 0;
  try {
    const parser = csvParser({
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: MAX_ROW_BYTES,
    });
    pipeline(source, parser, () => undefined);
    for await (const cells of parser as AsyncIterable<string[]>) {
      if (header === null) {
        header = cells.map((name) => headerName(name.replace(/^ +| +$/g, "")));
        continue;
      }
      row++;
      if (cells.length !== header.length) {
        throw new ImportError(`CSV row ${row} doesn't have all of the fields in the header`);
      }
      yield csvRow(header, cells, optional);
      await slices.pause();
    }
  } catch (error) {
    if (error instanceof CsvError)
      throw new ImportError(`Failed to parse CSV row ${row + 1}: ${error.message}`);
    throw error;
  }
  if (header === null) throw new ImportError("CSV file doesn't have headers");
}

function headerName(name: string): string {
  if (/^(?!\$)[ -~]{1,1024}$/.test(name)) return name;
  throw new ImportError(`CSV header ${JSON.stringify(name)} isn't a valid field name`);
}

function csvRow(
  header: readonly string[],
  cells: readonly string[],
  optional: ReadonlySet<string>,
): JSONObject {
  const fields = header.flatMap((name, i): [string, JSONValue][] => {
    const cell = cells[i] ?? "";
    return cell === "" && optional.has(name) ? [] : [[name, csvCell(cell)]];
  });
  return Object.fromEntries(fields);
}

function csvCell(cell: string): JSONValue {
  if (!FLOAT.test(cell)) return cell;
  const value = Number(cell);
  if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return { $float: bytes.toString("base64") };
}

function parseRow(line: Uint8Array, row: number, uniform: boolean): JSONValue {
  try {
    return parseImported(utf8.decode(line), uniform);
  } catch (error) {
    if (error instanceof SyntaxError) throw rowError(row, `wasn't valid JSON: ${error.message}`);
    if (error instanceof RangeError) throw rowError(row, `wasn't a valid Convex value: ${error.message}`);
    if (error instanceof TypeError) throw rowError(row, "wasn't valid UTF-8");
    throw error;
  }
}

/** Without their line ends; what follows the last one is a line too, unless it is nothing. */
async function* splitLines(source: Readable): AsyncGenerator<Uint8Array> {
  let parts: Buffer[] = [];
  let length = 0;
  let row = 1;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      parts.push(chunk.subarray(start, end));
      yield Buffer.concat(parts);
      parts = [];
      length = 0;
      row++;
      start = end + 1;
    }
    parts.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > MAX_ROW_BYTES) throw rowError(row, `is longer than ${MAX_ROW_BYTES} bytes`);
  }
  const last = Buffer.concat(parts);
  if (last.length > 0) yield last;
}

async function limitedBuffer(source: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_JSON_ARRAY_BYTES) {
      throw new ImportError(
        `Import is too large for JSON (${length} bytes > maximum 16 MiB). Consider converting data to JSONLines`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The elements of a JSON array, unparsed: parsing 16 MiB at once would hold up everybody else. */
async function* splitArray(text: Buffer): AsyncGenerator<Uint8Array> {
  const slices = new Slices();
  const isBlank = (byte: number | undefined) =>
    byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
  let at = 0;
  while (isBlank(text[at])) at++;
  if (text[at] !== 0x5b) throw new ImportError("Not a JSON array");
  let depth = 0;
  let start = ++at;
  let isFirst = true;
  for (; at < text.length; at++) {
    const byte = text[at];
    if (byte === 0x22) at = endOfString(text, at);
    else if (byte === 0x5b || byte === 0x7b) depth++;
    else if (depth > 0 && (byte === 0x5d || byte === 0x7d)) depth--;
    else if (depth === 0 && (byte === 0x2c || byte === 0x5d)) {
      const element = text.subarray(start, at);
      const isEmptyArray = byte === 0x5d && isFirst && element.every(isBlank);
      if (!isEmptyArray) yield element;
      await slices.pause();
      isFirst = false;
      start = at + 1;
      if (byte === 0x5d) break;
    }
  }
  if (at >= text.length) throw new ImportError("Not valid JSON: the array has no end");
  if (!text.subarray(at + 1).every(isBlank))
    throw new ImportError("Not valid JSON: something follows the array");
}

function endOfString(text: Buffer, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === 0x5c) at++;
    else if (text[at] === 0x22) return at;
  }
  return text.length;
}
