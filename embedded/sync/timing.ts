/** Small helpers around the event loop, and loops that go on. */
import { randomUUID } from "node:crypto";

/** 16 hex digits, as in production. UUIDs come from a pool of random bytes: no system call for each. */
export function randomRequestId(): string {
  return randomUUID().replaceAll("-", "").slice(0, 16);
}

/** Resolves after every promise callback that is due now has run. */
export function nextMacrotask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Does `work` for every item, also after one has failed; then throws the first failure. */
export function eachDespiteErrors<T>(items: Iterable<T>, work: (item: T) => void): void {
  const failures: unknown[] = [];
  for (const item of items) {
    try {
      work(item);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Runs `work` for each item, at most `limit` at a time. Rejects with the first failure, after all ended. */
export async function eachLimited<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const item = items[next++];
      if (item !== undefined) await work(item);
    }
  };
  const settled = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, lane));
  const failed = settled.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
