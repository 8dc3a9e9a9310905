/** Mutations that lost to others on every retry of the deployment's own: they did nothing, so they may run again. */
import type { FunctionArgs, FunctionReference, FunctionReturnType } from "convex/server";
import type { ActionCtx } from "../_generated/server";

const ATTEMPTS = 8;
const FIRST_WAIT_MS = 25;

/**
 * Runs the mutation, again after a wait while it loses. Many requests at once under one key, one Idempotency-Key or one
 * email, and many results of one webhook endpoint, are what it is for.
 */
export async function runMutation<F extends FunctionReference<"mutation", "internal">>(
  ctx: Pick<ActionCtx, "runMutation">,
  mutation: F,
  args: FunctionArgs<F>,
): Promise<FunctionReturnType<F>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ctx.runMutation(mutation, args);
    } catch (error) {
      if (attempt === ATTEMPTS || !lostToOthers(error)) throw error;
      // Spread, so that those who lost together do not meet again.
      const wait = FIRST_WAIT_MS * 2 ** (attempt - 1);
      await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())));
    }
  }
}

function lostToOthers(error: unknown): boolean {
  return (
    error instanceof Error &&
    /OptimisticConcurrencyControlFailure|changed while this mutation was being run/.test(error.message)
  );
}
