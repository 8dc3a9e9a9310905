const FOCUSABLE = "button, input, select, textarea, a[href], [tabindex='0']";

/** Puts the focus where typing begins. */
export function focusFirst(panel: HTMLElement): void {
  const field = panel.querySelector<HTMLElement>("input, textarea");
  (field ?? panel).focus();
}

/** For a panel that covers the page: Tab goes round inside it. */
export function keepFocusInside(panel: HTMLElement, event: KeyboardEvent): void {
  const stops = [...panel.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(isReachable);
  const first = stops[0];
  const last = stops.at(-1);
  const current = (panel.getRootNode() as ShadowRoot).activeElement;
  const isLeaving = event.shiftKey ? current === first || current === panel : current === last;
  if (!isLeaving) return;
  event.preventDefault();
  (event.shiftKey ? last : first)?.focus();
}

function isReachable(element: HTMLElement): boolean {
  const isDisabled = element.matches(":disabled");
  return !isDisabled && element.getClientRects().length > 0;
}
