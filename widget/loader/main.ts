import { installPageApi } from "./page-api";
import { registry } from "./registry";
import { findEmbedTags } from "./script-tag";
import { mountWidget, warn } from "./widget";

const tags = findEmbedTags(document);
for (const { widgetId, scriptUrl } of tags) if (widgetId) mountWidget(widgetId, scriptUrl);
const scriptUrl = tags[0]?.scriptUrl;
// The panel's bundle is found by the script's address, so a script without one can mount nothing.
if (scriptUrl) installPageApi((widgetId) => mountWidget(widgetId, scriptUrl));
if (tags.length > 0 && registry().size === 0) {
  warn("the script tag has no data-widget-id, so nothing is shown");
}
