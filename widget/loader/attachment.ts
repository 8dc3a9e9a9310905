/** A page that takes the host away so often, so fast, does it on purpose. */
const MAX_RETURNS = 20;
const CALM_MS = 1_000;

/** Heard by the host itself alone. */
const PROBE = "praxtalk-probe";

/**
 * Puts the host at the end of the body and keeps it there: a navigation inside the page may replace the body, all that
 * is in it, or the whole document. Ends with `signal`, and takes the host away. A page that writes its document anew
 * (`document.open`) also ends every listener of the nodes that it had: then `onDeaf` is called instead.
 */
export function keepInBody(
  host: HTMLElement,
  widgetId: string,
  signal: AbortSignal,
  onDeaf: () => void,
): void {
  let returns = 0;
  let lastReturn = 0;
  let isHeard = false;
  host.addEventListener(PROBE, () => (isHeard = true));
  const observer = new MutationObserver(() => {
    if (host.parentNode === document.body) return;
    isHeard = false;
    host.dispatchEvent(new Event(PROBE));
    if (!isHeard) {
      onDeaf();
      return;
    }
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
    for (const parent of [document, document.documentElement, document.body]) {
      // Each may be missing while a document is being written.
      if (parent as Node | null) observer.observe(parent, { childList: true });
    }
  }
  signal.addEventListener("abort", () => {
    observer.disconnect();
    host.remove();
  });
  attach();
}
