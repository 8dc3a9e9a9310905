import type { PanelModule, WidgetConfig } from "../shared/types";

/** Replaced by the web server when it serves the file, since one build serves any host. */
const SITE_URL = "__PRAXTALK_SITE_URL__";

/** File name of the panel's bundle beside this script; the build puts it in. */
declare const PRAXTALK_PANEL_FILE: string;

export type ConfigResult =
  { ok: true; config: WidgetConfig; siteUrl: string } | { ok: false; reason: string };

/** The one request that a page with an unopened widget makes. */
export async function fetchConfig(widgetId: string, signal: AbortSignal): Promise<ConfigResult> {
  const url = `${SITE_URL}/widget/config?widgetId=${encodeURIComponent(widgetId)}`;
  try {
    const response = await fetch(url, { credentials: "omit", signal });
    // Read whatever the status: an answer that nobody reads stays open and counts as loading.
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok) return { ok: false, reason: `${SITE_URL} answered with status ${response.status}` };
    if (answer === null) return { ok: false, reason: `no widget has the id "${widgetId}"` };
    const config = parseConfig(answer);
    return config
      ? { ok: true, config, siteUrl: SITE_URL }
      : { ok: false, reason: `${SITE_URL} sent no config` };
  } catch {
    return { ok: false, reason: `${SITE_URL} cannot be reached from this page` };
  }
}

/**
 * Loads the panel's bundle from beside the loader. `attempt` counts failures: browsers may remember a failed
 * import, so each further try has its own address.
 */
export async function importPanel(scriptUrl: string, attempt: number): Promise<PanelModule> {
  const url = new URL(PRAXTALK_PANEL_FILE, scriptUrl);
  if (attempt > 0) url.searchParams.set("attempt", String(attempt));
  return (await import(url.href)) as PanelModule;
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
