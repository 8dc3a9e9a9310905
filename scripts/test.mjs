// npm test: installs what is missing, builds what is stale, runs every suite, and ends with one line that counts.
import "./support/node-version.mjs";

import("./support/test.mjs").then(({ test }) => test());
