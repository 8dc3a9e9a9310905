/** Finds functions in loaded modules and checks what goes into and comes out of them. */
import { checkConvexValue } from "../engine/document";
import { DatabaseError } from "../engine/errors";
import { checkValue, parseValidator, type IdTable } from "../engine/validator";
import type { JSONValue, ValidatorJSON } from "../storage/types";
import { functionFailure } from "./failure";
import { MAX_ARGS_BYTES, MAX_RETURN_BYTES, MAX_SYSTEM_RETURN_BYTES } from "./limits";
import { APP } from "./component-path";
import { ModuleNotFound, rootOf, SYSTEM_ROOT, type ModuleLoader } from "./module-loader";
import { displayPath, parsePath } from "./path";
import { isSurelyWithinLimits } from "./value-limits";
import type { FunctionAddress } from "./function-handles";
import type { CodeVersion, Failure, FunctionAnalysis, ModuleEnvironment, UdfType } from "./types";

export type LoadedFunction = {
  path: string;
  component: string;
  udfType: UdfType;
  isPublic: boolean;
  isSystem: boolean;
  /** Null: anything goes. */
  args: ValidatorJSON | null;
  returns: ValidatorJSON | null;
  /** Queries and mutations: (argsText) => result text. Actions: (requestId, argsText) => result text. */
  invoke: (...texts: string[]) => Promise<string>;
};

/** A run ends with this failure before or after the developer's code; never shown to that code as it is. */
export class RunRefused extends Error {
  override name = "RunRefused";
  constructor(readonly failure: Failure) {
    super(failure.message.trimEnd());
  }
}

/** Refuses with one line of text, as a developer error. */
export function refuse(text: string): never {
  throw new RunRefused(functionFailure([text]));
}

export type ResolveOptions = { udfType: UdfType; allowInternal: boolean; isAdmin: boolean };

type RegisteredFunction = {
  isQuery?: boolean;
  isMutation?: boolean;
  isAction?: boolean;
  isPublic?: boolean;
  isInternal?: boolean;
  exportArgs?: () => string;
  exportReturns?: () => string;
  invokeQuery?: (args: string) => Promise<string>;
  invokeMutation?: (args: string) => Promise<string>;
  invokeAction?: (requestId: string, args: string) => Promise<string>;
};

/** The functions of all mounted components that this worker can run. */
export class FunctionTable {
  readonly #components = new Map<string, ComponentTable>();

  constructor(loader: ModuleLoader, { components }: CodeVersion, environment: ModuleEnvironment) {
    for (const [component, { modules }] of Object.entries(components)) {
      const own = Object.keys(modules).filter((module) => modules[module]?.environment === environment);
      this.#components.set(component, new ComponentTable(component, loader, new Set(own)));
    }
  }

  /** The function, checked for visibility and type; already loaded ones come without waiting. */
  resolve(address: FunctionAddress, o: ResolveOptions): LoadedFunction | Promise<LoadedFunction> {
    // The deployment's own functions are the same for every component, also for one without code.
    const owner = address.path.startsWith("_system/") ? APP : address.component;
    const table = this.#components.get(owner);
    return table === undefined ? refuse(notFound(address, o)) : table.resolve(address, o);
  }

  /** The default export of a module that is not deployed, as if it were the component's module of that path. */
  async resolveSource(source: string, address: FunctionAddress, o: ResolveOptions): Promise<LoadedFunction> {
    const table = this.#components.get(address.component);
    return table === undefined ? refuse(notFound(address, o)) : table.resolveSource(source, address, o);
  }
}

class ComponentTable {
  readonly #loaded = new Map<string, LoadedFunction>();

  constructor(
    readonly component: string,
    readonly loader: ModuleLoader,
    /** Paths of the deployed modules that this worker can load. */
    readonly modules: ReadonlySet<string>,
  ) {}

  resolve(address: FunctionAddress, o: ResolveOptions): LoadedFunction | Promise<LoadedFunction> {
    const known = this.#loaded.get(address.path);
    return known === undefined ? this.#load(address, o) : checkAllowed(known, address, o);
  }

  async resolveSource(source: string, address: FunctionAddress, o: ResolveOptions): Promise<LoadedFunction> {
    const { default: exported } = await this.loader.loadSource(rootOf(this.component), address.path, source);
    const loaded = describe(address, exported, false);
    if (loaded === null) return refuse("The module must have a query as its default export.");
    return checkAllowed(loaded, address, o);
  }

  async #load(address: FunctionAddress, o: ResolveOptions): Promise<LoadedFunction> {
    const parsed = parsePath(address.path);
    if ("error" in parsed) return refuse(parsed.error);
    const isSystem = parsed.module.startsWith("_system/");
    const isCallable = isSystem ? o.isAdmin : this.modules.has(parsed.module) && !isDependency(parsed.module);
    if (!isCallable) return refuse(notFound(address, o));
    const namespace = await this.#namespace(isSystem, parsed.module, address, o);
    const exported = namespace[parsed.name];
    const loaded = describe({ ...address, path: parsed.canonical }, exported, isSystem);
    if (loaded === null) {
      if (exported === undefined) return refuse(notFound(address, o));
      return refuse(
        `Function ${displayPath(parsed.canonical)} is neither a query or mutation. ` +
          "Wrap it in `query`, `mutation` or `action` of `./_generated/server`.",
      );
    }
    this.#loaded.set(address.path, loaded);
    return checkAllowed(loaded, address, o);
  }

  async #namespace(isSystem: boolean, module: string, address: FunctionAddress, o: ResolveOptions) {
    try {
      return await this.loader.load(isSystem ? SYSTEM_ROOT : rootOf(this.component), module);
    } catch (error) {
      if (isSystem && error instanceof ModuleNotFound) return refuse(notFound(address, o));
      throw error;
    }
  }
}

/** Chunks that modules share; nothing in them can be run. */
export function isDependency(module: string): boolean {
  return module.startsWith("_deps/");
}

export function notFound({ component, path }: FunctionAddress, o: { allowInternal: boolean }): string {
  return (
    `Could not find ${o.allowInternal ? "" : "public "}function for '${displayPath(path)}'${inComponent(component)}. ` +
    "Did you forget to run `npx convex dev`?"
  );
}

function inComponent(component: string): string {
  return component === APP ? "" : ` in '${component}'`;
}

/** Nothing of a component is public to a client: its functions are for the components around it. */
function checkAllowed(fn: LoadedFunction, address: FunctionAddress, o: ResolveOptions): LoadedFunction {
  const isPublic = fn.isPublic && fn.component === APP;
  if (!isPublic && !o.allowInternal) refuse(notFound(address, o));
  if (fn.isSystem && !o.isAdmin) refuse(notFound(address, o));
  if (fn.udfType !== o.udfType) {
    refuse(
      `Trying to execute ${fn.path}${inComponent(fn.component)} as ${o.udfType}, but it is defined as ${fn.udfType}.`,
    );
  }
  return fn;
}

/** What an export says of itself; null when it is no Convex function. */
export function analyzeExport(name: string, exported: unknown): FunctionAnalysis | null {
  if (typeof exported !== "function") return null;
  const fn = exported as unknown as RegisteredFunction;
  const udfType = fn.isQuery ? "Query" : fn.isMutation ? "Mutation" : fn.isAction ? "Action" : null;
  if (udfType === null) return null;
  return {
    name,
    udfType,
    visibility: fn.isPublic === true ? "public" : "internal",
    args: JSON.parse(fn.exportArgs?.() ?? '{"type":"any"}') as JSONValue,
    returns: JSON.parse(fn.exportReturns?.() ?? "null") as JSONValue,
  };
}

function describe(
  { component, path }: FunctionAddress,
  exported: unknown,
  isSystem: boolean,
): LoadedFunction | null {
  const analysis = analyzeExport(path, exported);
  if (analysis === null) return null;
  const fn = exported as RegisteredFunction;
  const invoke = fn.invokeQuery ?? fn.invokeMutation ?? fn.invokeAction;
  if (invoke === undefined) return null;
  return {
    path,
    component,
    udfType: analysis.udfType,
    isPublic: analysis.visibility === "public",
    isSystem,
    args: validatorOf(analysis.args),
    returns: validatorOf(analysis.returns),
    invoke: invoke,
  };
}

function validatorOf(json: JSONValue): ValidatorJSON | null {
  if (json === null) return null;
  const validator = parseValidator(json);
  return validator.type === "any" ? null : validator;
}

/** Refuses arguments that are too large, no Convex values, or not what the function declares. */
export function checkArgs(fn: LoadedFunction, argsText: string, idTable: IdTable): void {
  const name = displayPath(fn.path);
  if (argsText.length > MAX_ARGS_BYTES) {
    refuse(`Arguments for ${name} are too large (actual: ${formatBytes(argsText.length)}, limit: 16 MiB)`);
  }
  const args = JSON.parse(argsText) as JSONValue;
  if (!Array.isArray(args)) return refuse(`Invalid arguments for ${name}: expected an array`);
  for (const arg of args) {
    const invalid = convexValueError(arg);
    if (invalid !== null) refuse(`Invalid arguments for ${name}: ${invalid}`);
  }
  if (fn.args === null) return;
  const [first] = args;
  if (args.length !== 1 || first === undefined) {
    return refuse(`ArgumentValidationError: Expected one argument but received ${args.length}`);
  }
  const mismatch = checkValue(fn.args, first, idTable);
  if (mismatch !== null) refuse(`ArgumentValidationError: ${mismatch}`);
}

/** Why this is not the JSON form of a Convex value within the limits; null: it is. */
function convexValueError(json: JSONValue): string | null {
  try {
    checkConvexValue(json);
    return null;
  } catch (error) {
    if (error instanceof DatabaseError) return error.message;
    throw error;
  }
}

/** Refuses a result that is too large or not what the function declares. */
export function checkReturn(fn: LoadedFunction, resultText: unknown, idTable: IdTable): string {
  const name = displayPath(fn.path);
  if (typeof resultText !== "string")
    return refuse(`Function ${name} return value invalid: it is no Convex value`);
  const limit = fn.isSystem ? MAX_SYSTEM_RETURN_BYTES : MAX_RETURN_BYTES;
  if (resultText.length > limit) {
    refuse(
      `Function ${name} return value is too large (actual: ${formatBytes(resultText.length)}, limit: ${formatBytes(limit)})`,
    );
  }
  if (!isSurelyWithinLimits(resultText)) {
    const invalid = convexValueError(JSON.parse(resultText) as JSONValue);
    if (invalid !== null) refuse(`Function ${name} return value invalid: ${invalid}`);
  }
  if (fn.returns === null) return resultText;
  const mismatch = checkValue(fn.returns, JSON.parse(resultText) as JSONValue, idTable);
  if (mismatch !== null) refuse(`ReturnsValidationError: ${mismatch}`);
  return resultText;
}

function formatBytes(bytes: number): string {
  const mebibytes = bytes / (1024 * 1024);
  return Number.isInteger(mebibytes) ? `${mebibytes} MiB` : `${mebibytes.toFixed(2)} MiB`;
}
