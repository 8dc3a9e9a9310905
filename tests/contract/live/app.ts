/** The app of the live-query workload, and what its mutations do to the model of it. */

export const APP = `
import { queryGeneric as query, mutationGeneric as mutation } from "convex/server";

/** Every mutation counts: its number tells the state that it made. */
async function nextVersion(ctx) {
  const row = await ctx.db.query("versions").first();
  if (row === null) await ctx.db.insert("versions", { n: 1 });
  else await ctx.db.patch(row._id, { n: row.n + 1 });
  return (row?.n ?? 0) + 1;
}
const find = (ctx, key) => ctx.db.query("items").withIndex("by_key", (q) => q.eq("key", key)).unique();

export const apply = mutation(async (ctx, { op }) => {
  const n = await nextVersion(ctx);
  const row = await find(ctx, op.key);
  if (op.type === "put" && row === null) await ctx.db.insert("items", { key: op.key, list: op.list, rank: op.rank });
  else if (op.type === "put") await ctx.db.patch(row._id, { list: op.list, rank: op.rank });
  else if (row !== null) await ctx.db.delete(row._id);
  return n;
});

const shown = ({ key, rank }) => [key, rank];
const inList = (ctx, list) => ctx.db.query("items").withIndex("by_list_and_rank", (q) => q.eq("list", list));

export const version = query(async (ctx) => (await ctx.db.query("versions").first())?.n ?? 0);
export const all = query(async (ctx, { list }) => (await inList(ctx, list).collect()).map(shown));
export const top = query(async (ctx, { list }) => (await inList(ctx, list).order("desc").take(3)).map(shown));
export const count = query(async (ctx) => (await ctx.db.query("items").collect()).length);
export const between = query(async (ctx, { list, lo, hi }) =>
  (await ctx.db.query("items").withIndex("by_list_and_rank", (q) => q.eq("list", list).gte("rank", lo).lt("rank", hi)).collect()).map(shown));
export const one = query(async (ctx, { key }) => (await find(ctx, key))?.rank ?? null);
export const page = query(async (ctx, { list, paginationOpts }) => {
  const { page, ...rest } = await inList(ctx, list).paginate(paginationOpts);
  return { ...rest, page: page.map(shown) };
});
`;

export const SCHEMA = `
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
export default defineSchema({
  versions: defineTable({ n: v.number() }),
  items: defineTable({ key: v.string(), list: v.string(), rank: v.number() })
    .index("by_key", ["key"])
    .index("by_list_and_rank", ["list", "rank"]),
});
`;

/** Ranks are distinct, so the order within a list is theirs alone. */
export type Op = { type: "put"; key: string; list: string; rank: number } | { type: "remove"; key: string };

type Row = [key: string, rank: number];
type State = ReadonlyMap<string, { list: string; rank: number }>;

export type Query =
  | { name: "version" | "count"; args: Record<string, never> }
  | { name: "all" | "top"; args: { list: string } }
  | { name: "between"; args: { list: string; lo: number; hi: number } }
  | { name: "one"; args: { key: string } };

/** The database after each mutation, by the mutation's number. */
export class History {
  readonly #states: State[] = [new Map()];
  readonly #ops = new Map<number, Op>();

  /** Mutations may be told in any order. */
  add(n: number, op: Op): void {
    if (this.#ops.has(n)) throw new Error(`Two mutations have the number ${n}.`);
    this.#ops.set(n, op);
    for (let next = this.#ops.get(this.last + 1); next !== undefined; next = this.#ops.get(this.last + 1)) {
      this.#states.push(applied(this.#at(this.last), next));
    }
  }

  /** Number of the newest state of which all before are known too. */
  get last(): number {
    return this.#states.length - 1;
  }

  answer(n: number, { name, args }: Query): unknown {
    const state = this.#at(n);
    switch (name) {
      case "version":
        return n;
      case "count":
        return state.size;
      case "all":
        return rowsOf(state, args.list);
      case "top":
        return rowsOf(state, args.list).reverse().slice(0, 3);
      case "between":
        return rowsOf(state, args.list).filter(([, rank]) => rank >= args.lo && rank < args.hi);
      case "one":
        return state.get(args.key)?.rank ?? null;
    }
  }

  /** All rows of a list, in its order. */
  rows(n: number, list: string): Row[] {
    return rowsOf(this.#at(n), list);
  }

  #at(n: number): State {
    const state = this.#states[n];
    if (state === undefined) throw new Error(`There never was a state ${n}: the newest is ${this.last}.`);
    return state;
  }
}

function applied(state: State, op: Op): State {
  const next = new Map(state);
  if (op.type === "put") next.set(op.key, { list: op.list, rank: op.rank });
  else next.delete(op.key);
  return next;
}

function rowsOf(state: State, list: string): Row[] {
  return [...state]
    .filter(([, item]) => item.list === list)
    .map(([key, { rank }]): Row => [key, rank])
    .sort(([, a], [, b]) => a - b);
}
