/** What a workspace and its brands have set about Atlas. */
import { ATLAS_BUDGET_DEFAULT, ATLAS_INSTRUCTIONS_MAX } from "../../lib/limits";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal } from "../errors";
import { canManageAtlas, canManageWorkspace } from "../logic/permissions";
import type { AtlasBrandSettings, AtlasModelRow } from "../validators/atlas";

const DEFAULTS: AtlasBrandSettings = { mode: "off", threshold: 0.7, instructions: "" };

/** Owners and admins set Atlas up, and what it knows; anyone else is refused. */
export function requireAtlasManager(operator: Doc<"operators">): void {
  if (!canManageAtlas(operator)) {
    throw refusal("FORBIDDEN", "Only owners and admins can set up Atlas. Ask one of them.");
  }
}

/** The model reads what visitors of every brand write, and the budget is spent by all of them. */
export function requireModelManager(operator: Doc<"operators">): void {
  if (!canManageWorkspace(operator)) {
    throw refusal(
      "FORBIDDEN",
      "Only owners and admins of all brands can set Atlas's model and budget. Ask one of them.",
    );
  }
}

async function findBrandRow(db: DatabaseReader, brandId: Id<"brands">): Promise<Doc<"atlasBrands"> | null> {
  return await db
    .query("atlasBrands")
    .withIndex("by_brand", (q) => q.eq("brandId", brandId))
    .unique();
}

export async function brandSettingsOf(
  db: DatabaseReader,
  brandId: Id<"brands">,
): Promise<AtlasBrandSettings> {
  const row = await findBrandRow(db, brandId);
  if (row === null) return DEFAULTS;
  const { mode, threshold, instructions } = row;
  return { mode, threshold, instructions };
}

export async function setBrandSettings(
  ctx: MutationCtx,
  brand: Doc<"brands">,
  change: Partial<AtlasBrandSettings>,
): Promise<void> {
  const next = { ...(await brandSettingsOf(ctx.db, brand._id)), ...change };
  if (!(next.threshold >= 0 && next.threshold <= 1)) {
    throw refusal("VALIDATION", "The threshold must be between 0 and 1.", { field: "threshold" });
  }
  if (next.instructions.length > ATLAS_INSTRUCTIONS_MAX) {
    const most = ATLAS_INSTRUCTIONS_MAX.toLocaleString("en-US");
    throw refusal("VALIDATION", `The instructions are too long: at most ${most} characters.`, {
      field: "instructions",
    });
  }
  const row = { workspaceId: brand.workspaceId, brandId: brand._id, ...next };
  const stored = await findBrandRow(ctx.db, brand._id);
  if (stored === null) await ctx.db.insert("atlasBrands", row);
  else await ctx.db.replace("atlasBrands", stored._id, row);
}

export async function findModel(
  db: DatabaseReader,
  workspaceId: Id<"workspaces">,
): Promise<Doc<"atlasModels"> | null> {
  return await db
    .query("atlasModels")
    .withIndex("by_workspace", (q) => q.eq("workspaceId", workspaceId))
    .unique();
}

/** Refuses to send the stored key to a host that it was not stored for: whoever sets the address may not know the key. */
export function requireSameHost(stored: Doc<"atlasModels"> | null, baseUrl: string): void {
  if (stored?.sealedApiKey === undefined) return;
  const { host } = new URL(stored.baseUrl);
  if (new URL(baseUrl).host === host) return;
  throw refusal("VALIDATION", `The stored key is for ${host}. Enter the key of the new address.`, {
    field: "apiKey",
  });
}

/** The name of the vectors that a model's endpoint makes, which compare with no others; null when it makes none. */
export function embeddingOf({
  protocol,
  baseUrl,
  embeddingModel,
}: Pick<Doc<"atlasModels">, "protocol" | "baseUrl" | "embeddingModel">): string | null {
  return protocol === "openai" && embeddingModel !== undefined ? `${baseUrl} ${embeddingModel}` : null;
}

export function toModelRow(row: Doc<"atlasModels">): AtlasModelRow {
  const { protocol, baseUrl, model, sealedApiKey, embeddingModel, inputPrice, outputPrice } = row;
  return {
    protocol,
    baseUrl,
    model,
    hasApiKey: sealedApiKey !== undefined,
    embeddingModel: embeddingModel ?? null,
    inputPrice: inputPrice ?? null,
    outputPrice: outputPrice ?? null,
  };
}

/** The calendar month of budgets, in UTC. */
export const monthOf = (now: number): string => new Date(now).toISOString().slice(0, 7);

async function findBudget(
  db: DatabaseReader,
  workspaceId: Id<"workspaces">,
): Promise<Doc<"atlasBudgets"> | null> {
  return await db
    .query("atlasBudgets")
    .withIndex("by_workspace", (q) => q.eq("workspaceId", workspaceId))
    .unique();
}

async function findUsage(
  db: DatabaseReader,
  workspaceId: Id<"workspaces">,
  month: string,
): Promise<Doc<"atlasUsage"> | null> {
  return await db
    .query("atlasUsage")
    .withIndex("by_workspace_and_month", (q) => q.eq("workspaceId", workspaceId).eq("month", month))
    .unique();
}

export type Usage = { month: string; usedTokens: number; monthlyTokens: number };

/** What the workspace may spend this month, and has. */
export async function usageOf(
  db: DatabaseReader,
  workspaceId: Id<"workspaces">,
  now: number,
): Promise<Usage> {
  const month = monthOf(now);
  const [budget, usage] = await Promise.all([findBudget(db, workspaceId), findUsage(db, workspaceId, month)]);
  return {
    month,
    usedTokens: usage?.tokens ?? 0,
    monthlyTokens: budget?.monthlyTokens ?? ATLAS_BUDGET_DEFAULT,
  };
}

export async function setBudget(
  ctx: MutationCtx,
  workspaceId: Id<"workspaces">,
  monthlyTokens: number,
): Promise<void> {
  if (!Number.isSafeInteger(monthlyTokens) || monthlyTokens < 0) {
    throw refusal("VALIDATION", "The budget must be a whole number of tokens, 0 or more.", {
      field: "monthlyTokens",
    });
  }
  const stored = await findBudget(ctx.db, workspaceId);
  if (stored === null) await ctx.db.insert("atlasBudgets", { workspaceId, monthlyTokens });
  else await ctx.db.patch("atlasBudgets", stored._id, { monthlyTokens });
}

/** Sets tokens of the month aside for a run; false when they are not left. */
export async function reserve(
  ctx: MutationCtx,
  workspaceId: Id<"workspaces">,
  tokens: number,
  now: number,
): Promise<boolean> {
  const { month, monthlyTokens } = await usageOf(ctx.db, workspaceId, now);
  const usage = await findUsage(ctx.db, workspaceId, month);
  const taken = (usage?.tokens ?? 0) + (usage?.reserved ?? 0);
  if (taken + tokens > monthlyTokens) return false;
  if (usage === null) {
    await ctx.db.insert("atlasUsage", { workspaceId, month, tokens: 0, reserved: tokens });
  } else await ctx.db.patch("atlasUsage", usage._id, { reserved: usage.reserved + tokens });
  return true;
}

/** What the run really took, in place of what was set aside for it in the month that it began in. */
export async function settle(
  ctx: MutationCtx,
  { workspaceId, createdAt, reservedTokens }: Doc<"atlasRuns">,
  tokens: number,
): Promise<void> {
  const usage = await findUsage(ctx.db, workspaceId, monthOf(createdAt));
  if (usage === null) return;
  await ctx.db.patch("atlasUsage", usage._id, {
    tokens: usage.tokens + tokens,
    reserved: Math.max(0, usage.reserved - reservedTokens),
  });
}
