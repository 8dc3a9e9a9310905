// npm run build: builds what is stale, starts nothing, and prints what each page makes a browser load.
import "./support/node-version.mjs";

Promise.all([
  import("./support/run.mjs"),
  import("./support/install.mjs"),
  import("./support/build.mjs"),
  import("./support/route-sizes.mjs"),
]).then(([{ run }, { ensureInstalled }, { ensureBuilt }, { reportRoutes }]) =>
  run(async () => {
    await ensureInstalled();
    await ensureBuilt();
    return reportRoutes() ? 0 : 1;
  }),
);
