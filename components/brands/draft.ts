import type { Brand } from "@/components/hooks/rows";
import * as check from "@/lib/widget-settings";
import type { BusinessHours, WidgetForm, WidgetSettings } from "@/lib/widget-settings";
import { createPalette } from "@/lib/palette";
import { checkName, type Checked } from "@/lib/validation";
import type { PreviewBrand } from "@/lib/widget-preview";

/** What the page edits of a brand, as it stands in the fields. */
export type BrandDraft = Pick<Brand, "name" | "primaryColor" | "welcomeMessage" | "position"> &
  Pick<WidgetSettings, "theme" | "locale" | "texts" | "sound" | "allowAttachments" | "askLocation"> & {
    form: WidgetForm;
    /** Empty: no picture. */
    avatarUrl: string;
    consentText: string;
    consentUrl: string;
    /** Null: always. */
    businessHours: BusinessHours | null;
    mailAnswers: boolean;
    /** One to a line; none: any page. */
    origins: string;
  };

export type BrandField = keyof BrandDraft;
/** What is wrong, by the field that says so. */
export type BrandErrors = Partial<Record<BrandField, string>>;

/** What `brands:getWidgetSettings` gives. */
type Settings = WidgetSettings & { allowedOrigins: string[] };

/** The brand as it is saved. */
export function draftOf(brand: Brand, settings: Settings): BrandDraft {
  const { name, primaryColor, welcomeMessage, position, avatarUrl = "" } = brand;
  const { form, theme, locale, texts, sound, allowAttachments, askLocation } = settings;
  const { consent, businessHours = null, mailAnswers = true, allowedOrigins } = settings;
  return {
    ...{ name, primaryColor, welcomeMessage, position, avatarUrl },
    ...{ form, theme, locale, texts, sound, allowAttachments, askLocation },
    consentText: consent?.text ?? "",
    consentUrl: consent?.url ?? "",
    businessHours,
    mailAnswers,
    origins: allowedOrigins.join("\n"),
  };
}

const linesOf = (text: string): string[] => text.split("\n").flatMap((line) => line.trim() || []);

/** The consent line is asked for when either of its halves is filled in. */
const hasConsent = ({ consentText, consentUrl }: BrandDraft): boolean =>
  consentText.trim() !== "" || consentUrl.trim() !== "";

const reasonOf = (checked: Checked<unknown>): string | undefined => (checked.ok ? undefined : checked.reason);

/** Checks all fields as the server will. */
export function errorsOf(draft: BrandDraft): BrandErrors {
  const { consentText: text, consentUrl: url, businessHours, avatarUrl } = draft;
  const consent = hasConsent(draft) ? reasonOf(check.checkConsent({ text, url })) : undefined;
  const errors: BrandErrors = {
    name: reasonOf(checkName(draft.name, "brand name")),
    primaryColor: reasonOf(check.checkColor(draft.primaryColor)),
    welcomeMessage: reasonOf(check.checkWelcome(draft.welcomeMessage)),
    avatarUrl: avatarUrl.trim() === "" ? undefined : reasonOf(check.checkLink(avatarUrl)),
    [text.trim() === "" ? "consentText" : "consentUrl"]: consent,
    texts: reasonOf(check.checkTexts(draft.texts)),
    businessHours: businessHours === null ? undefined : reasonOf(check.checkBusinessHours(businessHours)),
    origins: reasonOf(check.checkAllowedOrigins(linesOf(draft.origins))),
  };
  const found = Object.entries(errors).filter(([, reason]) => reason !== undefined);
  return Object.fromEntries(found);
}

/** The arguments of `brands:update` for what differs from what is saved. */
export function changeOf(saved: BrandDraft, edits: Partial<BrandDraft>) {
  const draft = { ...saved, ...edits };
  const { consentText, consentUrl, businessHours, origins, avatarUrl, ...plain } = edits;
  const touchesConsent = consentText !== undefined || consentUrl !== undefined;
  const consent = hasConsent(draft) ? { text: draft.consentText, url: draft.consentUrl } : null;
  return {
    ...plain,
    ...(avatarUrl !== undefined && { avatarUrl: avatarUrl.trim() === "" ? null : avatarUrl }),
    ...(touchesConsent && { consent }),
    ...(businessHours !== undefined && { businessHours }),
    ...(origins !== undefined && { allowedOrigins: linesOf(origins) }),
  };
}

/** Only those edits that differ from what is saved; undefined takes one back. */
export function realEdits(saved: BrandDraft, edits: Partial<BrandDraft>): Partial<BrandDraft> {
  const differing = Object.entries(edits).filter(
    ([field, value]) =>
      value !== undefined && JSON.stringify(value) !== JSON.stringify(saved[field as BrandField]),
  );
  return Object.fromEntries(differing);
}

/** What the preview draws. A colour that is being typed is drawn once it is one. */
export function previewOf(draft: BrandDraft, saved: BrandDraft): PreviewBrand {
  const { name, avatarUrl, consentText, consentUrl, businessHours, origins, ...rest } = draft;
  const typed = check.checkColor(draft.primaryColor);
  const primaryColor = typed.ok ? typed.value : saved.primaryColor;
  const link = check.checkLink(avatarUrl);
  return {
    ...rest,
    primaryColor,
    brandName: name.trim() === "" ? saved.name : name,
    avatarUrl: link.ok ? link.value : null,
    palette: { light: createPalette(primaryColor, "light"), dark: createPalette(primaryColor, "dark") },
    ...(hasConsent(draft) && { consent: { text: consentText, url: consentUrl } }),
    ...(businessHours !== null && { businessHours }),
  };
}

const EDITS = "praxtalk:brand:";

/** The part of Storage that is used; tests bring their own. */
type TextStore = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Edits that were left behind on this computer; what cannot be read counts as none. */
export function readEdits(store: TextStore, brandId: string): Partial<BrandDraft> {
  try {
    const value: unknown = JSON.parse(store.getItem(EDITS + brandId) ?? "{}");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

export function writeEdits(store: TextStore, brandId: string, edits: Partial<BrandDraft>): void {
  if (Object.keys(edits).length === 0) store.removeItem(EDITS + brandId);
  else store.setItem(EDITS + brandId, JSON.stringify(edits));
}
