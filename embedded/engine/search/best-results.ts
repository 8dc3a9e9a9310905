/** Keeps the best of many: a heap with the worst of those kept on top. */
export class BestResults<T> {
  readonly #limit: number;
  readonly #isBetter: (a: T, b: T) => boolean;
  readonly #heap: T[] = [];

  /** `isBetter` must tell any two results apart. */
  constructor(limit: number, isBetter: (a: T, b: T) => boolean) {
    this.#limit = limit;
    this.#isBetter = isBetter;
  }

  /** The worst of those kept, once there are as many as are wanted. */
  get worst(): T | undefined {
    return this.#heap.length < this.#limit ? undefined : this.#heap[0];
  }

  add(result: T): void {
    const heap = this.#heap;
    if (heap.length < this.#limit) {
      heap.push(result);
      this.#rise(heap.length - 1);
    } else if (this.#limit > 0 && this.#isBetter(result, this.#at(0))) {
      heap[0] = result;
      this.#sink(0);
    }
  }

  /** Best first. */
  sorted(): T[] {
    return [...this.#heap].sort((a, b) => (this.#isBetter(a, b) ? -1 : 1));
  }

  #at(position: number): T {
    return this.#heap[position] as T;
  }

  #rise(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.#isBetter(this.#at(parent), this.#at(at))) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(from: number): void {
    for (let at = from; ;) {
      let worst = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.#heap.length && this.#isBetter(this.#at(worst), this.#at(child))) worst = child;
      }
      if (worst === at) return;
      this.#swap(at, worst);
      at = worst;
    }
  }

  #swap(a: number, b: number): void {
    const held = this.#at(a);
    this.#heap[a] = this.#at(b);
    this.#heap[b] = held;
  }
}
