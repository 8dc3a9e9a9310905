import { readError, readErrorCode } from "@/lib/errors";

/** Whether a function refused because the token is no longer good: worth a new token, not a message on the page. */
export function isSessionOver(error: unknown): boolean {
  const code = readErrorCode(error);
  return code === "UNAUTHENTICATED" || code === "SESSION_EXPIRED";
}

/** What to tell the person: the refusal's own words, or that the fault is not theirs. */
export function reasonOf(error: unknown): string {
  return readError(error)?.message ?? "The server could not take it. Try again.";
}

/** Whether a draft of Atlas could not be sent as such: its text may go out as a message of its own. */
export const isAboutRun = (error: unknown): boolean => readError(error)?.field === "runId";
