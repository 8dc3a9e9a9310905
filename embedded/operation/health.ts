/** Whether this deployment can do its work now: commit, and run functions. */

export type HealthChecks = {
  /** Resolves once a commit is on disk. */
  commit(): Promise<unknown>;
  /** Resolves once a function has run. */
  runFunction(): Promise<unknown>;
  /** Free bytes of the disk. */
  freeDisk(): Promise<number>;
};

/** For each thing, null or why it does not work. */
export type HealthReport = {
  isReady: boolean;
  checks: Record<"commits" | "functions" | "disk", string | null>;
};

const TIMEOUT_MS = 5_000;
/** An answer serves so long for all who ask: asking often must not cost an fsync each time. */
const FRESH_MS = 1_000;
/** With less the database may be about to refuse writes. */
const MIN_FREE_BYTES = 64 * 1024 * 1024;

export class Health {
  readonly #checks: HealthChecks;
  #latest: { at: number; report: Promise<HealthReport> } | null = null;

  /** `now` in ms. */
  constructor(
    checks: HealthChecks,
    readonly now: () => number = () => performance.now(),
  ) {
    this.#checks = checks;
  }

  /** Never rejects. */
  report(): Promise<HealthReport> {
    if (this.#latest === null || this.now() - this.#latest.at > FRESH_MS) {
      this.#latest = { at: this.now(), report: this.#look() };
    }
    return this.#latest.report;
  }

  async #look(): Promise<HealthReport> {
    const [commits, functions, disk] = await Promise.all([
      problem(this.#checks.commit()),
      problem(this.#checks.runFunction()),
      problem(this.#checks.freeDisk().then(requireSpace)),
    ]);
    return {
      isReady: commits === null && functions === null && disk === null,
      checks: { commits, functions, disk },
    };
  }
}

function requireSpace(free: number): void {
  if (free < MIN_FREE_BYTES) throw new Error(`Only ${Math.floor(free / 1024 / 1024)} MiB are free.`);
}

async function problem(work: Promise<unknown>): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`No answer within ${TIMEOUT_MS / 1000} s.`), TIMEOUT_MS);
  });
  const done = work.then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}
