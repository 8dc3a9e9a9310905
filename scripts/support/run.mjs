// What every entry script shares: where the checkout is, and how a run ends.
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** A refusal that the user can act on: printed as one plain sentence, without a stack, exit code 1. */
export class Refusal extends Error {}

/** Says what is being done, on standard error: standard output belongs to the `ready` line and the logs. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Runs `main`; a Refusal becomes its sentence, anything else its stack. The exit code is main's return value, or 0. */
export async function run(main) {
  try {
    process.exit((await main()) ?? 0);
  } catch (error) {
    if (error instanceof Refusal) {
      // An empty message means that the failing child has spoken already.
      if (error.message !== "") say(error.message);
    } else say(error?.stack ?? String(error));
    process.exit(1);
  }
}
