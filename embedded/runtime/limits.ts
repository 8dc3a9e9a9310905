/** Limits of one execution, as in production. Times in ms, sizes in bytes. */

const MiB = 1024 * 1024;

export const USER_TIME_MS = 1_000;
export const SYSTEM_TIME_MS = 15_000;
export const ACTION_TIME_MS = 1_800_000;
export const NODE_ACTION_TIME_MS = 600_000;
/** User code of one module evaluation during a push. */
export const ANALYSIS_TIME_MS = 10_000;

/** What the texts name; the threads are ended at the growth below. */
export const USER_HEAP_MB = 64;
export const NODE_HEAP_MB = 512;
/** Memory that a thread may take during one run: production's heap and array buffers, and room for garbage and the runtime. */
export const USER_GROWTH_BYTES = 256 * MiB;
export const NODE_GROWTH_BYTES = 768 * MiB;
/**
 * V8's limit for a worker's heap. Far above what a run may take: whoever reaches it with one large allocation ends the whole
 * process, so a thread has to be ended before.
 */
export const HEAP_CEILING_MB = 4096;
/** As production's default; a run that waits longer for its turn is refused. */
export const MAX_CONCURRENT_ACTIONS = 64;
export const ACTION_WAIT_MS = 10_000;

export const MAX_ARGS_BYTES = 16 * MiB;
export const MAX_NODE_ARGS_BYTES = 5 * MiB;
export const MAX_RETURN_BYTES = 16 * MiB;
export const MAX_SYSTEM_RETURN_BYTES = 24 * MiB;
export const MAX_HTTP_BODY_BYTES = 20 * MiB;
/** Of a file that a mutation reads, whole and at once. */
export const MAX_MUTATION_FILE_BYTES = 64 * MiB;

export const MAX_LOG_LINES = 256;
export const MAX_LOG_LINE_BYTES = 32_768;
export const MAX_ERROR_BYTES = 64 * 1024;

export const MAX_CALL_DEPTH = 8;
/** Scheduling further than this from now, in either direction, is refused. */
export const MAX_SCHEDULE_DISTANCE_MS = 5 * 366 * 24 * 3600 * 1000;

export const MUTATION_RETRIES = 4;
export const RETRY_BACKOFF_MS = { initial: 100, max: 2_000 };
