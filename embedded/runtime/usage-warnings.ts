import type { TransactionUsage } from "../storage/types";

const WARN_FROM = 0.8;

const READ_ADVICE =
  " Consider using smaller limits in your queries, paginating your queries, or using indexed queries with a selective " +
  "index range expressions.";

type Warning = { name: keyof TransactionUsage; text: string; unit: string; advice: string };

const WARNINGS: readonly Warning[] = [
  { name: "databaseQueries", text: "Many reads", unit: "", advice: READ_ADVICE },
  { name: "documentsRead", text: "Many documents read", unit: "", advice: READ_ADVICE },
  { name: "bytesRead", text: "Many bytes read", unit: " bytes", advice: READ_ADVICE },
  { name: "documentsWritten", text: "Many writes", unit: "", advice: "" },
  { name: "bytesWritten", text: "Many bytes written", unit: " bytes", advice: "" },
  { name: "functionsScheduled", text: "Many functions scheduled", unit: "", advice: "" },
  {
    name: "scheduledFunctionArgsBytes",
    text: "Many bytes of arguments scheduled",
    unit: " bytes",
    advice: "",
  },
];

/** What to tell the developer of a function that came near a limit of its transaction. */
export function usageWarnings(
  metrics: Record<keyof TransactionUsage, { used: number; remaining: number }>,
): string[] {
  return WARNINGS.flatMap(({ name, text, unit, advice }) => {
    const { used, remaining } = metrics[name];
    const limit = used + remaining;
    if (used < limit * WARN_FROM) return [];
    return [
      `${text} in a single function execution (actual: ${used}${unit}, limit: ${limit}${unit}).${advice}`,
    ];
  });
}
