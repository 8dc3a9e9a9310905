/** Refuses functions while the deployment is paused, all but the deployment's own. */
import type { Ts } from "../storage/types";
import { functionFailure } from "./failure";
import type { Failure, QueryOutcome, QueryRequest, RunRequest } from "./types";

export const PAUSED: Failure = functionFailure([
  "Cannot run functions while this deployment is paused. " +
    "Resume the deployment in the dashboard settings to allow functions to run.",
]);

export class Pause {
  isOn = false;

  /** The outcome of a run that is not let through; null: it is. */
  refusal({ path }: RunRequest): { ok: false; failure: Failure; logLines: [] } | null {
    if (!this.isOn || path.startsWith("_system/")) return null;
    return { ok: false, failure: PAUSED, logLines: [] };
  }

  /** `ts`: the newest commit. Whoever ends a pause must have such outcomes computed anew: nothing else makes them void. */
  queryRefusal(request: QueryRequest, ts: Ts): QueryOutcome | null {
    const refusal = this.refusal(request);
    if (refusal === null) return null;
    const { journal = null } = request;
    return { ...refusal, ts, readSet: { ranges: [] }, journal, identityRead: false, timeRead: false };
  }
}
