import { besideScript } from "./network";
import { findEmbedTags } from "./script-tag";
import { startWidgets } from "./start";

startWidgets(
  findEmbedTags(document, 'script[src*="/widget.js"]'),
  // The panel's bundle is found by the script's address, so a script without one can mount nothing.
  ({ scriptUrl }) => (scriptUrl ? besideScript(scriptUrl) : null),
  "data-widget-id",
);
