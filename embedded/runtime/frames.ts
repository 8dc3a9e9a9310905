/** Functions under way inside one transaction: a stack of frames, each waiting for the one above it. Worker side. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Transaction } from "../engine/transaction";
import type { CallLimits } from "./call-limits";
import { refuse } from "./function-table";
import type { SeededRandom } from "./random";
import type { SyscallScope } from "./transaction-syscalls";

/** The called function, or one that is called by the frame below it. */
export type Frame = {
  /** What its operations are given; says which function it is. */
  readonly scope: SyscallScope;
  readonly tx: Transaction;
  readonly depth: number;
  readonly random: SeededRandom;
  /** Narrower limits that a caller set for this function, its own caller's included. */
  readonly limits: readonly CallLimits[];
  /** The call that it waits for; its own operations wait as long. */
  child: Promise<unknown> | null;
  readonly waiting: (() => void)[];
};

/**
 * Tells which frame's code makes an operation. Only nested calls need it; it slows every promise down while
 * in use, so it is disabled after each run that used it.
 */
export const callingFrame = new AsyncLocalStorage<Frame>();

/** Turns without any progress after which a promise is taken never to settle. */
const IDLE_TURNS = 20;
const IDLE_PAUSES = 5;
const IDLE_PAUSE_MS = 10;

export type SettleOptions = {
  /** A rejection that nobody handled, if there was one since the last look. */
  takeUnhandled: () => { error: unknown } | null;
  hostOperations: { pending: number; settled(): Promise<void> };
};

/** Waits until the frame's function has answered and everything it started, awaited or not, has run. */
export async function settle<T>(frame: Frame, promise: Promise<T>, o: SettleOptions): Promise<T> {
  const state: { result: { value: T } | { error: unknown } | null } = { result: null };
  promise.then(
    (value) => (state.result = { value }),
    (error: unknown) => (state.result = { error }),
  );
  for (let idle = 0; ;) {
    await turn();
    const unhandled = o.takeUnhandled();
    if (unhandled !== null) throw unhandled.error;
    if (frame.child !== null) {
      await frame.child.catch(() => undefined);
      idle = 0;
    } else if (o.hostOperations.pending > 0) {
      await o.hostOperations.settled();
      idle = 0;
    } else if (state.result !== null) {
      break;
    } else if (++idle > IDLE_TURNS + IDLE_PAUSES) {
      return refuse("Returned promise will never resolve");
    } else if (idle > IDLE_TURNS) {
      // Streams and blobs of the host may take a moment of their own.
      await new Promise((resolve) => setTimeout(resolve, IDLE_PAUSE_MS));
    }
  }
  if ("error" in state.result) throw state.result.error;
  return state.result.value;
}

/** After everything that is ready to run in this thread has run. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
