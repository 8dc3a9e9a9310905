/** Parses the JSON arguments of an operation that user code made through the global `Convex`. */
import type { JSONValue } from "../storage/types";

/** An operation refused; user code may catch it. `data`: it reaches that code as a ConvexError. */
export class SyscallError extends Error {
  override name = "SyscallError";
  constructor(
    message: string,
    readonly data?: JSONValue,
  ) {
    super(message);
  }
}

export class SyscallArgs {
  readonly #fields: { [key: string]: JSONValue };

  constructor(
    readonly op: string,
    text: string,
  ) {
    const parsed = JSON.parse(text) as JSONValue;
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
      throw new SyscallError(`Invalid arguments for \`${op}\`: expected an object`);
    }
    this.#fields = parsed;
  }

  has(name: string): boolean {
    return this.#fields[name] !== undefined && this.#fields[name] !== null;
  }

  value(name: string): JSONValue {
    const value = this.#fields[name];
    return value === undefined ? this.#invalid(name, "missing field") : value;
  }

  string(name: string): string {
    const value = this.#fields[name];
    return typeof value === "string" ? value : this.#invalid(name, `expected a string, got ${typeof value}`);
  }

  optionalString(name: string): string | null {
    return this.has(name) ? this.string(name) : null;
  }

  number(name: string): number {
    const value = this.#fields[name];
    return typeof value === "number" ? value : this.#invalid(name, `expected a number, got ${typeof value}`);
  }

  optionalNumber(name: string): number | null {
    return this.has(name) ? this.number(name) : null;
  }

  boolean(name: string): boolean {
    const value = this.#fields[name];
    return typeof value === "boolean"
      ? value
      : this.#invalid(name, `expected a boolean, got ${typeof value}`);
  }

  #invalid(name: string, why: string): never {
    throw new SyscallError(`Invalid argument \`${name}\` for \`${this.op}\`: ${why}`);
  }
}
