import { installPageApi } from "./page-api";
import { registry } from "./registry";
import type { EmbedTag } from "./script-tag";
import type { Source } from "./source";
import { mountWidget, warn } from "./widget";

/** Mounts a widget per tag and installs the page's API. `required` names the attributes that a tag cannot go without. */
export function startWidgets(
  tags: readonly EmbedTag[],
  sourceOf: (tag: EmbedTag) => Source | null,
  required: string,
): void {
  let first: Source | null = null;
  for (const tag of tags) {
    const source = sourceOf(tag);
    first ??= source;
    if (source && tag.widgetId) mountWidget(tag.widgetId, source);
  }
  const source = first;
  if (source) installPageApi((widgetId) => mountWidget(widgetId, source));
  // A tag that the page took away before it ran is no mistake; one that the script cannot find may be in a shadow tree.
  const isMissing = tags.length > 0 || document.currentScript === null;
  if (isMissing && registry().size === 0)
    warn(`no script tag with ${required} was found in the page, so nothing is shown`);
}
