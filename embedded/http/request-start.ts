/** How far a request has to have come before anything is spent on it, and how long it may stand still. */
import type { IncomingMessage } from "node:http";

/** A body that stands still for so long, while it is waited for, ends its request; ms. */
const STALL_MS = 20_000;
const LOOK_MS = 1_000;

/**
 * Resolves when the body has ended or filled the stream's buffer: a sender who trickles occupies no thread. From then on one
 * that stands still breaks off. Resolves too when the sender has gone away.
 */
export function bodyBegun(request: IncomingMessage): Promise<void> {
  watch(request);
  return new Promise((resolve) => {
    const look = () => {
      const isFull = request.readableLength >= request.readableHighWaterMark;
      if (!isFull && !request.complete && !request.destroyed) return;
      request.off("readable", look).off("close", look);
      resolve();
    };
    request.on("readable", look).on("close", look);
  });
}

function watch(request: IncomingMessage): void {
  let seen = -1;
  let since = 0;
  const timer = setInterval(() => {
    if (request.complete) return clearInterval(timer);
    const { bytesRead } = request.socket;
    // What has arrived and is not wanted yet is not the sender's fault.
    if (bytesRead !== seen || request.readableLength > 0) {
      seen = bytesRead;
      since = performance.now();
    } else if (performance.now() - since > STALL_MS) request.destroy();
  }, LOOK_MS).unref();
  request.once("close", () => clearInterval(timer));
}
