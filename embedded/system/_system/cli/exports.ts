import { queryTable, systemQuery } from "../../system-tables";

/** The newest export, whatever became of it; null if there was none. */
export const getLatest = systemQuery({
  args: {},
  handler: (ctx) => queryTable(ctx, "_exports").order("desc").first(),
});
