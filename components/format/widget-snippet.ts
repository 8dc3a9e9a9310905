/** What `/widget/integrity.json` tells: the one file of a release, its hash, and where its widget finds the site. */
export type WidgetRelease = { path: string; integrity: string; siteUrl: string };

/** The script tag that puts a brand's widget on a page. */
export function widgetSnippet(webUrl: string, widgetId: string): string {
  return `<script src="${webUrl}/widget.js" data-widget-id="${widgetId}" defer></script>`;
}

/** The same for one release alone, which the browser runs only if its file is the one that the tag states. */
export function fixedWidgetSnippet(webUrl: string, widgetId: string, release: WidgetRelease): string {
  const { path, integrity, siteUrl } = release;
  const file = `src="${webUrl}${path}" integrity="${integrity}" crossorigin="anonymous"`;
  return `<script ${file} data-site-url="${siteUrl}" data-widget-id="${widgetId}" defer></script>`;
}
