import { v } from "convex/values";
import { env } from "./_generated/server";
import { internalMutation, internalQuery, publicQuery } from "./functions";
import { findBrandByWidgetId } from "./model/brands";
import { findLogo as findLogoFile } from "./model/logos";
import * as sightings from "./model/sightings";
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

/** The same with the pages that may embed it, for the route that knows the page's origin; null: no page asks. */
export const getForRoute = internalQuery({
  args: { widgetId: v.string(), origin: v.union(v.string(), v.null()) },
  returns: v.union(
    v.object({
      config: widgetConfig,
      allowedOrigins: v.array(v.string()),
      sightingDueAt: v.number(), // when a sighting of the page may be written; the clock is the route's, answers are cached
    }),
    v.null(),
  ),
  handler: async (ctx, { widgetId, origin }) => {
    const brand = await findBrandByWidgetId(ctx.db, widgetId);
    if (brand === null) return null;
    const config = await widgetConfigOf(ctx.db, brand, convexUrl());
    const dueAt = origin === null ? 0 : await sightings.sightingDueAt(ctx.db, brand._id, origin);
    return { config, allowedOrigins: brand.allowedOrigins, sightingDueAt: dueAt };
  },
});

/** Notes that a page of the origin has asked for the widget. */
export const recordSighting = internalMutation({
  args: { widgetId: v.string(), origin: v.string() },
  returns: v.null(),
  handler: async (ctx, { widgetId, origin }) => {
    const brand = await findBrandByWidgetId(ctx.db, widgetId);
    if (brand !== null) await sightings.recordSighting(ctx, brand, origin, Date.now());
    return null;
  },
});

/** The file of a logo, for the route that shows it; null for any other id, that of another file too. */
export const findLogo = internalQuery({
  args: { fileId: v.string() },
  returns: v.union(v.id("_storage"), v.null()),
  handler: async (ctx, { fileId }) => await findLogoFile(ctx.db, fileId),
});
