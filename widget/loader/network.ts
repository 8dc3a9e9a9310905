import type { Language } from "../shared/language";
import type { LanguageModule, LoadedPanel, PanelModule, WidgetConfig } from "../shared/types";
import type { Source } from "./source";

/** Replaced by the web server when it serves the file, since one build serves any host. */
const SITE_URL = "__PRAXTALK_SITE_URL__";

/** File names beside this script, which the build puts in: the panel's bundle, and the texts of each language. */
declare const PRAXTALK_PANEL_FILE: string;
declare const PRAXTALK_LANGUAGE_FILES: Partial<Record<Language, string>>;

export type ConfigResult = { ok: true; config: WidgetConfig } | { ok: false; reason: string };

/** The one request that a page with an unopened widget makes. */
export async function fetchConfig(
  siteUrl: string,
  widgetId: string,
  signal: AbortSignal,
): Promise<ConfigResult> {
  const url = `${siteUrl}/widget/config?widgetId=${encodeURIComponent(widgetId)}`;
  try {
    const response = await fetch(url, { credentials: "omit", signal });
    // Read whatever the status: an answer that nobody reads stays open and counts as loading.
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok) return { ok: false, reason: `${siteUrl} answered with status ${response.status}` };
    if (answer === null) return { ok: false, reason: `no widget has the id "${widgetId}"` };
    const config = parseConfig(answer);
    return config ? { ok: true, config } : { ok: false, reason: `${siteUrl} sent no config` };
  } catch {
    return { ok: false, reason: `${siteUrl} cannot be reached from this page` };
  }
}

/** What the build and the server have put into the script at `scriptUrl`. */
export const besideScript = (scriptUrl: string): Source => ({
  siteUrl: SITE_URL,
  loadPanel: (language, attempt) => importPanel(scriptUrl, language, attempt),
});

/**
 * Loads the panel's bundle and the visitor's language from beside the loader, together. `attempt` counts failures:
 * browsers may remember a failed import, so each further try has its own address.
 */
async function importPanel(scriptUrl: string, language: Language, attempt: number): Promise<LoadedPanel> {
  const load = async (file: string): Promise<unknown> => {
    const url = new URL(file, scriptUrl);
    if (attempt > 0) url.searchParams.set("attempt", String(attempt));
    return import(url.href);
  };
  const languageFile = PRAXTALK_LANGUAGE_FILES[language];
  const [panel, texts] = await Promise.all([
    load(PRAXTALK_PANEL_FILE) as Promise<PanelModule>,
    // Without its texts the panel speaks English: better than no chat.
    languageFile === undefined ? null : (load(languageFile) as Promise<LanguageModule>).catch(() => null),
  ]);
  return { mountPanel: panel.mountPanel, translation: texts?.default ?? {} };
}

/** What the server sends is taken as it is, but for what would be drawn wrongly where it is missing. */
function parseConfig(value: unknown): WidgetConfig | null {
  if (typeof value !== "object" || value === null) return null;
  const config = value as Partial<WidgetConfig>;
  const { brandName, convexUrl, palette, position, avatarUrl } = config;
  if (typeof brandName !== "string" || typeof convexUrl !== "string" || !palette) return null;
  return {
    ...(config as WidgetConfig),
    position: position === "bl" ? "bl" : "br",
    avatarUrl: typeof avatarUrl === "string" && /^https?:/i.test(avatarUrl) ? avatarUrl : null,
  };
}
