/** What an import will do, in the words that the CLI shows before it asks to go on. */
import { ImportError } from "./import-error";

export type ImportMode = "append" | "replace" | "replaceAll" | "requireEmpty";

export type TableChange = {
  component: string;
  table: string;
  added: number;
  deleted: number;
  existing: number;
  unit: "" | " files";
};

const NOTICE =
  "Once the import has started, it will run in the background.\nInterrupting `npx convex import` will not cancel it.";

export function summary(changes: readonly TableChange[]): string {
  const lines = changes.length === 0 ? [] : ["Import change summary:"];
  const sorted = [...changes].sort((a, b) => compare(a.component, b.component) || compare(a.table, b.table));
  for (const component of new Set(sorted.map((change) => change.component))) {
    if (component !== "") lines.push(`Component ${component}`);
    lines.push(...tableLines(sorted.filter((change) => change.component === component)));
  }
  return [...lines, NOTICE].join("\n");
}

export function separated(count: number): string {
  return count.toLocaleString("en-US");
}

/** Throws ImportError when the mode forbids the change. */
export function deletedBy(mode: ImportMode, table: string, existing: number): number {
  switch (mode) {
    case "append":
      return 0;
    case "replace":
    case "replaceAll":
      return existing;
    case "requireEmpty":
      if (existing === 0) return 0;
      throw new ImportError(
        `Table ${table} already exists. Please choose a new table name or use replace/append modes.`,
      );
  }
}

function tableLines(changes: readonly TableChange[]): string[] {
  const rows = [
    ["table", "create", "delete"],
    ...changes.map(({ table, added, deleted, existing, unit }) => [
      table,
      separated(added),
      `${separated(deleted)} of ${separated(existing)}${unit}`,
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const lines = rows.map(
    (row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`,
  );
  const rule = "-".repeat(widths.reduce((sum, width) => sum + width, 0) + 8);
  return [lines[0] ?? "", rule, ...lines.slice(1)];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
