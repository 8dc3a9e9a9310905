/** Runs the product's internal actions so that each can die at any of six points, as a killed process ends them. */
import { AsyncLocalStorage } from "node:async_hooks";
import { getFunctionName } from "convex/server";
import type { FunctionReference } from "convex/server";
import type { ActionCtx } from "../../../../convex/_generated/server";

export const CRASH_POINTS = [
  "before claim",
  "after claim",
  "after connect",
  "after send",
  "before record",
  "after record",
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

type Run = { isDead: boolean };

/** Mutations of an action between which it can die. */
const POINTS: Record<string, { before: CrashPoint; after: CrashPoint }> = {
  "webhookDelivery:takeFast": { before: "before claim", after: "after claim" },
  "webhookDelivery:claimSlow": { before: "before claim", after: "after claim" },
  "webhookDelivery:record": { before: "before record", after: "after record" },
};

const never = new Promise<never>(() => undefined);

export class ActionHost {
  readonly #current = new AsyncLocalStorage<Run>();
  #runs = new Set<Run>();
  #armed: CrashPoint | null = null;

  /** The next action that comes to this point dies there. */
  arm(point: CrashPoint): void {
    this.#armed = point;
  }

  disarm(): void {
    this.#armed = null;
  }

  get armed(): CrashPoint | null {
    return this.#armed;
  }

  /** As if the process was killed; true if any action was under way. */
  killAll(): boolean {
    const alive = this.#runs;
    this.#runs = new Set();
    for (const run of alive) run.isDead = true;
    return alive.size > 0;
  }

  reset(): void {
    this.#runs = new Set();
    this.#armed = null;
  }

  /** Where the action that calls this may die: then it waits for ever. */
  async pass(point: CrashPoint): Promise<void> {
    const run = this.#current.getStore();
    if (run !== undefined && this.#armed === point) {
      this.#armed = null;
      run.isDead = true;
      this.#runs.delete(run);
    }
    await this.stayAlive();
  }

  /** Resolves unless the calling action is dead. */
  async stayAlive(): Promise<void> {
    if (!this.watchCaller()()) await never;
  }

  /** Tells, now and later, whether the calling action is still there. */
  watchCaller(): () => boolean {
    const run = this.#current.getStore();
    if (run === undefined) throw new Error("Only an action can be watched.");
    return () => !run.isDead;
  }

  /** The handler of an action, as this host runs it. */
  host<Args, Result>(handler: (ctx: ActionCtx, args: Args) => Promise<Result>) {
    return (ctx: ActionCtx, args: Args): Promise<Result> => {
      const run: Run = { isDead: false };
      this.#runs.add(run);
      const handling = this.#current.run(run, () => handler(this.#watch(ctx), args));
      return handling.finally(() => this.#runs.delete(run));
    };
  }

  #watch(ctx: ActionCtx): ActionCtx {
    const runMutation = async (mutation: FunctionReference<"mutation", "internal">, args: never) => {
      const points = POINTS[getFunctionName(mutation)];
      await (points === undefined ? this.stayAlive() : this.pass(points.before));
      const result = (await ctx.runMutation(mutation, args)) as unknown;
      await (points === undefined ? this.stayAlive() : this.pass(points.after));
      return result;
    };
    return { ...ctx, runMutation } as ActionCtx;
  }
}

/** The one that the mocked modules use. */
export const host = new ActionHost();
