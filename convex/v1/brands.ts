/** Brands for agent software. Arguments and rows of v1 only ever gain fields. */
import { v } from "convex/values";
import { operatorQuery } from "../functions";
import { listBrands, toBrandRow } from "../model/brands";
import { toBrand } from "../rest/rows";
import { brandShape } from "./shapes";

/** The brands that the token covers, oldest first. */
export const list = operatorQuery({
  agents: "read",
  args: {},
  returns: v.array(brandShape),
  handler: async (ctx) => (await listBrands(ctx.db, ctx.operator)).map((brand) => toBrand(toBrandRow(brand))),
});
