/**
 * Words of rows for a search's index, written with the row. Rows from before there were any get them by a backfill, from
 * the newest to the oldest of each table.
 */
import { searchWords } from "../../lib/search-text";
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import type { SearchedTable } from "../validators/search";

/** Rows that one run fills in; a message may have 3,300 different words, and an index has each three times. */
const PAGE = 20;
/** A backfill whose page is this old has lost its run. */
const STALE_MS = 60_000;

type State = Omit<Doc<"searchBackfill">, "_id" | "_creationTime">;

/** Of a visitor or a lead. */
export function personWords({ name = "", email = "" }: { name?: string; email?: string }): string {
  return searchWords(`${name} ${email}`);
}

/** Whether a run is needed: there are rows to fill in, and no run that goes on by itself. */
export async function isBackfillIdle({ db }: MutationCtx, now: number): Promise<boolean> {
  const state = await db.query("searchBackfill").first();
  return state === null || (state.table !== null && state.pageAt <= now - STALE_MS);
}

/** Fills in a page; whether there are more. */
export async function backfillPage(ctx: MutationCtx, now: number): Promise<boolean> {
  const state = await ctx.db.query("searchBackfill").first();
  const { table, cursor } = state ?? { table: "visitors" as const, cursor: null };
  if (table === null) return false;
  const { isDone, continueCursor } = await FILL[table](ctx, cursor);
  const at = isDone ? { table: NEXT[table], cursor: null } : { table, cursor: continueCursor };
  const next: State = { ...at, pageAt: now };
  if (state === null) await ctx.db.insert("searchBackfill", next);
  else await ctx.db.patch("searchBackfill", state._id, next);
  return next.table !== null;
}

const NEXT = { visitors: "leads", leads: "messages", messages: null } as const;

type Filled = { isDone: boolean; continueCursor: string };

const FILL: Record<SearchedTable, (ctx: MutationCtx, cursor: string | null) => Promise<Filled>> = {
  visitors: async ({ db }, cursor) => {
    const { page, ...end } = await db.query("visitors").order("desc").paginate({ numItems: PAGE, cursor });
    for (const row of page.filter(isEmpty)) {
      await db.patch("visitors", row._id, { searchWords: personWords(row) });
    }
    return end;
  },
  leads: async ({ db }, cursor) => {
    const { page, ...end } = await db.query("leads").order("desc").paginate({ numItems: PAGE, cursor });
    for (const row of page.filter(isEmpty)) {
      await db.patch("leads", row._id, { searchWords: personWords(row) });
    }
    return end;
  },
  messages: async ({ db }, cursor) => {
    const { page, ...end } = await db.query("messages").order("desc").paginate({ numItems: PAGE, cursor });
    for (const row of page.filter(isEmpty)) {
      await db.patch("messages", row._id, { searchWords: searchWords(row.body) });
    }
    return end;
  },
};

const isEmpty = (row: { searchWords?: string }): boolean => row.searchWords === undefined;
