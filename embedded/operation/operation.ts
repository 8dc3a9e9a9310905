/** Health and metrics of one deployment, put together from its parts. */
import { stat, statfs } from "node:fs/promises";
import path from "node:path";
import type { Committer } from "../engine/committer";
import type { HttpAnswer, Route } from "../http/api";
import type { HttpListeners } from "../http/server";
import type { Functions } from "../runtime/functions";
import type { ExecutionRecord } from "../runtime/types";
import type { Scheduler } from "../scheduler/scheduler";
import type { LiveQueries } from "../sync/live-queries";
import type { FileRemoval } from "../scheduler/file-removal";
import type { Store } from "../storage/store";
import { Backup } from "./backup";
import { Health } from "./health";
import { Metrics, type CommitGroupReport } from "./metrics";
import { operationRoutes } from "./routes";

export type OperationOptions = {
  dataDir: string;
  store: Store;
  fileRemoval: FileRemoval;
  committer: Committer;
  functions: Functions;
  liveQueries: LiveQueries;
};

/** A system function that reads nothing. */
const PROBE = "_system/frontend/components.js:list";

export class Operation {
  readonly routes: Route[];
  readonly #o: OperationOptions;
  readonly #metrics: Metrics;
  /** Known once they have started. */
  #http: HttpListeners | null = null;
  #scheduler: Scheduler | null = null;

  constructor(options: OperationOptions) {
    this.#o = options;
    const { committer, functions, liveQueries } = options;
    this.#metrics = new Metrics({
      queryCache: () => liveQueries.stats,
      threads: () => Object.entries(functions.load ?? {}).map(([kind, load]) => ({ kind, ...load })),
      connections: async () => (await this.#http?.connections()) ?? { api: 0, site: 0, websockets: 0 },
      commitQueue: () => committer.pending,
      schedulerLagMs: () => this.#scheduler?.lagMs() ?? 0,
      disk: () => this.#disk(),
    });
    const health = new Health({
      commit: () => committer.probe(),
      runFunction: () => this.#probeFunction(),
      freeDisk: async () => (await this.#disk()).free,
    });
    this.routes = operationRoutes(health, this.#metrics, new Backup(options));
    functions.onExecution((record) => this.#metrics.ran(record, this.#isKnown(record)));
  }

  started(http: HttpListeners, scheduler: Scheduler): void {
    this.#http = http;
    this.#scheduler = scheduler;
  }

  answered(answer: HttpAnswer): void {
    this.#metrics.answered(answer);
  }

  wrote(report: CommitGroupReport): void {
    this.#metrics.wrote(report);
  }

  #isKnown({ identifier, component }: ExecutionRecord): boolean {
    const [module = "", name = "default"] = identifier.split(":");
    return this.#o.functions.lookup(`${module}.js:${name}`, component) !== null;
  }

  async #probeFunction(): Promise<void> {
    const { functions, committer } = this.#o;
    const outcome = await functions.query({
      path: PROBE,
      component: "",
      args: "[{}]",
      identity: { kind: "admin" },
      caller: "Tester",
      requestId: "readyz",
      allowInternal: true,
      minTs: committer.visibleTs,
    });
    if (!outcome.ok) throw new Error(outcome.failure.message.trimEnd());
  }

  async #disk(): Promise<{ database: number; free: number }> {
    const { dataDir } = this.#o;
    const [{ size }, { bavail, bsize }] = await Promise.all([
      stat(path.join(dataDir, "db", "data.mdb")),
      statfs(dataDir),
    ]);
    return { database: size, free: bavail * bsize };
  }
}
