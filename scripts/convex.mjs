// npm run convex -- …: the official CLI for the instance that the environment names (see README.md).
import "./support/node-version.mjs";

Promise.all([import("node:child_process"), import("./support/cli.mjs"), import("./support/run.mjs")]).then(
  async ([{ spawn }, { cliEnvironment, cliFile, readCliEnv }, { Refusal, root, run }]) => {
    const { readSettings } = await import("./support/settings.mjs");
    await run(async () => {
      const settings = readSettings(process.env);
      const env = settings.external?.cliEnv ?? readCliEnv(settings.dataDir);
      if (env === null)
        throw new Refusal(`No instance has run in ${settings.dataDir} yet: start it with npm start.`);
      const child = spawn(process.execPath, [cliFile, ...process.argv.slice(2)], {
        cwd: root,
        env: cliEnvironment(env),
        stdio: "inherit",
      });
      for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
      return new Promise((resolve, reject) =>
        child.on("error", reject).on("exit", (code) => resolve(code ?? 1)),
      );
    });
  },
);
