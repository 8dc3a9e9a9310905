/**
 * Runs scheduled functions when they are due. Jobs live in a table, so what was scheduled survives a restart. A mutation
 * runs exactly once: its success is written in its own transaction. An action runs at most once: that it began is
 * durable before it begins, and one that a crash cut off counts as failed. The scheduler holds no job but those running.
 */
import type { Committer } from "../engine/committer";
import type { Functions } from "../runtime/functions";
import type { Failure, RunRequest } from "../runtime/types";
import { Backoff } from "./backoff";
import {
  markFinished,
  markInProgress,
  postpone,
  readJob,
  unfinishedJobs,
  type Job,
  type JobResult,
} from "./jobs";

const MAX_PARALLEL_JOBS = 8;
/**
 * A job further away than this is looked at again then: timers stand still while the machine sleeps and know nothing of a
 * clock that is set, and what expires by the clock must not outlive it by hours.
 */
const MAX_TIMER_MS = 60_000;
const CUT_OFF_ERROR = "Transient error while executing action";

export type SchedulerOptions = {
  committer: Committer;
  functions: Functions;
  now: () => number;
  newRequestId: () => string;
  /** The deployment's own failures (not those of functions). */
  onError: (error: unknown) => void;
};

export class Scheduler {
  readonly #o: SchedulerOptions;
  readonly #running = new Set<string>();
  readonly #backoff = new Backoff();
  readonly #dueIndex: number;
  #unsubscribe: () => void = () => undefined;
  #timer: NodeJS.Timeout | null = null;
  #isLookPlanned = false;
  #isStopped = false;

  constructor(options: SchedulerOptions) {
    this.#o = options;
    this.#dueIndex = dueIndexOf(options.committer);
  }

  /** Takes up what is due. */
  start(): void {
    this.#unsubscribe = this.#o.committer.onCommit(({ keys }) => {
      if (keys.some((write) => write.index === this.#dueIndex)) this.#planLook();
    });
    this.#planLook();
  }

  /** Starts no more jobs. Running ones end with the function runtime. */
  stop(): void {
    this.#isStopped = true;
    this.#unsubscribe();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** Many commits in one turn of the event loop cause one look. */
  #planLook(): void {
    if (this.#isLookPlanned || this.#isStopped) return;
    this.#isLookPlanned = true;
    setImmediate(() => {
      this.#isLookPlanned = false;
      if (this.#isStopped) return;
      try {
        this.#look();
      } catch (error) {
        this.#o.onError(error);
        this.#lookIn(MAX_TIMER_MS);
      }
    });
  }

  #lookIn(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#planLook(), Math.min(Math.ceil(ms), MAX_TIMER_MS));
  }

  #look(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const now = this.#o.now();
    const { due, nextDue } = this.#o.committer.read((tx) => {
      const due: Job[] = [];
      for (const job of unfinishedJobs(tx)) {
        if (this.#running.has(job._id)) continue;
        if (this.#running.size + due.length >= MAX_PARALLEL_JOBS) return { due, nextDue: null };
        if (job.nextTs !== null && job.nextTs > now) return { due, nextDue: job.nextTs };
        due.push(job);
      }
      return { due, nextDue: null };
    });
    for (const job of due) void this.#run(job);
    if (nextDue !== null) this.#lookIn(nextDue - now);
  }

  async #run(job: Job): Promise<void> {
    this.#running.add(job._id);
    try {
      // Nobody runs it: a crash cut it off. It is never run again.
      if (job.state.kind === "inProgress") {
        await this.#finish(job, "inProgress", { kind: "failed", error: CUT_OFF_ERROR });
      } else if (this.#o.functions.lookup(job.name)?.udfType === "Action") await this.#runAction(job);
      else await this.#runMutation(job);
    } catch (error) {
      if (!this.#isStopped) {
        this.#o.onError(error);
        await this.#retryLater(job, "other").catch(this.#o.onError);
      }
    } finally {
      this.#running.delete(job._id);
      this.#planLook();
    }
  }

  /** A target that is gone or is a query is run as a mutation too: the runtime's refusal becomes the job's error. */
  async #runMutation(job: Job): Promise<void> {
    const outcome = await this.#o.functions.mutation(this.#request(job));
    if (outcome.ok) {
      this.#backoff.forget(job._id);
    } else if (outcome.failure.kind === "function") {
      await this.#finish(job, "pending", { kind: "failed", error: outcome.failure.message });
    } else {
      await this.#retryLater(job, isConflict(outcome.failure) ? "conflict" : "other");
    }
  }

  async #runAction(job: Job): Promise<void> {
    const { value: isOurs } = await this.#o.committer.execute((tx) => {
      if (readJob(tx, job._id)?.state.kind !== "pending") return false;
      markInProgress(tx, job._id);
      return true;
    });
    if (!isOurs || this.#isStopped) return;
    const outcome = await this.#o.functions.action(this.#request(job));
    // A failure of the deployment (its stop, above all) is no reason to run an action twice.
    await this.#finish(
      job,
      "inProgress",
      outcome.ok ? { kind: "success" } : { kind: "failed", error: outcome.failure.message },
    );
  }

  /** Writes the result unless the job was cancelled meanwhile. */
  async #finish(job: Job, expected: Job["state"]["kind"], result: JobResult): Promise<void> {
    this.#backoff.forget(job._id);
    await this.#o.committer.execute((tx) => {
      if (readJob(tx, job._id)?.state.kind !== expected) return;
      markFinished(tx, job._id, result, this.#o.now());
    });
  }

  async #retryLater(job: Job, reason: "conflict" | "other"): Promise<void> {
    const nextTs = this.#o.now() + this.#backoff.next(job._id, reason);
    await this.#o.committer.execute((tx) => {
      if (readJob(tx, job._id)?.state.kind === "pending") postpone(tx, job._id, nextTs);
    });
  }

  #request(job: Job): RunRequest {
    return {
      path: job.name,
      component: job.component,
      args: JSON.stringify(job.args),
      identity: { kind: "none" },
      caller: "Scheduler",
      requestId: this.#o.newRequestId(),
      allowInternal: true,
      scheduledJob: { id: job._id, component: "" },
    };
  }
}

function dueIndexOf({ catalog }: Committer): number {
  const table = catalog.table("", "_scheduled_jobs");
  const index = table?.indexes.find(({ name }) => name === "by_due");
  if (!index) throw new Error("The table _scheduled_jobs has no index by_due.");
  return index.number;
}

function isConflict(failure: Failure): boolean {
  return failure.kind === "system" && failure.code === "OptimisticConcurrencyControlFailure";
}
