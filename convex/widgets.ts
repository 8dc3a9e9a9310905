import { v } from "convex/values";
import { env } from "./_generated/server";
import { internalQuery, publicQuery } from "./functions";
import { findBrandByWidgetId } from "./model/brands";
import { widgetConfigOf } from "./model/widgets";
import { widgetConfig } from "./validators/widget";

/** The address that clients reach this deployment by. Convex sets it for every function. */
const convexUrl = (): string => env.CONVEX_CLOUD_URL;

/** How a widget looks; null for an unknown id. Public: the id is in the page's source. */
export const getConfigByWidgetId = publicQuery({
  args: { widgetId: v.string() },
  returns: v.union(widgetConfig, v.null()),
  handler: async (ctx, { widgetId }) => {
    const brand = await findBrandByWidgetId(ctx.db, widgetId);
    return brand === null ? null : await widgetConfigOf(ctx.db, brand, convexUrl());
  },
});

/** The same with the pages that may embed it, for the route that knows the page's origin. */
export const getForRoute = internalQuery({
  args: { widgetId: v.string() },
  returns: v.union(v.object({ config: widgetConfig, allowedOrigins: v.array(v.string()) }), v.null()),
  handler: async (ctx, { widgetId }) => {
    const brand = await findBrandByWidgetId(ctx.db, widgetId);
    if (brand === null) return null;
    const config = await widgetConfigOf(ctx.db, brand, convexUrl());
    return { config, allowedOrigins: brand.allowedOrigins };
  },
});
