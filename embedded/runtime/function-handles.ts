/**
 * Function handles: texts that name a function of any component, to be handed to other components. A handle cannot be guessed
 * and needs no record: it is a keyed hash of what it names, the same whenever that function is deployed.
 */
import { createHmac } from "node:crypto";
import type { CodeVersion } from "./types";

/** A function of some component; `path` is canonical. */
export type FunctionAddress = { component: string; path: string };

const HANDLE = /^function:\/\/([0-9a-f]{32})(?:#.*)?$/s;

export class FunctionHandles {
  readonly #code: CodeVersion;
  readonly #key: Buffer;
  #byId: Map<string, FunctionAddress> | null = null;

  /** `key`: of the catalog. */
  constructor(code: CodeVersion, key: Buffer) {
    this.#code = code;
    this.#key = key;
  }

  handleOf(address: FunctionAddress): string {
    return `function://${this.#id(address)}#${address.path.replace(".js:", ":")}`;
  }

  /** Null if it names no function that is deployed now. */
  find(handle: string): FunctionAddress | null {
    const id = HANDLE.exec(handle)?.[1];
    if (id === undefined) return null;
    this.#byId ??= new Map(this.#addresses().map((address) => [this.#id(address), address]));
    return this.#byId.get(id) ?? null;
  }

  #addresses(): FunctionAddress[] {
    return Object.entries(this.#code.components).flatMap(([component, { modules }]) =>
      Object.entries(modules).flatMap(([module, { functions }]) =>
        functions.map(({ name }) => ({ component, path: `${module}:${name}` })),
      ),
    );
  }

  #id({ component, path }: FunctionAddress): string {
    return createHmac("sha256", this.#key).update(`${component}\0${path}`).digest("hex").slice(0, 32);
  }
}
