/** How brands come and go. */
import { AGENT_TOKENS_MAX, API_KEYS_MAX, BRANDS_MAX, OPERATORS_MAX, WEBHOOKS_MAX } from "../../lib/limits";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal } from "../errors";
import { canRemoveBrands } from "../logic/permissions";
import type { BrandAccess } from "../validators";
import { slugFromName } from "../logic/slug";
import { forgetSightings } from "./sightings";
import { checkedBrand } from "./widgets";

const PRIMARY_COLOR = "#0b6077";
const WELCOME_MESSAGE = "Hi! How can we help?";

export type NewBrand = Pick<Doc<"brands">, "workspaceId" | "slug" | "name" | "widgetId"> &
  Partial<Pick<Doc<"brands">, "primaryColor" | "welcomeMessage" | "position">>;

/** The slug must be free in the workspace. */
export async function insertBrand(ctx: MutationCtx, brand: NewBrand, now: number): Promise<Id<"brands">> {
  return await ctx.db.insert("brands", {
    primaryColor: PRIMARY_COLOR,
    welcomeMessage: WELCOME_MESSAGE,
    position: "br",
    ...brand,
    allowedOrigins: [],
    createdAt: now,
  });
}

/** Somebody who works for some brands only would not see the one that they make. */
export function requireAllBrands(operator: Doc<"operators">): void {
  if (operator.brandAccess === "all") return;
  throw refusal(
    "FORBIDDEN",
    "You work for some brands only. Ask an owner, or an admin of all brands, to add one.",
  );
}

/** What somebody typed for a new brand; only the name is needed. */
export type BrandInput = { name: string } & Partial<
  Pick<Doc<"brands">, "primaryColor" | "welcomeMessage" | "position">
>;

/** A further brand of the workspace. */
export async function createBrand(
  ctx: MutationCtx,
  { workspaceId }: Doc<"operators">,
  input: BrandInput,
  widgetId: string,
  now: number,
): Promise<{ brandId: Id<"brands">; name: string }> {
  const checked = checkedBrand(input);
  const name = checked.name ?? input.name;
  const existing = await ctx.db
    .query("brands")
    .withIndex("by_workspace", (q) => q.eq("workspaceId", workspaceId))
    .take(BRANDS_MAX);
  if (existing.length >= BRANDS_MAX) {
    throw refusal(
      "CONFLICT",
      `A workspace has at most ${BRANDS_MAX} brands. Remove one that has no conversation.`,
    );
  }
  const slug = freeSlug(existing, name, widgetId);
  const brandId = await insertBrand(ctx, { workspaceId, slug, widgetId, ...checked, name }, now);
  return { brandId, name };
}

/** The slug of the name; when another brand has it, with the random part of the new widget id behind it. */
function freeSlug(existing: readonly Doc<"brands">[], name: string, widgetId: string): string {
  const slug = slugFromName(name, "brand");
  return existing.some((brand) => brand.slug === slug) ? `${slug}-${widgetId.replace("ws_", "")}` : slug;
}

export function requireBrandRemover(operator: Doc<"operators">): void {
  if (canRemoveBrands(operator)) return;
  throw refusal("FORBIDDEN", "Only an owner can remove a brand. Ask one.");
}

/** Removes a brand that nobody has written to and that nothing hangs on, with what it has set. */
export async function removeBrand(ctx: MutationCtx, brand: Doc<"brands">): Promise<void> {
  const obstacle = await findObstacle(ctx.db, brand);
  if (obstacle !== null) throw refusal("CONFLICT", obstacle);
  const [settings, identity, atlas] = await Promise.all([
    ctx.db
      .query("widgetSettings")
      .withIndex("by_brand", (q) => q.eq("brandId", brand._id))
      .unique(),
    ctx.db
      .query("brandIdentities")
      .withIndex("by_brand", (q) => q.eq("brandId", brand._id))
      .unique(),
    ctx.db
      .query("atlasBrands")
      .withIndex("by_brand", (q) => q.eq("brandId", brand._id))
      .unique(),
  ]);
  if (settings !== null) await ctx.db.delete("widgetSettings", settings._id);
  if (identity !== null) await ctx.db.delete("brandIdentities", identity._id);
  if (atlas !== null) await ctx.db.delete("atlasBrands", atlas._id);
  await forgetSightings(ctx, brand._id);
  await forgetAccess(ctx, brand);
  if (brand.logoId !== undefined) await ctx.storage.delete(brand.logoId);
  await ctx.db.delete("brands", brand._id);
}

/** Nobody works for a brand that is gone: its id would keep admins of all others from who still has it. */
async function forgetAccess(ctx: MutationCtx, { _id, workspaceId }: Doc<"brands">): Promise<void> {
  const without = (access: BrandAccess): BrandAccess | null =>
    access !== "all" && access.includes(_id) ? access.filter((brandId) => brandId !== _id) : null;
  const operators = await ctx.db
    .query("operators")
    .withIndex("by_workspace", (q) => q.eq("workspaceId", workspaceId))
    .take(OPERATORS_MAX);
  for (const operator of operators) {
    const brandAccess = without(operator.brandAccess);
    if (brandAccess !== null) await ctx.db.patch("operators", operator._id, { brandAccess });
  }
  const invites = await ctx.db
    .query("invites")
    .withIndex("by_workspace_and_email", (q) => q.eq("workspaceId", workspaceId))
    .take(OPERATORS_MAX);
  for (const invite of invites) {
    const brandAccess = without(invite.brandAccess);
    if (brandAccess !== null) await ctx.db.patch("invites", invite._id, { brandAccess });
  }
  const tokens = await ctx.db
    .query("sessions")
    .withIndex("by_workspace_and_scope", (q) => q.eq("workspaceId", workspaceId).eq("scope", "agent"))
    .take(AGENT_TOKENS_MAX);
  for (const token of tokens) {
    const brands = token.scope === "agent" ? without(token.brands) : null;
    if (brands !== null) await ctx.db.patch("sessions", token._id, { brands });
  }
}

/** Why the brand must stay, and what to do; null when it may go. */
async function findObstacle(db: DatabaseReader, brand: Doc<"brands">): Promise<string | null> {
  const { _id, workspaceId } = brand;
  const brands = await db
    .query("brands")
    .withIndex("by_workspace", (q) => q.eq("workspaceId", workspaceId))
    .take(2);
  if (brands.length < 2)
    return "A workspace keeps at least one brand. Add another before you remove this one.";
  const conversation = await db
    .query("conversations")
    .withIndex("by_brand_and_status_and_last_message_at", (q) => q.eq("brandId", _id))
    .first();
  if (conversation !== null) {
    return "This brand has conversations, which would lose their place. Take its snippet off your pages instead: then nobody can begin a new one.";
  }
  const lead = await db
    .query("leads")
    .withIndex("by_brand_and_updated_at", (q) => q.eq("brandId", _id))
    .first();
  if (lead !== null) return "This brand has leads. Delete them first.";
  return (await findDependence(db, brand)) ?? (await findDoor(db, brand));
}

/** What people have written for this brand alone. */
async function findDependence(
  db: DatabaseReader,
  { _id, workspaceId }: Doc<"brands">,
): Promise<string | null> {
  const [reply, source, question] = await Promise.all([
    db
      .query("savedReplies")
      .withIndex("by_workspace_and_brand_and_shortcut", (q) =>
        q.eq("workspaceId", workspaceId).eq("brandId", _id),
      )
      .first(),
    db
      .query("knowledgeSources")
      .withIndex("by_brand", (q) => q.eq("brandId", _id))
      .first(),
    db
      .query("atlasQuestions")
      .withIndex("by_brand", (q) => q.eq("brandId", _id))
      .first(),
  ]);
  if (reply !== null) return "This brand has saved replies of its own. Delete them first.";
  return source === null && question === null
    ? null
    : "Atlas has knowledge or questions of this brand. Delete them first.";
}

/** A program's way in or out for this brand alone. */
async function findDoor(db: DatabaseReader, { _id, workspaceId }: Doc<"brands">): Promise<string | null> {
  const keys = await db
    .query("apiKeys")
    .withIndex("by_workspace_and_revoked_at", (q) =>
      q.eq("workspaceId", workspaceId).eq("revokedAt", undefined),
    )
    .take(API_KEYS_MAX);
  const key = keys.find(({ brandId }) => brandId === _id);
  if (key !== undefined) return `The API key "${key.name}" is for this brand alone. Revoke it first.`;
  const endpoints = await db
    .query("webhookSubscriptions")
    .withIndex("by_workspace_and_deleted_at", (q) =>
      q.eq("workspaceId", workspaceId).eq("deletedAt", undefined),
    )
    .take(WEBHOOKS_MAX);
  return endpoints.some(({ brandId }) => brandId === _id)
    ? "A webhook endpoint is for this brand alone. Delete it first."
    : null;
}
