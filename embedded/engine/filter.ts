import { fieldAt } from "../storage/index-keys";
import { compareValues } from "../storage/key-encoding";
import type { JSONObject, JSONValue } from "../storage/types";
import { isObject } from "./document";
import { DatabaseError } from "./errors";

/** A compiled expression of `convex/server`'s filter builder; undefined stands for a missing field. */
type Evaluate = (document: JSONObject) => JSONValue | undefined;

/** Whether a document passes. Throws DatabaseError where an operator meets a type it cannot take. */
export type Filter = (document: JSONObject) => boolean;

const COMPARISONS: Record<string, (order: number) => boolean> = {
  $eq: (order) => order === 0,
  $neq: (order) => order !== 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
};

const ARITHMETIC: Record<
  string,
  { float: (a: number, b: number) => number; int: (a: bigint, b: bigint) => bigint }
> = {
  $add: { float: (a, b) => a + b, int: (a, b) => a + b },
  $sub: { float: (a, b) => a - b, int: (a, b) => a - b },
  $mul: { float: (a, b) => a * b, int: (a, b) => a * b },
  $div: { float: (a, b) => a / b, int: (a, b) => a / b },
  $mod: { float: (a, b) => a % b, int: (a, b) => a % b },
};

export function compileFilter(expression: JSONValue): Filter {
  const evaluate = compile(expression);
  return (document) => boolean(evaluate(document), "filter");
}

function compile(expression: JSONValue): Evaluate {
  const entries = isObject(expression) ? Object.entries(expression) : [];
  const [entry] = entries;
  if (entries.length !== 1 || entry === undefined) throw invalid(expression);
  const [operator, operand] = entry;
  if (operator === "$literal") return literal(operand);
  if (operator === "$field" && typeof operand === "string") {
    const path = operand.split(".");
    return (document) => fieldAt(document, path);
  }
  if (operator === "$not") {
    const inner = compile(operand);
    return (document) => !boolean(inner(document), operator);
  }
  if (operator === "$neg") {
    const inner = compile(operand);
    return (document) => negate(inner(document));
  }
  if (!Array.isArray(operand)) throw invalid(expression);
  if (operator === "$and" || operator === "$or") return compileLogic(operator, operand);
  const [left, right] = operand;
  if (operand.length !== 2 || left === undefined || right === undefined) throw invalid(expression);
  return compileBinary(operator, compile(left), compile(right), expression);
}

function literal(value: JSONValue): Evaluate {
  const constant = isObject(value) && Object.hasOwn(value, "$undefined") ? undefined : value;
  return () => constant;
}

function compileLogic(operator: "$and" | "$or", operands: JSONValue[]): Evaluate {
  const inner = operands.map(compile);
  // The first operand that decides ends it, as in JavaScript.
  return operator === "$and"
    ? (document) => inner.every((evaluate) => boolean(evaluate(document), operator))
    : (document) => inner.some((evaluate) => boolean(evaluate(document), operator));
}

function compileBinary(operator: string, left: Evaluate, right: Evaluate, expression: JSONValue): Evaluate {
  const comparison = COMPARISONS[operator];
  if (comparison !== undefined) {
    return (document) => comparison(compareValues(left(document), right(document)));
  }
  const arithmetic = ARITHMETIC[operator];
  if (arithmetic === undefined) throw invalid(expression);
  return (document) => {
    const a = numeric(left(document), operator);
    const b = numeric(right(document), operator);
    if (typeof a === "number" && typeof b === "number") return fromNumber(arithmetic.float(a, b));
    if (typeof a !== "bigint" || typeof b !== "bigint") {
      throw new DatabaseError("InvalidFilter", `Filter operator ${operator} cannot mix int64 and float64.`);
    }
    if (b === 0n && (operator === "$div" || operator === "$mod")) {
      throw new DatabaseError("InvalidFilter", `Filter operator ${operator} cannot divide by zero.`);
    }
    return fromBigInt(arithmetic.int(a, b), operator);
  };
}

function negate(value: JSONValue | undefined): JSONValue {
  const number = numeric(value, "$neg");
  return typeof number === "bigint" ? fromBigInt(-number, "$neg") : fromNumber(-number);
}

function numeric(value: JSONValue | undefined, operator: string): number | bigint {
  if (typeof value === "number") return value;
  if (isObject(value)) {
    if (typeof value["$float"] === "string") return Buffer.from(value["$float"], "base64").readDoubleLE();
    if (typeof value["$integer"] === "string")
      return Buffer.from(value["$integer"], "base64").readBigInt64LE();
  }
  throw new DatabaseError("InvalidFilter", `Filter operator ${operator} needs numbers.`);
}

function fromNumber(value: number): JSONValue {
  if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return { $float: bytes.toString("base64") };
}

function fromBigInt(value: bigint, operator: string): JSONValue {
  if (BigInt.asIntN(64, value) !== value) {
    throw new DatabaseError("InvalidFilter", `Filter operator ${operator} overflows int64.`);
  }
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return { $integer: bytes.toString("base64") };
}

function boolean(value: JSONValue | undefined, operator: string): boolean {
  if (typeof value === "boolean") return value;
  throw new DatabaseError(
    "InvalidFilter",
    `${operator} needs a boolean, got ${JSON.stringify(value) ?? "undefined"}.`,
  );
}

function invalid(expression: JSONValue): DatabaseError {
  return new DatabaseError("InvalidFilter", `Invalid filter expression: ${JSON.stringify(expression)}`);
}
