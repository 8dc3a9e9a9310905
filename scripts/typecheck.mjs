// npm run typecheck
import "./support/node-version.mjs";

Promise.all([import("./support/run.mjs"), import("./support/typecheck.mjs")]).then(
  ([{ run }, { typecheck }]) => run(async () => ((await typecheck()) > 0 ? 1 : 0)),
);
