import { v } from "convex/values";
import { notFound } from "./errors";
import { keyQuery, operatorMutation, operatorQuery } from "./functions";
import { recordAudit } from "./model/audit";
import { findBrand, listBrands, listBrandsOfKey, toBrandRow } from "./model/brands";
import { requireBrandManager, updateBrand, widgetSettingsOf } from "./model/widgets";
import { brandRow, widgetPosition } from "./validators";
import { widgetSettings, widgetSettingsChange } from "./validators/widget";

/** The operator's brands, oldest first. */
export const listMine = operatorQuery({
  agents: "read",
  args: {},
  returns: v.array(brandRow),
  handler: async (ctx) => (await listBrands(ctx.db, ctx.operator)).map(toBrandRow),
});

/** One of the operator's brands; null for any other id. */
export const getById = operatorQuery({
  agents: "read",
  args: { brandId: v.string() },
  returns: v.union(brandRow, v.null()),
  handler: async (ctx, { brandId }) => {
    const brand = await findBrand(ctx.db, ctx.operator, brandId);
    return brand === null ? null : toBrandRow(brand);
  },
});

/** What an owner or admin has set about the brand's widget, and the pages that may embed it. */
export const getWidgetSettings = operatorQuery({
  args: { brandId: v.string() },
  returns: v.object({ allowedOrigins: v.array(v.string()), ...widgetSettings.fields }),
  handler: async (ctx, { brandId }) => {
    requireBrandManager(ctx.operator);
    const brand = await findBrand(ctx.db, ctx.operator, brandId);
    if (brand === null) throw notFound("brand");
    return { allowedOrigins: brand.allowedOrigins, ...(await widgetSettingsOf(ctx.db, brand._id)) };
  },
});

/** Changes the brand and its widget, by an owner or admin: what is absent stays, null removes. */
export const update = operatorMutation({
  args: {
    brandId: v.string(),
    name: v.optional(v.string()),
    primaryColor: v.optional(v.string()), // #rrggbb
    welcomeMessage: v.optional(v.string()),
    position: v.optional(widgetPosition),
    avatarUrl: v.optional(v.union(v.string(), v.null())),
    allowedOrigins: v.optional(v.array(v.string())), // none: any page
    ...widgetSettingsChange.fields,
  },
  returns: v.null(),
  handler: async (ctx, args) => {
    const { brandId, name, primaryColor, welcomeMessage, position, avatarUrl, allowedOrigins, ...widget } =
      args;
    requireBrandManager(ctx.operator);
    const brand = await findBrand(ctx.db, ctx.operator, brandId);
    if (brand === null) throw notFound("brand");
    const change = { name, primaryColor, welcomeMessage, position, avatarUrl, allowedOrigins };
    await updateBrand(ctx, brand, change, widget);
    const changed = Object.entries({ ...change, ...widget }).flatMap(([field, value]) =>
      value === undefined ? [] : [field],
    );
    if (changed.length === 0) return null;
    await recordAudit(
      ctx,
      ctx.operator,
      { action: "brand.updated", target: brand.name, details: changed.join(", "), brandId: brand._id },
      Date.now(),
    );
    return null;
  },
});

/** The brands that a program's key covers, oldest first. */
export const listForKey = keyQuery({
  args: {},
  returns: v.array(brandRow),
  handler: async (ctx) => (await listBrandsOfKey(ctx.db, ctx.key)).map(toBrandRow),
});
