/** How long a test waits for what must come: a second, Vitest's default, is too short on a machine with more to do. */
export const WAIT = { timeout: 20_000 };
