import type { JSONValue, ValidatorJSON } from "../storage/types";

/**
 * Tells to which table an id belongs: its name, or null if the text is no id of a table that exists.
 * `Transaction.tableOfId` and `idTableResolver(catalog, component)` are such functions.
 */
export type IdTable = (text: string) => string | null;

/** Null if the value satisfies the validator, else the text of the first mismatch (several lines). */
export function checkValue(_validator: ValidatorJSON, _value: JSONValue, _idTable: IdTable): string | null {
  throw new Error("unfinished");
}

/** Parses a validator from outside (schema or `exportArgs()`); throws an Error naming what is wrong. */
export function parseValidator(_json: JSONValue): ValidatorJSON {
  throw new Error("unfinished");
}

/** The validator in the notation of `convex/values`, as error texts show it: `v.object({a: v.string()})`. */
export function formatValidator(_validator: ValidatorJSON): string {
  throw new Error("unfinished");
}
