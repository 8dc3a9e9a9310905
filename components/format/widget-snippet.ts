/** The script tag that puts a brand's widget on a page. */
export function widgetSnippet(webUrl: string, widgetId: string): string {
  return `<script src="${webUrl}/widget.js" data-widget-id="${widgetId}" defer></script>`;
}
