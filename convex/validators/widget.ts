/** What a brand sets about its widget, and what the widget gets of it. */
import { v } from "convex/values";
import type { Infer } from "convex/values";
import { widgetPosition } from "../validators";

const fieldMode = v.union(v.literal("off"), v.literal("optional"), v.literal("required"));

/** Which fields the form asks for before the first message. */
export const widgetForm = v.object({ name: fieldMode, email: fieldMode, phone: fieldMode });

export const consent = v.object({ text: v.string(), url: v.string() });

const dayHours = v.object({ open: v.string(), close: v.string() }); // HH:MM

export const businessHours = v.object({
  timezone: v.string(), // IANA name
  days: v.array(v.union(dayHours, v.null())), // seven, from Monday on; null: closed
});

export const widgetSettings = v.object({
  form: widgetForm,
  consent: v.optional(consent),
  theme: v.union(v.literal("auto"), v.literal("light"), v.literal("dark")),
  locale: v.union(
    v.literal("auto"), // the visitor's
    v.literal("en"),
    v.literal("de"),
    v.literal("fr"),
    v.literal("es"),
    v.literal("pt"),
    v.literal("hi"),
    v.literal("ar"),
  ),
  texts: v.record(v.string(), v.string()), // of the widget, replaced by their keys
  businessHours: v.optional(businessHours), // absent: always
  sound: v.boolean(),
  allowAttachments: v.boolean(),
  askLocation: v.boolean(),
  mailAnswers: v.optional(v.boolean()), // absent: yes
});

/** Changes of the settings: what is absent stays, null removes. */
export const widgetSettingsChange = v.object({
  ...widgetSettings.partial().fields,
  consent: v.optional(v.union(consent, v.null())),
  businessHours: v.optional(v.union(businessHours, v.null())),
});
export type WidgetSettingsChange = Infer<typeof widgetSettingsChange>;

/** Every colour that the widget draws with, as #rrggbb. */
const palette = v.object({
  brand: v.string(),
  onBrand: v.string(),
  brandEdge: v.string(),
  ink: v.string(),
  panel: v.string(),
  bubble: v.string(),
  line: v.string(),
  control: v.string(),
  text: v.string(),
  secondText: v.string(),
  bad: v.string(),
  badSurface: v.string(),
});

/** What the widget needs to draw itself; no ids of workspace or brand. */
export const widgetConfig = v.object({
  brandName: v.string(),
  primaryColor: v.string(),
  palette: v.object({ light: palette, dark: palette }), // made from primaryColor
  welcomeMessage: v.string(),
  position: widgetPosition,
  avatarUrl: v.optional(v.string()),
  convexUrl: v.string(), // address of the deployment, for the websocket
  launcherTexts: v.record(v.string(), v.object({ openChat: v.string(), loadFailed: v.string() })), // by language
  isIdentityRequired: v.boolean(), // nobody may write but whom the page signs in
  ...widgetSettings.fields,
});
export type WidgetConfig = Infer<typeof widgetConfig>;
