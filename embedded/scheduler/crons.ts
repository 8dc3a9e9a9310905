/**
 * Runs cron jobs. One run of a job at a time; the next is planned when it ends, and ticks that passed meanwhile, or
 * while the deployment was down or paused, are left out but for one. A mutation's tick is passed in its own
 * transaction; an action runs at most once for a tick. A run that fails does not stop its job.
 */
import {
  completeCronRun,
  CRON_RUN_OUTDATED,
  markCronInProgress,
  parseCron,
  readCron,
  type CronRow,
  type CronRun,
} from "../runtime/cron-rows";
import type { RunRequest, UdfType } from "../runtime/types";
import { retryDelay } from "./backoff";
import { DueLoop, type DueRow } from "./due-loop";
import type { SchedulerOptions } from "./scheduler";

const CUT_OFF_ERROR = "Transient error while executing action";

export class Crons {
  readonly #o: SchedulerOptions;
  readonly #loop: DueLoop<CronRow>;
  readonly #stopping = new AbortController();

  constructor(options: SchedulerOptions) {
    this.#o = options;
    this.#loop = new DueLoop({
      ...options,
      table: "_cron_jobs",
      parse: parseCron,
      // The next push drops the row and makes the job anew.
      setAside: (tx, id) => void tx.patch(id, { nextTs: null }),
      run: (due) => this.#run(due),
    });
  }

  /** Takes up what is due. */
  start(): void {
    this.#loop.start();
  }

  /** Starts no more runs. Running ones end with the function runtime. */
  stop(): void {
    this.#loop.stop();
    this.#stopping.abort();
  }

  /** While paused, no run begins. */
  setPaused(isPaused: boolean): void {
    this.#loop.setPaused(isPaused);
  }

  /** Until the tick is passed: failures of the deployment itself are tried again. */
  async #run(due: DueRow<CronRow>): Promise<void> {
    for (let failures = 0; !this.#loop.isStopped; failures++) {
      try {
        if (await this.#attempt(due)) return;
      } catch (error) {
        if (this.#loop.isStopped) return;
        this.#o.onError(error);
      }
      await this.#pause(retryDelay(failures, "cron"));
    }
  }

  /** Whether the tick is passed, or no longer this run's. */
  async #attempt({ row, component }: DueRow<CronRow>): Promise<boolean> {
    const run = { id: row._id, nextTs: row.nextTs };
    const request = this.#request(row, component);
    if (row.state === "inProgress") {
      // Nobody runs it: a crash cut it off. It is not run again.
      this.#o.functions.reportUnrun(request, "Action", CUT_OFF_ERROR);
      await this.#complete(run, request, "Action");
      return true;
    }
    const udfType = this.#o.functions.lookup(row.path, component)?.udfType;
    if (udfType === "Action") return this.#runAction(run, request);
    const outcome = await this.#o.functions.mutation({ ...request, cronRun: run });
    if (outcome.ok) this.#reportSkipped(run, request, "Mutation", this.#skippedAfter(run, component));
    else if (outcome.failure.kind === "function") await this.#complete(run, request, "Mutation");
    else return outcome.failure.code === CRON_RUN_OUTDATED;
    return true;
  }

  /** Ends early when the deployment stops. */
  #pause(ms: number): Promise<void> {
    const { signal } = this.#stopping;
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener("abort", end);
      if (signal.aborted) end();
    });
  }

  async #runAction(run: CronRun, request: RunRequest): Promise<boolean> {
    const { value: isOurs } = await this.#o.committer.execute(
      (tx) => {
        const row = readCron(tx, run.id);
        if (row?.state !== "pending" || row.nextTs !== run.nextTs) return false;
        markCronInProgress(tx, run.id);
        return true;
      },
      { component: request.component },
    );
    if (!isOurs || this.#loop.isStopped) return true;
    await this.#o.functions.action(request);
    await this.#complete(run, request, "Action");
    return true;
  }

  async #complete(run: CronRun, request: RunRequest, udfType: UdfType): Promise<void> {
    const { value } = await this.#o.committer.execute((tx) => completeCronRun(tx, run, this.#o.now()), {
      component: request.component,
    });
    this.#reportSkipped(run, request, udfType, value.skipped);
  }

  /** Ticks that a mutation's own commit has left out. */
  #skippedAfter(run: CronRun, component: string): number {
    const row = this.#o.committer.read((tx) => readCron(tx, run.id), { component });
    if (row?.schedule.type !== "interval" || row.prevTs !== run.nextTs) return 0;
    return Math.round((row.nextTs - run.nextTs) / (row.schedule.seconds * 1000)) - 1;
  }

  #reportSkipped(run: CronRun, request: RunRequest, udfType: UdfType, skipped: number): void {
    if (skipped === 0) return;
    const text = `Skipping ${skipped} run(s) of job ${run.id} because multiple scheduled runs are in the past`;
    this.#o.functions.reportUnrun(request, udfType, text);
  }

  #request(row: CronRow, component: string): RunRequest {
    return {
      path: row.path,
      component,
      args: row.args,
      identity: { kind: "none" },
      caller: "Cron",
      requestId: this.#o.newRequestId(),
      allowInternal: true,
    };
  }
}
