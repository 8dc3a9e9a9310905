/**
 * Moves the focus along the search field and the results below it, from where it is, else from the open result, else from
 * the field; stays where there is nothing further.
 */
export function stepResult(field: HTMLElement | null, results: HTMLElement | null, step: 1 | -1): void {
  if (field === null || results === null) return;
  const stops = [field, ...results.querySelectorAll<HTMLElement>("a[data-result]")];
  const focused = stops.findIndex((stop) => stop === document.activeElement);
  const open = stops.findIndex((stop) => stop.getAttribute("aria-current") === "true");
  const from = focused !== -1 ? focused : Math.max(0, open);
  stops[from + step]?.focus();
}
