import { v } from "convex/values";
import { internal } from "./_generated/api";
import type { Id } from "./_generated/dataModel";
import {
  internalOperatorMutation,
  internalOperatorQuery,
  keyQuery,
  operatorMutation,
  operatorQuery,
  publicAction,
} from "./functions";
import { IDENTITY_SECRET_BYTES, formatIdentitySecret, identitySecretPreview } from "./logic/identityToken";
import { WIDGET_ID_BYTES, formatWidgetId } from "./logic/tokens";
import { recordAudit } from "./model/audit";
import * as brandLife from "./model/brandLife";
import {
  countWaiting,
  findBrand,
  listBrands,
  listBrandsOfKey,
  requireBrand,
  toBrandRow,
} from "./model/brands";
import * as identities from "./model/identities";
import { checkedLogoType, setLogo } from "./model/logos";
import { sealFresh } from "./model/secretKeys";
import { listSightings } from "./model/sightings";
import { requireBrandManager, requireManagedBrand, updateBrand, widgetSettingsOf } from "./model/widgets";
import { brandRow, widgetPosition } from "./validators";
import { brandActivity, sighting } from "./validators/brands";
import { identityMode, identitySettings } from "./validators/identity";
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

/** Where the brand's widget was seen last, and how many conversations wait. Live; a query for each brand, so that news of one moves no other. */
export const getActivity = operatorQuery({
  args: { brandId: v.string() },
  returns: brandActivity,
  handler: async (ctx, { brandId }) => {
    const brand = await requireBrand(ctx.db, ctx.operator, brandId);
    const [sightings, waiting] = await Promise.all([
      listSightings(ctx.db, brand, 1),
      countWaiting(ctx.db, brand._id),
    ]);
    return { lastSeen: sightings[0] ?? null, waiting };
  },
});

/** The pages that asked for the brand's widget, newest first. */
export const listWidgetSightings = operatorQuery({
  args: { brandId: v.string() },
  returns: v.array(sighting),
  handler: async (ctx, { brandId }) =>
    await listSightings(ctx.db, await requireBrand(ctx.db, ctx.operator, brandId)),
});

const newBrand = {
  name: v.string(),
  primaryColor: v.optional(v.string()), // #rrggbb
  welcomeMessage: v.optional(v.string()),
  position: v.optional(widgetPosition),
};

const madeBrand = v.object({ brandId: v.id("brands"), widgetId: v.string() });

/** A further brand of the workspace, by an owner or admin of all brands. */
export const create = publicAction({
  args: { sessionToken: v.string(), ...newBrand },
  returns: madeBrand,
  handler: async (ctx, args): Promise<{ brandId: Id<"brands">; widgetId: string }> => {
    const widgetId = formatWidgetId(crypto.getRandomValues(new Uint8Array(WIDGET_ID_BYTES)));
    const brandId = await ctx.runMutation(internal.brands.insert, { ...args, widgetId });
    return { brandId, widgetId };
  },
});

/** The transaction behind a new brand. */
export const insert = internalOperatorMutation({
  args: { ...newBrand, widgetId: v.string() },
  returns: v.id("brands"),
  handler: async (ctx, { widgetId, ...input }) => {
    requireBrandManager(ctx.operator);
    brandLife.requireAllBrands(ctx.operator);
    const now = Date.now();
    const { brandId, name } = await brandLife.createBrand(ctx, ctx.operator, input, widgetId, now);
    await recordAudit(ctx, ctx.operator, { action: "brand.created", target: name, brandId }, now);
    return brandId;
  },
});

/** Takes a brand out of the workspace for good, by an owner; one that somebody has written to stays. */
export const remove = operatorMutation({
  args: { brandId: v.string() },
  returns: v.null(),
  handler: async (ctx, { brandId }) => {
    brandLife.requireBrandRemover(ctx.operator);
    const brand = await requireBrand(ctx.db, ctx.operator, brandId);
    await brandLife.removeBrand(ctx, brand);
    await recordAudit(ctx, ctx.operator, { action: "brand.removed", target: brand.name }, Date.now());
    return null;
  },
});

/** Stores a picture as the brand's logo, by an owner or admin: PNG, JPEG, WebP or GIF, at most LOGO_MAX bytes. */
export const uploadLogo = publicAction({
  args: { sessionToken: v.string(), brandId: v.string(), file: v.bytes() },
  returns: v.null(),
  handler: async (ctx, { file, ...args }): Promise<null> => {
    await ctx.runQuery(internal.brands.admitLogo, args);
    const type = checkedLogoType(file);
    const logoId = await ctx.storage.store(new Blob([file], { type }));
    try {
      await ctx.runMutation(internal.brands.replaceLogo, { ...args, logoId });
    } catch (error) {
      await ctx.storage.delete(logoId);
      throw error;
    }
    return null;
  },
});

/** Refuses whoever may not change the brand, before anything is stored. */
export const admitLogo = internalOperatorQuery({
  args: { brandId: v.string() },
  returns: v.null(),
  handler: async (ctx, { brandId }) => {
    await requireManagedBrand(ctx.db, ctx.operator, brandId);
    return null;
  },
});

/** The transaction behind a new logo. */
export const replaceLogo = internalOperatorMutation({
  args: { brandId: v.string(), logoId: v.id("_storage") },
  returns: v.null(),
  handler: async (ctx, { brandId, logoId }) => {
    const brand = await requireManagedBrand(ctx.db, ctx.operator, brandId);
    await setLogo(ctx, brand, logoId);
    const entry = {
      action: "brand.updated",
      target: brand.name,
      details: "logo",
      brandId: brand._id,
    } as const;
    await recordAudit(ctx, ctx.operator, entry, Date.now());
    return null;
  },
});

/** What an owner or admin has set about the brand's widget, and the pages that may embed it. */
export const getWidgetSettings = operatorQuery({
  args: { brandId: v.string() },
  returns: v.object({ allowedOrigins: v.array(v.string()), ...widgetSettings.fields }),
  handler: async (ctx, { brandId }) => {
    const brand = await requireManagedBrand(ctx.db, ctx.operator, brandId);
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
    const brand = await requireManagedBrand(ctx.db, ctx.operator, brandId);
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

/** How visitors prove to this brand who they are, for an owner or admin. */
export const getIdentity = operatorQuery({
  args: { brandId: v.string() },
  returns: identitySettings,
  handler: async (ctx, { brandId }) => {
    const brand = await requireManagedBrand(ctx.db, ctx.operator, brandId);
    return await identities.identitySettingsOf(ctx.db, brand._id);
  },
});

/** Who may write, by an owner or admin: "optional" and "required" need a secret. */
export const setIdentityMode = operatorMutation({
  args: { brandId: v.string(), mode: identityMode },
  returns: v.null(),
  handler: async (ctx, { brandId, mode }) => {
    const brand = await requireManagedBrand(ctx.db, ctx.operator, brandId);
    if (!(await identities.setIdentityMode(ctx, brand, mode))) return null;
    const entry = { action: "brand.identity_mode_changed", target: brand.name, details: mode } as const;
    await recordAudit(ctx, ctx.operator, { ...entry, brandId: brand._id }, Date.now());
    return null;
  },
});

/**
 * The brand's first secret, or a new one beside it, by an owner or admin. The site signs identities with the whole text:
 * nothing shows it again.
 */
export const rotateIdentitySecret = publicAction({
  args: { sessionToken: v.string(), brandId: v.string() },
  returns: v.object({ secret: v.string() }),
  handler: async (ctx, args): Promise<{ secret: string }> => {
    const brandId = await ctx.runQuery(internal.identity.managedBrand, args);
    const secret = formatIdentitySecret(crypto.getRandomValues(new Uint8Array(IDENTITY_SECRET_BYTES)));
    const sealedSecret = await sealFresh(secret, brandId, "Signed identities");
    const sealed = { sealedSecret, secretPreview: identitySecretPreview(secret) };
    await ctx.runMutation(internal.identity.storeSecret, { ...args, ...sealed });
    return { secret };
  },
});

/** Ends the secret before the current one now, by an owner or admin: the site signs with the current one. */
export const endIdentityRotation = operatorMutation({
  args: { brandId: v.string() },
  returns: v.null(),
  handler: async (ctx, { brandId }) => {
    const brand = await requireManagedBrand(ctx.db, ctx.operator, brandId);
    await identities.endIdentityRotation(ctx, brand._id);
    return null;
  },
});

/** The brands that a program's key covers, oldest first. */
export const listForKey = keyQuery({
  args: {},
  returns: v.array(brandRow),
  handler: async (ctx) => (await listBrandsOfKey(ctx.db, ctx.key)).map(toBrandRow),
});
