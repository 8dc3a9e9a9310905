// @vitest-environment node
// Node, not the edge runtime: passwords are hashed by a "use node" module.
import { vi } from "vitest";
import { convexTestApp } from "../helpers/convex-test";
import { useVirtualTime } from "../helpers/virtual-time";
import { backendCases } from "./backend.cases";
import { ENVIRONMENT } from "./backend/backend";
import type { Backend } from "./backend/backend";

// A password's hash alone is a third of a second of a free processor.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

async function makeBackend(): Promise<Backend> {
  Object.assign(process.env, {
    CONVEX_CLOUD_URL: "http://convex.test",
    CONVEX_SITE_URL: "http://site.test",
    ...ENVIRONMENT,
  });
  useVirtualTime();
  const t = convexTestApp();
  // The cases name table and function by a type parameter, which convex-test's argument types cannot follow.
  const run = t as unknown as Pick<Backend, "query" | "mutation" | "action">;
  const runInternal = t as unknown as { action: Backend["runInternalAction"] };
  return {
    query: (f, args) => run.query(f, args),
    mutation: (f, args) => run.mutation(f, args),
    action: (f, args) => run.action(f, args),
    runInternalAction: (f, args) => runInternal.action(f, args),
    fetch: (path, init) => t.fetch(path, init),
    insert: (table, row) => t.run((ctx) => ctx.db.insert(table, row)),
    patch: (table, id, fields) => t.run((ctx) => ctx.db.patch(table, id, fields as never)),
    rows: (table) => t.run((ctx) => ctx.db.query(table).collect()),
    advance: async (ms) => {
      await vi.advanceTimersByTimeAsync(ms);
      await t.finishInProgressScheduledFunctions();
    },
    stop: async () => {
      vi.useRealTimers();
    },
  };
}

backendCases("on convex-test", makeBackend);
