/** Random documents and queries over them, of every value type; values repeat and long ones share their beginning. */
import fc from "fast-check";
import type { Value } from "convex/values";
import { convexValue } from "../../storage/convex-values";
import type { Bound, Condition, ModelQuery, Operand, Operator } from "./brute-force";

/** The indexes of the table under test, by name. */
export const INDEXES = {
  by_creation_time: [],
  by_a: ["a"],
  by_a_and_b: ["a", "b"],
  by_nested: ["o.x", "a"],
  by_b_and_nested: ["b", "o.x"],
} satisfies Record<string, readonly string[]>;

export const FIELDS = ["a", "b", "o.x"] as const;

/** Longer than an LMDB key can be: stored keys are cut, and these share what is left of them. */
const LONG = "long ".repeat(500);
/** Cut within the second field of an index. */
const HALF = "h".repeat(1_500);

/** Few, so that documents share values and bounds meet them. */
const FREQUENT: (Value | undefined)[] = [
  undefined,
  null,
  -5n,
  7n,
  -0,
  0,
  1.5,
  Number.NaN,
  false,
  true,
  "",
  "a",
  "a\0",
  "b",
  HALF,
  `${HALF}\0`,
  LONG,
  `${LONG}a`,
  `${LONG}b`,
  new Uint8Array([0, 255]).buffer,
  [],
  ["a", 1],
  [LONG, 1],
  [LONG, 2],
  {},
  { x: "a" },
  { x: LONG },
];

export const fieldValue: fc.Arbitrary<Value | undefined> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...FREQUENT) },
  { weight: 1, arbitrary: convexValue },
);

/** Values of the fields `a`, `b` and `o.x`. */
export type Content = Record<(typeof FIELDS)[number], Value | undefined>;

export const content: fc.Arbitrary<Content> = fc.record({ a: fieldValue, b: fieldValue, "o.x": fieldValue });

const boundOf = (types: readonly Bound["type"][], field: string): fc.Arbitrary<Bound> =>
  fc.record({ type: fc.constantFrom(...types), field: fc.constant(field), value: fieldValue });

/** Equalities on some first fields, then at most a lower and an upper bound on the next. */
function boundsOn(fields: readonly string[]): fc.Arbitrary<Bound[]> {
  return fc.nat(fields.length).chain((equal) => {
    const next = fields[equal];
    const ends: fc.Arbitrary<Bound[]>[] =
      next === undefined
        ? []
        : [boundOf(["Gt", "Gte"], next), boundOf(["Lt", "Lte"], next)].map((bound) =>
            fc.option(bound, { nil: null }).map((one) => (one === null ? [] : [one])),
          );
    const equalities = fields.slice(0, equal).map((field) => boundOf(["Eq"], field).map((bound) => [bound]));
    return fc.tuple(...equalities, ...ends).map((bounds) => bounds.flat());
  });
}

const operand: fc.Arbitrary<Operand> = fc.oneof(
  fc.record({ field: fc.constantFrom<string>(...FIELDS, "o", "_id", "_creationTime", "n") }),
  fc.record({ literal: fieldValue }),
);

const condition: fc.Arbitrary<Condition> = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2 },
    fc.record({
      type: fc.constantFrom<"eq" | "neq" | "lt" | "lte" | "gt" | "gte">(
        "eq",
        "neq",
        "lt",
        "lte",
        "gt",
        "gte",
      ),
      left: operand,
      right: operand,
    }),
    fc.record({
      type: fc.constantFrom<"and" | "or">("and", "or"),
      conditions: fc.array(tie("condition"), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ type: fc.constant("not" as const), condition: tie("condition") }),
  ),
})).condition;

const filter: fc.Arbitrary<Operator> = condition.map((inner) => ({ filter: inner }));
const limit: fc.Arbitrary<Operator> = fc.constantFrom(0, 1, 3, 8).map((rows) => ({ limit: rows }));

export type IndexName = keyof typeof INDEXES;
export type NamedQuery = ModelQuery & { name: IndexName };

function queryWith(operators: fc.Arbitrary<Operator[]>): fc.Arbitrary<NamedQuery> {
  return fc.constantFrom(...(Object.keys(INDEXES) as IndexName[])).chain((name) =>
    fc.record({
      name: fc.constant(name),
      index: fc.constant(INDEXES[name]),
      bounds: boundsOn(INDEXES[name]),
      order: fc.constantFrom<"asc" | "desc">("asc", "desc"),
      operators,
    }),
  );
}

export const anyQuery = queryWith(fc.array(fc.oneof(filter, limit), { maxLength: 2 }));
/** A limit and pages do not go together. */
export const pagedQuery = queryWith(fc.array(filter, { maxLength: 1 }));

/** One write of a transaction; `document` picks among those there are. */
export type Write =
  | { type: "insert"; content: Content }
  | { type: "replace" | "patch"; document: number; content: Content }
  | { type: "remove"; document: number };

const insert: fc.Arbitrary<Write> = fc.record({ type: fc.constant("insert" as const), content });
const change: fc.Arbitrary<Write> = fc.oneof(
  fc.record({ type: fc.constantFrom<"replace" | "patch">("replace", "patch"), document: fc.nat(), content }),
  fc.record({ type: fc.constant("remove" as const), document: fc.nat() }),
);
export const write = fc.oneof({ weight: 3, arbitrary: insert }, { weight: 2, arbitrary: change });
