/** Counts host promises (WebCrypto) that user code may be waiting for, so that a waiting run is told from a stuck one. */
export class HostOperations {
  pending = 0;
  #wake: (() => void)[] = [];

  track<T>(promise: Promise<T>): Promise<T> {
    this.pending++;
    const done = () => {
      this.pending--;
      const wake = this.#wake;
      this.#wake = [];
      for (const resume of wake) resume();
    };
    promise.then(done, done);
    return promise;
  }

  /** Resolves when the next pending operation has settled. */
  settled(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }
}
