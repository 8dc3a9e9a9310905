// npm start: installs and builds what is stale, starts everything, stays in front. Imports are dynamic, since an old
// Node has to get as far as the refusal of node-version.mjs.
import "./support/node-version.mjs";

import("./support/start.mjs").then(({ start }) => start());
