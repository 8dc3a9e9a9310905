// npm run screenshots: starts the demo in a folder that is thrown away, and writes the pictures of docs/ from it.
import "./support/node-version.mjs";

Promise.all([import("./support/run.mjs"), import("./support/screenshots.mjs")]).then(
  ([{ run }, { takeScreenshots }]) => run(takeScreenshots),
);
