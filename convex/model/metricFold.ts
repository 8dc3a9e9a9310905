/** Folds samples into the sums of their day. A sample is deleted by the transaction that adds it: it counts once. */
import { DAY, QUARTER } from "../logic/zonedDays";
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import type { MetricCell } from "../validators/metrics";
import { ensureCounted } from "./metrics";

/** Samples that one run folds. */
const FOLD_PAGE = 500;
/** Older conversations that one run counts. */
const BACKFILL_PAGE = 50;
/** The run reads no further than this many milliseconds before now: it never meets a change that adds a sample. */
const SETTLED_MS = 1_000;
/** Cells of one row; more go into another row of the same day. An array holds 8,192. */
const CELLS_MAX = 4_000;

type Sample = Doc<"metricSamples">;

/** Folds a page of the oldest samples; whether there may be more. */
export async function foldSamples(ctx: MutationCtx, now: number): Promise<boolean> {
  const samples = await ctx.db
    .query("metricSamples")
    .withIndex("by_creation_time", (q) => q.lt("_creationTime", now - SETTLED_MS))
    .take(FOLD_PAGE);
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { brandId, channel, operatorId, at } = sample;
    const key = JSON.stringify([brandId, channel, operatorId ?? null, Math.floor(at / DAY)]);
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  for (const group of groups.values()) await foldGroup(ctx, group);
  for (const { _id } of samples) await ctx.db.delete("metricSamples", _id);
  return samples.length === FOLD_PAGE;
}

/** Adds samples of one day, brand, channel and operator to the newest row of these. */
async function foldGroup(ctx: MutationCtx, group: Sample[]): Promise<void> {
  const [first] = group;
  if (first === undefined) return;
  const { workspaceId, brandId, channel, operatorId } = first;
  const day = Math.floor(first.at / DAY);
  const row = await ctx.db
    .query("metricDays")
    .withIndex("by_brand_and_day", (q) =>
      q.eq("brandId", brandId).eq("day", day).eq("channel", channel).eq("operatorId", operatorId),
    )
    .order("desc")
    .first();
  const open = row !== null && row.cells.length < CELLS_MAX ? row : null;
  const cells = new Map((open?.cells ?? []).map((cell) => [cellKey(cell), { ...cell }]));
  for (const { at, metric, bucket } of group) {
    const cell = { slot: Math.floor((at % DAY) / QUARTER), metric, bucket, count: 1 };
    const known = cells.get(cellKey(cell));
    if (known === undefined) cells.set(cellKey(cell), cell);
    else known.count += 1;
  }
  const summed = { cells: [...cells.values()] };
  if (open !== null) await ctx.db.patch("metricDays", open._id, summed);
  else await ctx.db.insert("metricDays", { workspaceId, brandId, channel, operatorId, day, ...summed });
}

const cellKey = ({ slot, metric, bucket }: MetricCell): string => `${slot} ${metric} ${bucket}`;

/** Counts a page of the conversations that were there before the counting; whether there are more. */
export async function backfillPage(ctx: MutationCtx): Promise<boolean> {
  const state = await ctx.db.query("metricBackfill").first();
  if (state?.isDone === true) return false;
  const { page, isDone, continueCursor } = await ctx.db
    .query("conversations")
    .paginate({ numItems: BACKFILL_PAGE, cursor: state?.cursor ?? null });
  for (const conversation of page) await ensureCounted(ctx, conversation);
  const next = { cursor: continueCursor, isDone };
  if (state === null) await ctx.db.insert("metricBackfill", next);
  else await ctx.db.patch("metricBackfill", state._id, next);
  return !isDone;
}
