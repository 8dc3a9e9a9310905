/**
 * Bounds what half-sent messages hold, all sockets together: each may be as large as a call, and any number may stand still.
 * What a socket has received since its last whole message is taken to be held.
 */

/** Looked at this often; what comes faster than this bound in between is the machine's to bear. */
const LOOK_MS = 500;
const MAX_HELD = 256 * 1024 * 1024;

type Peer = { bytesRead: () => number; end: () => void; wholeAt: number };

export class FrameGuard {
  readonly #peers = new Set<Peer>();
  readonly #timer = setInterval(() => this.#look(), LOOK_MS).unref();

  constructor(readonly maxHeld = MAX_HELD) {}

  /** `end` ends a socket at once. */
  add(bytesRead: () => number, end: () => void): { whole: () => void; remove: () => void } {
    const peer = { bytesRead, end, wholeAt: bytesRead() };
    this.#peers.add(peer);
    return {
      whole: () => void (peer.wholeAt = bytesRead()),
      remove: () => void this.#peers.delete(peer),
    };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Ends those that hold most until the rest is within bounds. */
  #look(): void {
    const held = [...this.#peers].map((peer) => ({ peer, bytes: peer.bytesRead() - peer.wholeAt }));
    let total = held.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total <= this.maxHeld) return;
    for (const { peer, bytes } of held.sort((a, b) => b.bytes - a.bytes)) {
      if (total <= this.maxHeld) return;
      total -= bytes;
      peer.end();
    }
  }
}
