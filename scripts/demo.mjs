// npm run demo: npm start with a data folder of its own, and a workspace in it with months of made-up conversations.
import "./support/node-version.mjs";

process.env.PRAXTALK_DATA_DIR ||= ".praxtalk-demo";

Promise.all([import("./support/start.mjs"), import("./support/demo.mjs")]).then(([{ start }, { fillDemo }]) =>
  start({ onReady: fillDemo }),
);
