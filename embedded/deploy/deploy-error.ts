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
