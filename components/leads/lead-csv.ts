/**
 * Leads as a CSV file by RFC 4180, and back. Spreadsheets run a cell that begins like a formula: such a cell gets an
 * apostrophe in front, and so does one that begins with apostrophes before the like; reading takes one away again, so that
 * every text comes back as it was.
 */
import type { LeadRow } from "@/components/hooks/use-leads";

const FORMULA = /^'*[=+\-@\t\r]/;
const GUARDED = /^'+[=+\-@\t\r]/;

/** The cell as a spreadsheet may have it. */
export function guardCell(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** What was guarded. */
export function unguardCell(text: string): string {
  return GUARDED.test(text) ? text.slice(1) : text;
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Rows of cells as a file's text, lines ended by CR LF. With `mark` it begins with the mark by which Excel knows UTF-8. */
export function toCsv(rows: readonly (readonly string[])[], { mark = false } = {}): string {
  const lines = rows.map((cells) => cells.map((cell) => quoted(guardCell(cell))).join(","));
  return `${mark ? "\uFEFF" : ""}${lines.join("\r\n")}\r\n`;
}

export const LEAD_COLUMNS = [
  "Name",
  "Email",
  "Phone",
  "Status",
  "Owner",
  "Brand",
  "Notes",
  "Created",
  "Changed",
] as const;

/** A lead as a line of the file, times in UTC. */
export function leadCells(lead: LeadRow): string[] {
  return [
    lead.name,
    lead.email ?? "",
    lead.phone ?? "",
    lead.status,
    lead.assignedTo?.name ?? "",
    lead.brand?.name ?? "",
    lead.notes ?? "",
    new Date(lead.createdAt).toISOString(),
    new Date(lead.updatedAt).toISOString(),
  ];
}

/** A file's text. Throws for one that is neither UTF-8 nor marked as UTF-16: a guess would spoil every name with an accent. */
export function decodeCsv(bytes: Uint8Array): string {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const encoding = !isUtf16 ? "utf-8" : bytes[0] === 0xff ? "utf-16le" : "utf-16be";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new Error("The file is not in UTF-8. Save it as “CSV UTF-8” and choose it again.");
  }
}

/** A file that was read: its head, and its rows with the line that each begins on. */
export type CsvTable = { head: string[]; rows: { line: number; cells: string[] }[] };

/** Reads a file with a head line; the separator is found out. Throws with what is wrong with the file. */
export async function parseCsv(text: string): Promise<CsvTable> {
  const { default: Papa } = await import("papaparse");
  const source = text.replace(/^\uFEFF/, "");
  const { data, errors } = Papa.parse<string[]>(source, { delimiter: separatorOf(source) });
  const broken = errors.find(({ type }) => type === "Quotes");
  if (broken !== undefined) {
    throw new Error(
      `Row ${(broken.row ?? 0) + 1} has a quotation mark that is not closed. Correct the file.`,
    );
  }
  const table: CsvTable = { head: [], rows: [] };
  let line = 1;
  for (const [index, raw] of data.entries()) {
    const cells = raw.map(unguardCell);
    if (index === 0) table.head = cells.map((cell) => cell.trim());
    else if (cells.some((cell) => cell.trim() !== "")) table.rows.push({ line, cells });
    line += 1 + raw.reduce((sum, cell) => sum + lineBreaks(cell), 0);
  }
  return table;
}

/** What separates most in the head, outside of quotation marks: spreadsheets of many countries write semicolons. */
function separatorOf(source: string): string {
  const [head = ""] = source.replace(/"(?:[^"]|"")*"/g, "").split(/[\r\n]/, 1);
  const count = (separator: string) => head.split(separator).length;
  return [",", ";", "\t"].reduce((best, each) => (count(each) > count(best) ? each : best));
}

const lineBreaks = (cell: string): number => cell.match(/\r\n|\r|\n/g)?.length ?? 0;

export const IMPORT_FIELDS = ["name", "email", "phone", "status", "notes"] as const;
export type ImportField = (typeof IMPORT_FIELDS)[number];
/** The column of each field; null: not in the file. */
export type Mapping = Record<ImportField, number | null>;

const KNOWN_AS: Record<ImportField, readonly string[]> = {
  name: ["name", "full name", "contact", "lead"],
  email: ["email", "e-mail", "email address", "mail"],
  phone: ["phone", "phone number", "mobile", "telephone", "tel"],
  status: ["status", "stage"],
  notes: ["notes", "note", "comment", "comments"],
};

/** The columns whose heads name a field. */
export function guessMapping(head: readonly string[]): Mapping {
  const find = (field: ImportField): number | null => {
    const index = head.findIndex((title) => KNOWN_AS[field].includes(title.toLowerCase()));
    return index === -1 ? null : index;
  };
  return {
    name: find("name"),
    email: find("email"),
    phone: find("phone"),
    status: find("status"),
    notes: find("notes"),
  };
}

/** What the columns are called: by their heads, and by their numbers where these do not tell them apart. */
export function columnLabels(head: readonly string[]): string[] {
  return head.map((title, index) => {
    if (title === "") return `Column ${index + 1}`;
    const isAlone = head.filter((other) => other === title).length === 1;
    return isAlone ? title : `${title} (column ${index + 1})`;
  });
}

/** The rows of the table as an import takes them. */
export function mappedRows({ rows }: CsvTable, mapping: Mapping) {
  return rows.map(({ line, cells }) => {
    const cell = (field: ImportField): string => {
      const column = mapping[field];
      return column === null ? "" : (cells[column] ?? "");
    };
    return {
      line,
      name: cell("name"),
      email: cell("email"),
      phone: cell("phone"),
      status: cell("status"),
      notes: cell("notes"),
    };
  });
}
