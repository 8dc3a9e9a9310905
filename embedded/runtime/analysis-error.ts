/** A module that cannot be deployed; the text is for the developer. */
export class AnalysisError extends Error {
  override name = "AnalysisError";
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
