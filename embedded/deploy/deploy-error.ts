import { DatabaseError } from "../engine/errors";

/** A refusal that the CLI prints: `{code, message}` with a 4xx status, which it does not retry. */
export class DeployError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number = 400,
  ) {
    super(message);
    this.name = "DeployError";
  }
}

/** What this deployment does not do yet, said in the one form that users can look for. */
export function notSupportedYet(what: string): DeployError {
  return new DeployError("NotSupportedYet", `not supported yet: ${what}`);
}

/** The engine's refusal of a schema as one that the CLI prints; anything else stays what it is. */
export function asDeployError(error: unknown): unknown {
  if (!(error instanceof DatabaseError)) return error;
  return new DeployError(error.code, `Hit an error while pushing:\n${error.message}`);
}
