/** Where widgets were seen: the page of each request for a widget's config, refused ones too. */
import { WIDGET_SIGHTINGS_MAX, WIDGET_SIGHTING_MS } from "../../lib/limits";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { originAllowed } from "../logic/origins";
import type { Sighting } from "../validators/brands";

/** Newest first. */
const sightingsOf = (db: DatabaseReader, brandId: Id<"brands">, limit = WIDGET_SIGHTINGS_MAX) =>
  db
    .query("widgetSightings")
    .withIndex("by_brand_and_seen_at", (q) => q.eq("brandId", brandId))
    .order("desc")
    .take(limit);

async function findSighting(
  db: DatabaseReader,
  brandId: Id<"brands">,
  origin: string,
): Promise<Doc<"widgetSightings"> | null> {
  return await db
    .query("widgetSightings")
    .withIndex("by_brand_and_origin", (q) => q.eq("brandId", brandId).eq("origin", origin))
    .unique();
}

/** The row that a sighting of the origin takes: its own, else the oldest of a brand that has no room; null: a new one. */
async function rowToTake(
  db: DatabaseReader,
  brandId: Id<"brands">,
  origin: string,
): Promise<Doc<"widgetSightings"> | null> {
  const own = await findSighting(db, brandId, origin);
  if (own !== null) return own;
  const others = await sightingsOf(db, brandId);
  return others.length < WIDGET_SIGHTINGS_MAX ? null : (others.at(-1) ?? null);
}

/** From when on a sighting of the origin may be written. Made-up origins do not come in faster than that either. */
export async function sightingDueAt(
  db: DatabaseReader,
  brandId: Id<"brands">,
  origin: string,
): Promise<number> {
  const row = await rowToTake(db, brandId, origin);
  return row === null ? 0 : row.seenAt + WIDGET_SIGHTING_MS;
}

export async function recordSighting(
  ctx: MutationCtx,
  { _id: brandId, workspaceId }: Doc<"brands">,
  origin: string,
  now: number,
): Promise<void> {
  const row = await rowToTake(ctx.db, brandId, origin);
  if (row === null) {
    await ctx.db.insert("widgetSightings", { workspaceId, brandId, origin, seenAt: now });
  } else if (now >= row.seenAt + WIDGET_SIGHTING_MS) {
    await ctx.db.patch("widgetSightings", row._id, { origin, seenAt: now });
  }
}

/** Newest first, each with whether the page may have the widget as the brand is set now. */
export async function listSightings(
  db: DatabaseReader,
  { _id, allowedOrigins }: Doc<"brands">,
  limit?: number,
): Promise<Sighting[]> {
  const rows = await sightingsOf(db, _id, limit);
  return rows.map(({ origin, seenAt }) => ({
    origin,
    seenAt,
    isAllowed: originAllowed(allowedOrigins, origin),
  }));
}

export async function forgetSightings(ctx: MutationCtx, brandId: Id<"brands">): Promise<void> {
  for (const { _id } of await sightingsOf(ctx.db, brandId)) await ctx.db.delete("widgetSightings", _id);
}
