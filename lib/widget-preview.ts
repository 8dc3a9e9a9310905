/** What the dashboard and the module that draws the widget's preview say to each other. */
import type { Palette } from "./palette";
import type { WidgetSettings } from "./widget-settings";

/** Served beside the widget's own files, from the same code. */
export const WIDGET_PREVIEW_PATH = "/widget-preview.js";

/** The closed widget, the form before the first message, or a conversation. */
export type PreviewScene = "closed" | "form" | "chat";

/** A brand as it is set on the page, saved or not. */
export type PreviewBrand = WidgetSettings & {
  brandName: string;
  primaryColor: string;
  palette: { light: Palette; dark: Palette };
  welcomeMessage: string;
  position: "br" | "bl";
  avatarUrl: string | null;
};

export type WidgetPreview = {
  draw: (brand: PreviewBrand, scene: PreviewScene) => void;
  destroy: () => void;
};

export type PreviewModule = {
  /** Draws into `frame`, which must be what its fixed descendants are placed by. Nothing in it can be operated. */
  createPreview: (frame: HTMLElement) => WidgetPreview;
  /** The widget's own words by their keys, in the language that visitors of this browser would get. */
  textsIn: (locale: WidgetSettings["locale"]) => Readonly<Record<string, string>>;
};
