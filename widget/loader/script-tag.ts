/** A script tag that loads the widget; without an id the page mounts widgets by `window.PraxTalk`. */
export type EmbedTag = {
  widgetId: string | null;
  scriptUrl: string;
  /** Only a script that the server puts nothing into needs it. */
  siteUrl: string | null;
};

/**
 * The tag that is running, or, where the browser cannot name it (a module, a tag manager), every tag of the page
 * that loads this script, which `selector` finds. None for a tag that the page took away before it ran.
 */
export function findEmbedTags(page: Document, selector: string): EmbedTag[] {
  const running = page.currentScript;
  const candidates = running ? [running] : [...page.querySelectorAll<HTMLScriptElement>(selector)];
  return candidates.filter((element) => element.isConnected).map(readTag);
}

function readTag(element: Element): EmbedTag {
  // data-workspace-id is the attribute's older name; pages that carry it keep working.
  const widgetId = element.getAttribute("data-widget-id") ?? element.getAttribute("data-workspace-id");
  return {
    widgetId: widgetId?.trim() || null,
    // Not asked for by its class: a page may have a class of that name.
    scriptUrl: (element as Partial<HTMLScriptElement>).src ?? "",
    siteUrl: element.getAttribute("data-site-url")?.trim().replace(/\/+$/, "") || null,
  };
}
