import type { LauncherTexts } from "../../lib/launcher-texts";
import type { Palette } from "../../lib/palette";
import type { WidgetSettings } from "../../lib/widget-settings";
import type { IdentityEventDetail, MessageEventDetail, Prefill } from "../api";
import type { Language } from "./language";

/**
 * What a brand's widget looks like and does, and where its backend is. Public: it holds no workspace or brand id.
 * The settings have come from the server as they are: what lib/widget-settings.ts says of each holds.
 */
export type WidgetConfig = WidgetSettings & {
  brandName: string;
  /** `#rrggbb` */
  primaryColor: string;
  /** Made from `primaryColor` by the server. */
  palette: { light: Palette; dark: Palette };
  welcomeMessage: string;
  /** Bottom right or bottom left, whatever the page's writing direction. */
  position: "br" | "bl";
  avatarUrl: string | null;
  convexUrl: string;
  /** Nobody may write but whom the page signs in. */
  isIdentityRequired: boolean;
  /** By language, of those that `locale` allows. */
  launcherTexts: Readonly<Partial<Record<Language, LauncherTexts>>>;
};

/**
 * What the loader hands to the panel's bundle. A page that has been open across releases hands what an older loader knew to
 * the panel of the current one (server/widget-files.ts): what is added here is optional, and the
 * launcher's CSS variables, which the panel draws with, keep their names.
 */
export type PanelHost = {
  widgetId: string;
  /** Origin of the HTTP routes, no trailing slash. */
  siteUrl: string;
  config: WidgetConfig;
  language: Language;
  /** The panel's texts in that language; empty for English. */
  translation: Readonly<Record<string, string>>;
  shadowRoot: ShadowRoot;
  /** Element inside the shadow root that carries the palette; the panel draws here. */
  container: HTMLElement;
  /** What the page has given before the panel was there. */
  prefill: Prefill;
  identityToken: string | null | undefined;
  /** As JSON. */
  pageData: string | null;
  /** `description` says in words how many there are. */
  onUnreadChange: (count: number, description: string) => void;
  onMessage: (message: MessageEventDetail) => void;
  onIdentity: (detail: IdentityEventDetail) => void;
  /** The visitor asked to close from inside the panel. */
  onCloseRequest: () => void;
};

export type Panel = {
  open: () => void;
  close: () => void;
  prefill: (values: Prefill) => void;
  identify: (token: string | null) => void;
  /** The page's data as JSON. */
  setPageData: (data: string) => void;
  /** Ends every connection, timer and listener of the panel; its nodes go with the host. */
  destroy: () => void;
};

/** The one export of the panel's bundle. */
export type PanelModule = { mountPanel: (host: PanelHost) => Panel };

/** A language's texts by their keys. */
export type LanguageModule = { default: Readonly<Record<string, string>> };

export type LoadedPanel = PanelModule & Pick<PanelHost, "translation">;
