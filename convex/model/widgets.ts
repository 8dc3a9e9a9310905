/** The widget's view of a brand, and what the brand has set about it. */
import { launcherTexts } from "../../lib/launcher-texts";
import { createPalette } from "../../lib/palette";
import { checkName } from "../../lib/validation";
import * as settings from "../../lib/widget-settings";
import type { WidgetForm, WidgetSettings } from "../../lib/widget-settings";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal, valid } from "../errors";
import { canManageBrands } from "../logic/permissions";
import type { VisitorProfile } from "../validators";
import type { WidgetConfig, WidgetSettingsChange } from "../validators/widget";
import { avatarUrlOf, dropLogo } from "./logos";
import { requireBrand } from "./brands";
import { identityModeOf } from "./identities";

const findSettings = (db: DatabaseReader, brandId: Id<"brands">) =>
  db
    .query("widgetSettings")
    .withIndex("by_brand", (q) => q.eq("brandId", brandId))
    .unique();

/** The brand's settings, with the defaults of those that nobody has set. */
export async function widgetSettingsOf(db: DatabaseReader, brandId: Id<"brands">): Promise<WidgetSettings> {
  const row = await findSettings(db, brandId);
  if (row === null) return settings.DEFAULT_WIDGET_SETTINGS;
  const { _id, _creationTime, workspaceId, brandId: of, ...set } = row;
  return set;
}

/** `convexUrl` is the deployment's own address, which it knows at run time. */
export async function widgetConfigOf(
  db: DatabaseReader,
  brand: Doc<"brands">,
  convexUrl: string,
): Promise<WidgetConfig> {
  const { name, primaryColor, welcomeMessage, position } = brand;
  const palette = {
    light: createPalette(primaryColor, "light"),
    dark: createPalette(primaryColor, "dark"),
  };
  const { mailAnswers, ...set } = await widgetSettingsOf(db, brand._id);
  return {
    brandName: name,
    primaryColor,
    palette,
    welcomeMessage,
    position,
    avatarUrl: avatarUrlOf(brand),
    convexUrl,
    launcherTexts: launcherTexts(set),
    isIdentityRequired: (await identityModeOf(db, brand._id)) === "required",
    ...set,
  };
}

/** What the form must hold to start: a field that is known of the visitor already may be left out. */
export function formFor(form: WidgetForm, known: VisitorProfile): WidgetForm {
  const need = (field: keyof WidgetForm) =>
    form[field] === "required" && known[field] !== undefined ? "optional" : form[field];
  return { name: need("name"), email: need("email"), phone: need("phone") };
}

export function requireBrandManager(operator: Doc<"operators">): void {
  if (canManageBrands(operator)) return;
  throw refusal("FORBIDDEN", "Only an owner or admin can change a brand. Ask one of them.");
}

/** The brand of this id for an owner or admin who may see it. */
export async function requireManagedBrand(
  db: DatabaseReader,
  operator: Doc<"operators">,
  brandId: string,
): Promise<Doc<"brands">> {
  requireBrandManager(operator);
  return await requireBrand(db, operator, brandId);
}

/** Changes of a brand's own fields, as they were typed: what is absent stays. */
export type BrandChange = Partial<
  Pick<Doc<"brands">, "name" | "primaryColor" | "welcomeMessage" | "position" | "allowedOrigins">
> & { avatarUrl?: string | null };

/** Checks all of it first: a refused change changes nothing. */
export async function updateBrand(
  ctx: MutationCtx,
  brand: Doc<"brands">,
  change: BrandChange,
  widget: WidgetSettingsChange,
): Promise<void> {
  const fields = checkedBrand(change);
  const changed = { ...(await widgetSettingsOf(ctx.db, brand._id)), ...checkedSettings(widget) };
  if (Object.keys(fields).length > 0) await ctx.db.patch("brands", brand._id, fields);
  if (change.avatarUrl !== undefined) await dropLogo(ctx, brand);
  if (Object.keys(widget).length === 0) return;
  const row = { workspaceId: brand.workspaceId, brandId: brand._id, ...changed };
  const stored = await findSettings(ctx.db, brand._id);
  if (stored === null) await ctx.db.insert("widgetSettings", row);
  else await ctx.db.replace("widgetSettings", stored._id, row);
}

/** Only the fields that are to change; undefined removes one. */
export function checkedBrand(change: BrandChange): Partial<Doc<"brands">> {
  const { name, primaryColor, welcomeMessage, avatarUrl, allowedOrigins, position } = change;
  return {
    ...(name !== undefined && { name: valid("name", checkName(name, "brand name")) }),
    ...(primaryColor !== undefined && {
      primaryColor: valid("primaryColor", settings.checkColor(primaryColor)),
    }),
    ...(welcomeMessage !== undefined && {
      welcomeMessage: valid("welcomeMessage", settings.checkWelcome(welcomeMessage)),
    }),
    ...(position !== undefined && { position }),
    ...(avatarUrl !== undefined && {
      avatarUrl: avatarUrl === null ? undefined : valid("avatarUrl", settings.checkLink(avatarUrl)),
    }),
    ...(allowedOrigins !== undefined && {
      allowedOrigins: valid("allowedOrigins", settings.checkAllowedOrigins(allowedOrigins)),
    }),
  };
}

function checkedSettings(change: WidgetSettingsChange): Partial<WidgetSettings> {
  const { consent, texts, businessHours, ...others } = change;
  return {
    ...others,
    ...(consent !== undefined && {
      consent: consent === null ? undefined : valid("consent", settings.checkConsent(consent)),
    }),
    ...(texts !== undefined && { texts: valid("texts", settings.checkTexts(texts)) }),
    ...(businessHours !== undefined && {
      businessHours:
        businessHours === null
          ? undefined
          : valid("businessHours", settings.checkBusinessHours(businessHours)),
    }),
  };
}
