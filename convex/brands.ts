import { v } from "convex/values";
import { keyQuery, operatorQuery } from "./functions";
import { findBrand, listBrands, listBrandsOfKey, toBrandRow } from "./model/brands";
import { brandRow } from "./validators";

/** The operator's brands, oldest first. */
export const listMine = operatorQuery({
  args: {},
  returns: v.array(brandRow),
  handler: async (ctx) => (await listBrands(ctx.db, ctx.operator)).map(toBrandRow),
});

/** One of the operator's brands; null for any other id. */
export const getById = operatorQuery({
  args: { brandId: v.string() },
  returns: v.union(brandRow, v.null()),
  handler: async (ctx, { brandId }) => {
    const brand = await findBrand(ctx.db, ctx.operator, brandId);
    return brand === null ? null : toBrandRow(brand);
  },
});

/** The brands that a program's key covers, oldest first. */
export const listForKey = keyQuery({
  args: {},
  returns: v.array(brandRow),
  handler: async (ctx) => (await listBrandsOfKey(ctx.db, ctx.key)).map(toBrandRow),
});
