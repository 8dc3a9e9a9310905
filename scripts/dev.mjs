// npm run dev: the same app as npm start, with hot reload of convex/, app/, components/, widget/, server/ and embedded/.
import "./support/node-version.mjs";

import("./support/dev.mjs").then(({ dev }) => dev());
