/** A script tag that embeds the widget. */
export type EmbedTag = { widgetId: string; scriptUrl: string };

/**
 * The tag that is running, or, where the browser cannot name it (a module, a tag manager), every tag of the page
 * that loads this script. A tag without an id is reported as null.
 */
export function findEmbedTags(page: Document): (EmbedTag | null)[] {
  const running = page.currentScript;
  const candidates = running
    ? [running]
    : [...page.querySelectorAll<HTMLScriptElement>('script[src*="/widget.js"]')];
  return candidates.map(readTag);
}

function readTag(element: Element): EmbedTag | null {
  // data-workspace-id is the attribute's older name; pages that carry it keep working.
  const widgetId = element.getAttribute("data-widget-id") ?? element.getAttribute("data-workspace-id");
  const scriptUrl = element instanceof HTMLScriptElement ? element.src : "";
  return widgetId?.trim() && scriptUrl ? { widgetId: widgetId.trim(), scriptUrl } : null;
}
