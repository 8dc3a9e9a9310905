import { describe, expect, it } from "vitest";
import {
  columnLabels,
  decodeCsv,
  guardCell,
  guessMapping,
  mappedRows,
  parseCsv,
  toCsv,
  unguardCell,
} from "../../../../components/leads/lead-csv";

const FORMULAS = ["=1+2", "+44 20", "-1", "@SUM(A1)", "\t=1", "\r=1"];
const TEXTS = [...FORMULAS, ...FORMULAS.map((text) => `'${text}`), "''=x", "'", "''", "plain", "", "a=b"];

describe("cells of a file of leads", () => {
  it("begin like no formula, whatever they held", () => {
    for (const text of TEXTS) expect(guardCell(text)).not.toMatch(/^[=+\-@\t\r]/);
    expect(guardCell("=1+2")).toBe("'=1+2");
    expect(guardCell("plain")).toBe("plain");
  });

  it("come back as they were", () => {
    for (const text of TEXTS) expect(unguardCell(guardCell(text))).toBe(text);
  });

  it("that another program wrote keep an apostrophe that guards nothing", () => {
    expect(unguardCell("'tis")).toBe("'tis");
  });
});

describe("a file of leads", () => {
  it("is quoted where it must be, and ends its lines as the standard says", () => {
    expect(toCsv([["a", 'say "hi"', "x,y", "two\nlines"]])).toBe('a,"say ""hi""","x,y","two\nlines"\r\n');
    expect(toCsv([["a"]], { mark: true })).toBe("\uFEFFa\r\n");
  });

  it("is read as it was written, with the line that each row begins on", async () => {
    const rows = [["Name", "Notes"], ...TEXTS.map((text, index) => [`lead ${index}`, text])];
    rows.push(["two lines", 'first\n"second", third'], ["after", "x"]);
    const table = await parseCsv(toCsv(rows, { mark: true }));
    expect(table.head).toEqual(["Name", "Notes"]);
    expect(table.rows.map(({ cells }) => cells)).toEqual(rows.slice(1));
    const lineOf = (name: string) => table.rows.find(({ cells }) => cells[0] === name)?.line;
    // A carriage return within a cell ends a line for editors, too.
    const breaks = TEXTS.filter((text) => text.includes("\r")).length;
    expect(lineOf("two lines")).toBe(TEXTS.length + 2 + breaks);
    expect(lineOf("after")).toBe(TEXTS.length + 4 + breaks);
  });

  it("may be separated as spreadsheets of other countries do, and have empty lines", async () => {
    const { head, rows } = await parseCsv("Name;E-Mail\r\nMaya;maya@example.com\r\n\r\n;\r\nBo;\r\n");
    expect(head).toEqual(["Name", "E-Mail"]);
    expect(rows).toEqual([
      { line: 2, cells: ["Maya", "maya@example.com"] },
      { line: 5, cells: ["Bo", ""] },
    ]);
  });

  it("is read in UTF-8 or in UTF-16 with its mark, and refused in any other encoding", () => {
    const utf8 = new TextEncoder().encode("Zoë,東京");
    const utf16 = new Uint8Array(Buffer.from("\uFEFFZoë,東京", "utf16le"));
    const swapped = utf16.map((_, index) => utf16[index ^ 1] ?? 0);
    for (const bytes of [utf8, utf16, swapped]) expect(decodeCsv(bytes)).toBe("Zoë,東京");
    expect(() => decodeCsv(new Uint8Array(Buffer.from("Zoë", "latin1")))).toThrow("CSV UTF-8");
  });

  it("tells columns of the same name apart", () => {
    expect(columnLabels(["Name", "Email", "", "Email"])).toEqual([
      "Name",
      "Email (column 2)",
      "Column 3",
      "Email (column 4)",
    ]);
  });

  it("with a quotation mark that nothing closes is refused", async () => {
    await expect(parseCsv('Name,Notes\r\nMaya,"open\r\nBo,x\r\n')).rejects.toThrow("quotation mark");
  });

  it("finds its columns by their heads, in any case", () => {
    const mapping = guessMapping(["Phone number", "NAME", "Other", "E-mail"]);
    expect(mapping).toEqual({ name: 1, email: 3, phone: 0, status: null, notes: null });
    const table = { head: [], rows: [{ line: 2, cells: ["+44", "Maya"] }] };
    expect(mappedRows(table, mapping)).toEqual([
      { line: 2, name: "Maya", email: "", phone: "+44", status: "", notes: "" },
    ]);
  });
});
