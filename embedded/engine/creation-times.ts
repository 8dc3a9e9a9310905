/**
 * `_creationTime`s of one transaction, in Unix ms: the first is the time it began, each further one the next larger
 * representable number. So they are distinct and increase inside a transaction, though not from commit to commit.
 */
export class CreationTimes {
  readonly #bits = new DataView(new ArrayBuffer(8));

  constructor(beginTime: number) {
    this.#bits.setFloat64(0, beginTime);
  }

  next(): number {
    const time = this.#bits.getFloat64(0);
    // Positive floats sort as their bits do.
    this.#bits.setBigUint64(0, this.#bits.getBigUint64(0) + 1n);
    return time;
  }
}
