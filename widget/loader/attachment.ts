/** A page that takes the host away so often, so fast, does it on purpose. */
const MAX_RETURNS = 20;
const CALM_MS = 1_000;

/**
 * Puts the host at the end of the body and keeps it there: a navigation inside the page may replace the body or all
 * that is in it. Ends with `signal`, and takes the host away.
 */
export function keepInBody(host: HTMLElement, widgetId: string, signal: AbortSignal): void {
  let returns = 0;
  let lastReturn = 0;
  const observer = new MutationObserver(() => {
    if (host.parentNode === document.body) return;
    const now = performance.now();
    returns = now - lastReturn < CALM_MS ? returns + 1 : 0;
    lastReturn = now;
    if (returns < MAX_RETURNS) attach();
    else observer.disconnect();
  });
  function attach(): void {
    // A page restored from a copy of its nodes has the host without what was in it.
    for (const copy of document.querySelectorAll("praxtalk-widget")) {
      if (!copy.shadowRoot && copy.getAttribute("data-widget-id") === widgetId) copy.remove();
    }
    document.body?.append(host);
    observer.disconnect();
    observer.observe(document.documentElement, { childList: true });
    if (document.body) observer.observe(document.body, { childList: true });
  }
  signal.addEventListener("abort", () => {
    observer.disconnect();
    host.remove();
  });
  attach();
}
