import { readFileSync } from "node:fs";

const MiB = 1024 * 1024;
/** A run during which the process grows by more than this is taken to be the one that grows it. */
const MAX_GROWTH_BYTES = 512 * MiB;
const PAGE_BYTES = 4096;

/**
 * Tells when a run eats memory outside its heap (array buffers), which no limit of a worker covers: without
 * this the whole process would be ended. Looks at the process's own memory, mapped files left out; only
 * where the system tells (Linux).
 */
export class MemoryGuard {
  #baseline: number | null = null;

  /** Call while no run is suspect: growth counts from here. */
  rest(): void {
    this.#baseline = anonymousBytes();
  }

  hasGrownTooFar(): boolean {
    const now = anonymousBytes();
    return now !== null && this.#baseline !== null && now - this.#baseline > MAX_GROWTH_BYTES;
  }
}

/** Resident memory without that of mapped files; null where it is not told. */
function anonymousBytes(): number | null {
  try {
    const [, resident, shared] = readFileSync("/proc/self/statm", "latin1").split(" ").map(Number);
    return ((resident ?? 0) - (shared ?? 0)) * PAGE_BYTES;
  } catch {
    return null;
  }
}
