/** What an operator has made of a draft. Pure. */
import type { AtlasDraftUse } from "../../validators/atlas";
import { terms, words } from "./terms";

/** An answer that keeps a smaller share of the draft's terms is another one. */
const KEPT_MIN = 0.25;

/** How the answer that was sent came of the draft. White space and marks make no difference. */
export function draftUseOf(draft: string, sent: string): AtlasDraftUse {
  if (words(draft).join(" ") === words(sent).join(" ")) return "as_it_was";
  const drafted = terms(draft);
  if (drafted.length === 0) return "replaced";
  const kept = new Set(terms(sent));
  const share = drafted.filter((term) => kept.has(term)).length / drafted.length;
  return share < KEPT_MIN ? "replaced" : "changed";
}
