import { randomFillSync } from "node:crypto";

/** Seeded random numbers (xoshiro128**): small, fast, and the same for the same seed. Not for secrets. */
export class SeededRandom {
  readonly #state = new Uint32Array(4);

  /** `seed`: any text; equal texts give equal sequences. */
  constructor(seed: string) {
    // FNV-1a over the text, continued per state word.
    let hash = 0x811c9dc5;
    for (let word = 0; word < 4; word++) {
      for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193);
      hash = Math.imul(hash ^ (word + 1), 0x01000193);
      this.#state[word] = hash >>> 0 || word + 1;
    }
    for (let i = 0; i < 8; i++) this.#nextWord();
  }

  /** In [0, 1), 53 random bits. */
  next(): number {
    return ((this.#nextWord() >>> 5) * 0x4000000 + (this.#nextWord() >>> 6)) / 0x20000000000000;
  }

  #nextWord(): number {
    const s = this.#state;
    const [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = s;
    const product = Math.imul(s1, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const t2 = s2 ^ s0;
    const t3 = s3 ^ s1;
    s[1] = s1 ^ t2;
    s[0] = s0 ^ t3;
    s[2] = t2 ^ (s1 << 9);
    s[3] = (t3 << 11) | (t3 >>> 21);
    return result >>> 0;
  }
}

const POOL_BYTES = 4_096;

/** Random bytes for ids and seeds, drawn many at a time: the generator's fixed cost is large beside a few bytes. */
export class RandomPool {
  readonly #pool = new Uint8Array(POOL_BYTES);
  #next = POOL_BYTES;

  /** A copy of its own; each byte is given out once. */
  readonly take = (length: number): Uint8Array => {
    if (length > POOL_BYTES) return randomFillSync(new Uint8Array(length));
    if (this.#next + length > POOL_BYTES) {
      randomFillSync(this.#pool);
      this.#next = 0;
    }
    this.#next += length;
    return this.#pool.slice(this.#next - length, this.#next);
  };
}
