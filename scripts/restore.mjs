// npm run restore -- <folder>: see docs/deploy.md.
import "./support/node-version.mjs";

Promise.all([
  import("./support/backup.mjs"),
  import("./support/run.mjs"),
  import("./support/settings.mjs"),
]).then(([{ restore }, { run }, { readSettings }]) =>
  run(() => restore(readSettings(process.env), process.argv[2])),
);
