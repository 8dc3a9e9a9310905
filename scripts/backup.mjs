// npm run backup -- <folder>: see docs/deploy.md.
import "./support/node-version.mjs";

Promise.all([
  import("./support/backup.mjs"),
  import("./support/run.mjs"),
  import("./support/settings.mjs"),
]).then(([{ backup }, { run }, { readSettings }]) =>
  run(() => backup(readSettings(process.env), process.argv[2])),
);
