/** The addresses of the pages that visitors write from. Pure. */
import { checkPageUrl } from "../../lib/validation";

/** A page address that cannot be stored (a file's, one too long) says nothing against what came with it: it is left out. */
export function storablePage(value: unknown): string | undefined {
  const checked = typeof value === "string" ? checkPageUrl(value) : null;
  return checked?.ok ? checked.value : undefined;
}
