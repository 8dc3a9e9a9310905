/**
 * Runs scheduled functions when they are due. Jobs live in a table, so what was scheduled survives a restart. A mutation
 * runs exactly once: its success is written in its own transaction. An action runs at most once: that it began is
 * durable before it begins, and one that a crash cut off counts as failed.
 */
import type { Committer } from "../engine/committer";
import type { Functions } from "../runtime/functions";
import type { Failure, RunRequest } from "../runtime/types";
import { retryDelay } from "./backoff";
import { DueLoop } from "./due-loop";
import {
  markFinished,
  markInProgress,
  parseJob,
  postpone,
  readJob,
  setJobAside,
  type Job,
  type JobResult,
} from "./jobs";

const CUT_OFF_ERROR = "Transient error while executing action";

export type SchedulerOptions = {
  committer: Committer;
  functions: Functions;
  now: () => number;
  newRequestId: () => string;
  /** The deployment's own failures (not those of functions). */
  onError: (error: unknown) => void;
};

/** `home`: the component that scheduled it, whose table holds it; `component` is the one that its function is in. */
type HeldJob = Job & { home: string };

export class Scheduler {
  readonly #o: SchedulerOptions;
  readonly #loop: DueLoop<Job>;

  constructor(options: SchedulerOptions) {
    this.#o = options;
    this.#loop = new DueLoop({
      ...options,
      table: "_scheduled_jobs",
      parse: parseJob,
      setAside: (tx, id) => setJobAside(tx, id, options.now()),
      run: ({ row, component }) => this.#run({ ...row, home: component }),
    });
  }

  /** Takes up what is due. */
  start(): void {
    this.#loop.start();
  }

  /** How long the first job that is due has waited, ms; 0 when none does. */
  lagMs(): number {
    return this.#loop.lagMs();
  }

  /** Starts no more jobs. Running ones end with the function runtime. */
  stop(): void {
    this.#loop.stop();
  }

  /** While paused, jobs wait. */
  setPaused(isPaused: boolean): void {
    this.#loop.setPaused(isPaused);
  }

  async #run(job: HeldJob): Promise<void> {
    try {
      // Nobody runs it: a crash cut it off. It is never run again.
      if (job.state.kind === "inProgress") {
        await this.#finish(job, "inProgress", { kind: "failed", error: CUT_OFF_ERROR });
      } else if (this.#o.functions.lookup(job.name, job.component)?.udfType === "Action")
        await this.#runAction(job);
      else await this.#runMutation(job);
    } catch (error) {
      if (this.#loop.isStopped) return;
      this.#o.onError(error);
      await this.#retryLater(job, "other").catch(this.#o.onError);
    }
  }

  /** A target that is gone or is a query is run as a mutation too: the runtime's refusal becomes the job's error. */
  async #runMutation(job: HeldJob): Promise<void> {
    const outcome = await this.#o.functions.mutation(this.#request(job));
    if (outcome.ok) return;
    if (outcome.failure.kind === "function") {
      await this.#finish(job, "pending", { kind: "failed", error: outcome.failure.message });
    } else {
      await this.#retryLater(job, isConflict(outcome.failure) ? "conflict" : "other");
    }
  }

  async #runAction(job: HeldJob): Promise<void> {
    const { value: isOurs } = await this.#o.committer.execute(
      (tx) => {
        if (readJob(tx, job._id)?.state.kind !== "pending") return false;
        markInProgress(tx, job._id);
        return true;
      },
      { component: job.home },
    );
    if (!isOurs || this.#loop.isStopped) return;
    const outcome = await this.#o.functions.action(this.#request(job));
    // A failure of the deployment (its stop, above all) is no reason to run an action twice.
    await this.#finish(
      job,
      "inProgress",
      outcome.ok ? { kind: "success" } : { kind: "failed", error: outcome.failure.message },
    );
  }

  /** Writes the result unless the job was cancelled meanwhile. */
  async #finish(job: HeldJob, expected: Job["state"]["kind"], result: JobResult): Promise<void> {
    await this.#o.committer.execute(
      (tx) => {
        if (readJob(tx, job._id)?.state.kind !== expected) return;
        markFinished(tx, job._id, result, this.#o.now());
      },
      { component: job.home },
    );
  }

  async #retryLater(job: HeldJob, reason: "conflict" | "other"): Promise<void> {
    await this.#o.committer.execute(
      (tx) => {
        const current = readJob(tx, job._id);
        if (current?.state.kind !== "pending") return;
        postpone(tx, current, this.#o.now() + retryDelay(current.attempts, reason));
      },
      { component: job.home },
    );
  }

  #request(job: HeldJob): RunRequest {
    return {
      path: job.name,
      component: job.component,
      args: JSON.stringify(job.args),
      identity: { kind: "none" },
      caller: "Scheduler",
      requestId: this.#o.newRequestId(),
      allowInternal: true,
      scheduledJob: { id: job._id, component: job.home },
    };
  }
}

function isConflict(failure: Failure): boolean {
  return failure.kind === "system" && failure.code === "OptimisticConcurrencyControlFailure";
}
