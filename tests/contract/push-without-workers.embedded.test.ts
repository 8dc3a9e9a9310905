/** A push whose workers cannot start: refused, and what was deployed serves on. */
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ConvexHttpClient } from "convex/browser";
import { expect, test } from "vitest";
import { embeddedBuild, query, ready, spawnEmbedded } from "../helpers/embedded";

/** A bundled module of one query, which answers with its version. */
const moduleOf = (version: string) => `
const get = Object.assign(() => undefined, {
  isConvexFunction: true,
  isQuery: true,
  isPublic: true,
  exportArgs: () => '{"type":"any"}',
  exportReturns: () => "null",
  invokeQuery: async () => '"${version}"',
});
export { get };
`;

test("a push whose workers cannot start is refused, and what was deployed serves on", async () => {
  const build = `${await embeddedBuild()}-own`;
  cpSync(await embeddedBuild(), build, { recursive: true });
  const worker = path.join(build, "function-worker.js");
  const dataDir = mkdtempSync(path.join(tmpdir(), "praxtalk-workers-"));
  const env = { HOST: "127.0.0.1", CONVEX_PORT: "0", CONVEX_SITE_PORT: "0", PRAXTALK_DATA_DIR: dataDir };
  const running = spawnEmbedded(build, env);
  try {
    const { convex: url } = await ready(running);
    const adminKey = readFileSync(path.join(dataDir, "admin.key"), "utf8").trim();
    const post = async (step: string, body: object): Promise<{ ok: boolean; answer: unknown }> => {
      const response = await fetch(`${url}/api/deploy2/${step}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ adminKey, dryRun: false, ...body }),
      });
      return { ok: response.ok, answer: await response.json() };
    };
    const start = async (version: string) => {
      const startPush = await post("start_push", startBody(version));
      expect(startPush).toMatchObject({ ok: true });
      return { startPush: startPush.answer };
    };
    const served = () => new ConvexHttpClient(url, { logger: false }).query(query("app:get"), {});

    expect(await post("finish_push", await start("one"))).toMatchObject({ ok: true });
    expect(await served()).toBe("one");
    const second = await start("two");
    renameSync(worker, `${worker}.away`);
    expect(await post("finish_push", second)).toMatchObject({ ok: false });
    expect(await served()).toBe("one");
    renameSync(`${worker}.away`, worker);
    expect(await post("finish_push", second)).toMatchObject({ ok: true });
    expect(await served()).toBe("two");
  } finally {
    running.child.kill("SIGTERM");
    await running.exited;
    for (const dir of [build, dataDir]) rmSync(dir, { recursive: true, force: true });
  }
}, 60_000);

function startBody(version: string): object {
  return {
    functions: "convex/",
    appDefinition: {
      definition: null,
      dependencies: [],
      schema: null,
      changedModules: [{ path: "app.js", source: moduleOf(version), environment: "isolate" }],
      unchangedModuleHashes: [],
      udfServerVersion: "1.48.0",
    },
    componentDefinitions: [],
    nodeDependencies: [],
  };
}
