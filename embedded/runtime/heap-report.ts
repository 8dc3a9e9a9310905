/** What a worker knows of its own memory. Worker side. */

/** The worker's heap and its array buffers, garbage included, in bytes. */
export function ownBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
