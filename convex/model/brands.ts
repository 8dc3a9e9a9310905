/** Brands: look-ups, and which of them an operator works for. */
import { BRANDS_MAX, BRAND_WAITING_MAX } from "../../lib/limits";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader } from "../_generated/server";
import { notFound, refusal } from "../errors";
import { canAccessBrand } from "../logic/permissions";
import type { BrandAccess, BrandRow } from "../validators";
import { avatarUrlOf } from "./logos";

export async function findBrandByWidgetId(
  db: DatabaseReader,
  widgetId: string,
): Promise<Doc<"brands"> | null> {
  return await db
    .query("brands")
    .withIndex("by_widget_id", (q) => q.eq("widgetId", widgetId))
    .unique();
}

/** The brand of the snippet that asks. */
export async function requireWidget(db: DatabaseReader, widgetId: string): Promise<Doc<"brands">> {
  const brand = await findBrandByWidgetId(db, widgetId);
  if (brand === null) throw refusal("NOT_FOUND", "There is no widget with this id. Copy the snippet again.");
  return brand;
}

/** The brand of this id if the operator may see it; null for a foreign, malformed or unknown id. */
export async function findBrand(
  db: DatabaseReader,
  operator: Doc<"operators">,
  brandId: string,
): Promise<Doc<"brands"> | null> {
  const id = db.normalizeId("brands", brandId);
  const brand = id === null ? null : await db.get("brands", id);
  if (brand === null || brand.workspaceId !== operator.workspaceId) return null;
  return canAccessBrand(operator, brand._id) ? brand : null;
}

/**
 * "all", or those brands of the operator; at least one, each once. `field` is the argument that a refusal names. Whether
 * the operator may say "all" is for the caller to judge.
 */
export async function requireBrands(
  db: DatabaseReader,
  operator: Doc<"operators">,
  brands: "all" | string[],
  field: string,
): Promise<BrandAccess> {
  if (brands === "all") return "all";
  if (brands.length === 0) throw refusal("VALIDATION", "Choose at least one brand.", { field });
  const found: Id<"brands">[] = [];
  for (const brandId of new Set(brands)) {
    const brand = await findBrand(db, operator, brandId);
    if (brand === null) throw notFound("brand");
    found.push(brand._id);
  }
  return found;
}

/** The same, or a refusal. */
export async function requireBrand(
  db: DatabaseReader,
  operator: Doc<"operators">,
  brandId: string,
): Promise<Doc<"brands">> {
  const brand = await findBrand(db, operator, brandId);
  if (brand === null) throw notFound("brand");
  return brand;
}

/** The operator's brands, oldest first. */
export async function listBrands(db: DatabaseReader, operator: Doc<"operators">): Promise<Doc<"brands">[]> {
  const brands = await db
    .query("brands")
    .withIndex("by_workspace", (q) => q.eq("workspaceId", operator.workspaceId))
    .take(BRANDS_MAX);
  return brands.filter((brand) => canAccessBrand(operator, brand._id));
}

/** The brand that something of the workspace goes to when nobody says which. */
export async function oldestBrand(
  db: DatabaseReader,
  workspaceId: Id<"workspaces">,
): Promise<Doc<"brands"> | null> {
  return await db
    .query("brands")
    .withIndex("by_workspace", (q) => q.eq("workspaceId", workspaceId))
    .first();
}

/** The brands that a key covers, oldest first. */
export async function listBrandsOfKey(db: DatabaseReader, key: Doc<"apiKeys">): Promise<Doc<"brands">[]> {
  if (key.brandId !== undefined) {
    const brand = await db.get("brands", key.brandId);
    return brand === null ? [] : [brand];
  }
  return await db
    .query("brands")
    .withIndex("by_workspace", (q) => q.eq("workspaceId", key.workspaceId))
    .take(BRANDS_MAX);
}

export function toBrandRow(brand: Doc<"brands">): BrandRow {
  const { _id, slug, name, widgetId, primaryColor, welcomeMessage, position, createdAt } = brand;
  const avatarUrl = avatarUrlOf(brand);
  return { _id, slug, name, widgetId, primaryColor, welcomeMessage, position, avatarUrl, createdAt };
}

/** Brands by id for the rows of a list: each is read once. */
export async function loadBrands(
  db: DatabaseReader,
  brandIds: Iterable<Id<"brands">>,
): Promise<Map<Id<"brands">, Doc<"brands">>> {
  const brands = await Promise.all([...new Set(brandIds)].map((id) => db.get("brands", id)));
  return new Map(brands.filter((brand) => brand !== null).map((brand) => [brand._id, brand]));
}

/** Conversations of the brand that wait for an answer, at most BRAND_WAITING_MAX of them. */
export async function countWaiting(db: DatabaseReader, brandId: Id<"brands">): Promise<number> {
  const waiting = await db
    .query("conversations")
    .withIndex("by_brand_and_status_and_waiting_since", (q) =>
      q.eq("brandId", brandId).eq("status", "open").gte("waitingSince", 0),
    )
    .take(BRAND_WAITING_MAX);
  return waiting.length;
}
