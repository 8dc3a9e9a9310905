/** Stands in the bundle for the Convex client's logging: the page's console is somebody else's. */
const noLogger = {};

export const instantiateNoopLogger = (): object => noLogger;

/** The client asks for one unless it is told not to log, which the panel does. */
export const instantiateDefaultLogger = instantiateNoopLogger;

export function logForFunction(): void {
  /* what functions print is for the deployment's own log */
}

export function logFatalError(_logger: object, message: string): Error {
  return new Error(message);
}

export function createHybridErrorStacktrace(
  _source: string,
  _path: string,
  { errorMessage }: { errorMessage: string },
): string {
  return errorMessage;
}

/** Lets a refusal keep its data. */
export function forwardData<Failure extends Error>(result: { errorData?: unknown }, error: Failure): Failure {
  return Object.assign(error, { data: result.errorData });
}
