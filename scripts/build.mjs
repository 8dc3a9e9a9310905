// npm run build: builds what is stale, starts nothing.
import "./support/node-version.mjs";

Promise.all([
  import("./support/run.mjs"),
  import("./support/install.mjs"),
  import("./support/build.mjs"),
]).then(([{ run }, { ensureInstalled }, { ensureBuilt }]) =>
  run(async () => {
    await ensureInstalled();
    await ensureBuilt();
  }),
);
