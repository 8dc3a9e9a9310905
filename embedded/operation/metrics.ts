/** What Prometheus is told. Counts as things happen; sizes and lengths are looked up when they are asked for. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { HttpAnswer } from "../http/api";
import type { ExecutionRecord } from "../runtime/types";
import { BoundedLabels } from "./labels";

/** What is looked up at each scrape. */
export type MetricSources = {
  queryCache(): { hits: number; misses: number; watched: number; cached: number; cachedBytes: number };
  threads(): { kind: string; running: number; waiting: number; bytes: number[] }[];
  connections(): Promise<{ api: number; site: number; websockets: number }>;
  commitQueue(): number;
  /** ms that the first due job has been waiting. */
  schedulerLagMs(): number;
  /** Bytes of the database file, and free ones of its disk. */
  disk(): Promise<{ database: number; free: number }>;
};

export type CommitGroupReport = { commits: number; writeMs: number };

/** Functions, routes and tables that have series of their own. */
const MAX_PATHS = 500;
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600];
const GROUP_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

export class Metrics {
  readonly #registry = new Registry();
  readonly #paths = new BoundedLabels(MAX_PATHS);
  readonly #tables = new BoundedLabels(MAX_PATHS);

  readonly #runs = this.#counter("function_runs_total", "Finished runs of functions.", [
    "type",
    "path",
    "outcome",
  ]);
  readonly #seconds = new Histogram({
    name: "praxtalk_function_seconds",
    help: "Time of a run, waiting for a thread included.",
    labelNames: ["type", "path"],
    buckets: SECONDS,
    registers: [this.#registry],
  });
  readonly #documents = this.#counter(
    "function_documents_total",
    "Documents that functions read and wrote, index entries that they scanned included, as the limits count them.",
    ["type", "path", "access"],
  );
  readonly #bytes = this.#counter("function_bytes_total", "Bytes that functions read and wrote.", [
    "type",
    "path",
    "access",
  ]);
  readonly #conflicts = this.#counter(
    "occ_conflicts_total",
    "Mutations that lost against another one; `retried` says whether they ran again.",
    ["path", "table", "retried"],
  );
  readonly #requests = new Histogram({
    name: "praxtalk_http_seconds",
    help: "Time of a request until its answer was handed over.",
    labelNames: ["port", "route", "method", "status"],
    buckets: SECONDS,
    registers: [this.#registry],
  });
  readonly #groups = new Histogram({
    name: "praxtalk_commit_group_size",
    help: "Transactions that shared one write to disk.",
    buckets: GROUP_SIZES,
    registers: [this.#registry],
  });
  readonly #writes = new Histogram({
    name: "praxtalk_commit_write_seconds",
    help: "Time of a write to disk, fsync included.",
    buckets: SECONDS,
    registers: [this.#registry],
  });

  constructor(readonly sources: MetricSources) {
    this.#process();
    this.#queries();
    this.#threads();
    this.#storage();
  }

  /** `isKnown`: a deployed function has this path, so that callers cannot make series up. */
  ran(record: ExecutionRecord, isKnown: boolean): void {
    if (record.kind !== "Completion") return;
    const type = record.udfType;
    const path = this.#path(record, isKnown);
    if (record.occ !== null) {
      const table = this.#tables.of(record.occ.table);
      this.#conflicts.inc({ path, table, retried: String(record.willRetry) });
    }
    this.#runs.inc({ type, path, outcome: outcomeOf(record) });
    this.#seconds.observe({ type, path }, record.executionTimeMs / 1000);
    const reads = { type, path, access: "read" };
    const writes = { type, path, access: "write" };
    this.#documents.inc(reads, record.databaseReadDocuments);
    this.#documents.inc(writes, record.databaseWriteDocuments);
    this.#bytes.inc(reads, record.databaseReadBytes);
    this.#bytes.inc(writes, record.databaseWriteBytes);
  }

  answered({ port, route, method, status, ms }: HttpAnswer): void {
    this.#requests.observe({ port, route, method, status: String(status) }, ms / 1000);
  }

  wrote({ commits, writeMs }: CommitGroupReport): void {
    this.#groups.observe(commits);
    this.#writes.observe(writeMs / 1000);
  }

  /** In the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  #path({ identifier, component, udfType }: ExecutionRecord, isKnown: boolean): string {
    if (identifier.startsWith("_system/")) return "(system)";
    // The paths of HTTP actions hold ids, and anybody may ask for any.
    if (udfType === "HttpAction") return "(http)";
    if (!isKnown) return "(unknown)";
    return this.#paths.of(component === "" ? identifier : `${component}/${identifier}`);
  }

  #counter<T extends string>(name: string, help: string, labelNames: T[]): Counter<T> {
    return new Counter({ name: `praxtalk_${name}`, help, labelNames, registers: [this.#registry] });
  }

  /** `read` gives the value, by label values where there are any. */
  #gauge(
    name: string,
    help: string,
    label: string | null,
    read: () => Promise<Record<string, number>> | Record<string, number>,
  ): void {
    new Gauge({
      name: `praxtalk_${name}`,
      help,
      labelNames: label === null ? [] : [label],
      registers: [this.#registry],
      async collect() {
        for (const [value, number] of Object.entries(await read())) {
          if (label === null) this.set(number);
          else this.set({ [label]: value }, number);
        }
      },
    });
  }

  #process(): void {
    this.#gauge("process_memory_bytes", "Memory of the process.", "kind", () => ({
      ...process.memoryUsage(),
    }));
    this.#gauge("process_cpu_seconds", "CPU time of the process so far.", "kind", () => {
      const { user, system } = process.cpuUsage();
      return { user: user / 1e6, system: system / 1e6 };
    });
    this.#gauge("process_uptime_seconds", "Time since the start.", null, () => ({ value: process.uptime() }));
    this.#gauge("connections", "Open connections.", "kind", () => this.sources.connections());
  }

  #queries(): void {
    this.#gauge(
      "query_cache_lookups",
      "Queries asked for so far, by whether a result stood.",
      "result",
      () => {
        const { hits, misses } = this.sources.queryCache();
        return { hit: hits, miss: misses };
      },
    );
    this.#gauge(
      "live_queries",
      "Queries held: watched by clients, and kept for the next who asks.",
      "kind",
      () => {
        const { watched, cached } = this.sources.queryCache();
        return { watched, cached };
      },
    );
    this.#gauge("query_cache_bytes", "Size of the results kept, roughly.", null, () => ({
      value: this.sources.queryCache().cachedBytes,
    }));
  }

  #threads(): void {
    const byKind = (of: (pool: ReturnType<MetricSources["threads"]>[number]) => number) => () =>
      Object.fromEntries(this.sources.threads().map((pool) => [pool.kind, of(pool)]));
    this.#gauge(
      "threads",
      "Threads that run functions.",
      "kind",
      byKind(({ bytes }) => bytes.length),
    );
    this.#gauge(
      "threads_memory_bytes",
      "Heap and array buffers of these threads, as last told.",
      "kind",
      byKind(sum),
    );
    this.#gauge(
      "thread_memory_max_bytes",
      "The same of the largest one.",
      "kind",
      byKind(({ bytes }) => Math.max(0, ...bytes)),
    );
    this.#gauge(
      "runs_running",
      "Runs under way.",
      "kind",
      byKind(({ running }) => running),
    );
    this.#gauge(
      "runs_waiting",
      "Runs that wait for a thread.",
      "kind",
      byKind(({ waiting }) => waiting),
    );
  }

  #storage(): void {
    this.#gauge("commit_queue_length", "Transactions that wait to be committed.", null, () => ({
      value: this.sources.commitQueue(),
    }));
    this.#gauge(
      "scheduler_lag_seconds",
      "How long the first due scheduled function has waited.",
      null,
      () => ({
        value: this.sources.schedulerLagMs() / 1000,
      }),
    );
    this.#gauge("disk_bytes", "Size of the database file, and what is free on its disk.", "kind", () =>
      this.sources.disk(),
    );
  }
}

function sum({ bytes }: { bytes: number[] }): number {
  return bytes.reduce((total, of) => total + of, 0);
}

function outcomeOf({ error, httpStatus, occ }: ExecutionRecord): string {
  if (occ !== null) return "conflict";
  if (error !== null) return "error";
  return httpStatus !== null && httpStatus >= 400 ? `status ${String(httpStatus)[0] ?? ""}xx` : "success";
}
