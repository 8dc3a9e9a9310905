import type { IndexKey } from "../storage/types";

type Node<T> = {
  readonly lo: IndexKey;
  /** Null: no end. */
  readonly hi: IndexKey | null;
  readonly priority: number;
  readonly values: Set<T>;
  left: Node<T> | null;
  right: Node<T> | null;
  /** The largest `hi` in this subtree. */
  maxHi: IndexKey | null;
};

/**
 * Intervals [lo, hi) of keys, each with a set of values: which of them contain a key? A treap ordered by (lo, hi),
 * balanced by random priorities; each node knows how far its subtree reaches, so that a search visits only the
 * intervals it finds and the way to them.
 */
export class IntervalTree<T> {
  readonly #random: () => number;
  #root: Node<T> | null = null;

  constructor(random: () => number) {
    this.#random = random;
  }

  get isEmpty(): boolean {
    return this.#root === null;
  }

  add(lo: IndexKey, hi: IndexKey | null, value: T): void {
    const existing = this.#find(lo, hi);
    if (existing !== null) {
      existing.values.add(value);
      return;
    }
    const node: Node<T> = {
      lo,
      hi,
      priority: this.#random(),
      values: new Set([value]),
      left: null,
      right: null,
      maxHi: hi,
    };
    const [before, after] = split(this.#root, lo, hi);
    this.#root = join(join(before, node), after);
  }

  delete(lo: IndexKey, hi: IndexKey | null, value: T): void {
    const node = this.#find(lo, hi);
    if (node === null) return;
    node.values.delete(value);
    if (node.values.size === 0) this.#root = without(this.#root, node);
  }

  /** Adds the values of all intervals that contain the key. */
  collect(key: IndexKey, into: Set<T>): void {
    collect(this.#root, key, into);
  }

  #find(lo: IndexKey, hi: IndexKey | null): Node<T> | null {
    let node = this.#root;
    while (node !== null) {
      const order = compare(lo, hi, node);
      if (order === 0) return node;
      node = order < 0 ? node.left : node.right;
    }
    return null;
  }
}

function collect<T>(node: Node<T> | null, key: IndexKey, into: Set<T>): void {
  for (let at = node; at !== null && reaches(at.maxHi, key); at = at.right) {
    collect(at.left, key, into);
    if (at.lo > key) return;
    if (reaches(at.hi, key)) for (const value of at.values) into.add(value);
  }
}

function reaches(hi: IndexKey | null, key: IndexKey): boolean {
  return hi === null || hi > key;
}

function compare<T>(lo: IndexKey, hi: IndexKey | null, node: Node<T>): number {
  if (lo !== node.lo) return lo < node.lo ? -1 : 1;
  if (hi === node.hi) return 0;
  if (hi === null || node.hi === null) return hi === null ? 1 : -1;
  return hi < node.hi ? -1 : 1;
}

/** Cuts the tree into what is before (lo, hi) and what is after; there must be no node of exactly it. */
function split<T>(node: Node<T> | null, lo: IndexKey, hi: IndexKey | null): [Node<T> | null, Node<T> | null] {
  if (node === null) return [null, null];
  if (compare(lo, hi, node) < 0) {
    const [before, after] = split(node.left, lo, hi);
    node.left = after;
    return [before, updated(node)];
  }
  const [before, after] = split(node.right, lo, hi);
  node.right = before;
  return [updated(node), after];
}

/** Joins two trees, all of the first one before all of the second. */
function join<T>(first: Node<T> | null, second: Node<T> | null): Node<T> | null {
  if (first === null || second === null) return first ?? second;
  if (first.priority > second.priority) {
    first.right = join(first.right, second);
    return updated(first);
  }
  second.left = join(first, second.left);
  return updated(second);
}

function without<T>(node: Node<T> | null, target: Node<T>): Node<T> | null {
  if (node === null) return null;
  if (node === target) return join(node.left, node.right);
  if (compare(target.lo, target.hi, node) < 0) node.left = without(node.left, target);
  else node.right = without(node.right, target);
  return updated(node);
}

function updated<T>(node: Node<T>): Node<T> {
  let maxHi = node.hi;
  for (const child of [node.left, node.right]) {
    if (child === null || maxHi === null) continue;
    if (child.maxHi === null || child.maxHi > maxHi) maxHi = child.maxHi;
  }
  node.maxHi = maxHi;
  return node;
}
