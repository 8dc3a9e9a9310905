/** Label values that callers choose must not add up without end: what comes after the first `limit` distinct ones is "(other)". */
export class BoundedLabels {
  readonly #known = new Set<string>();

  constructor(readonly limit: number) {}

  of(value: string): string {
    if (this.#known.has(value)) return value;
    if (this.#known.size >= this.limit) return "(other)";
    this.#known.add(value);
    return value;
  }
}
