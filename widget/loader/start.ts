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
  if (tags.length > 0 && registry().size === 0)
    warn(`the script tag has no ${required}, so nothing is shown`);
}
