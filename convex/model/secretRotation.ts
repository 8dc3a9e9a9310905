/** Secrets that are replaced while both sides go on: the new one and the one before it are in use together for a while. */
import { refusal } from "../errors";

export type Rotation = { current: string; previous: string; rotatedAt: number; previousUntil: number };

/** `overlap`: ms for which the secret before still counts. `what` has the secrets. */
export function beginRotation(
  secret: { current: string; previous?: string },
  next: string,
  { now, overlap, what }: { now: number; overlap: number; what: string },
): Rotation {
  if (secret.previous !== undefined) {
    // A third secret would end the first, which is the one that the other side may still have.
    throw refusal(
      "CONFLICT",
      `This ${what} has two secrets already. End the old one first, then rotate again.`,
    );
  }
  return { current: next, previous: secret.current, rotatedAt: now, previousUntil: now + overlap };
}
