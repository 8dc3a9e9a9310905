/** Loads the modules of a code version as ECMAScript modules of one realm. Needs `--experimental-vm-modules`. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";

/** `user`: the deployed code; `system`: the runtime's own system functions. */
export type ModuleRoot = "user" | "system";

export type ModuleNamespace = Record<string, unknown>;

export class ModuleNotFound extends Error {
  override name = "ModuleNotFound";
  constructor(modulePath: string) {
    super(`Couldn't find JavaScript module '${modulePath}'. Did you forget to run \`npx convex dev\`?`);
  }
}

export type ModuleLoaderOptions = {
  /** Realm of the modules; undefined: the thread's own (Node actions). */
  context?: vm.Context;
  roots: Record<ModuleRoot, string>;
  /** Imports of packages and Node's modules resolve from this folder; null: refused. */
  externalsFrom: string | null;
  /** Why code may not import dynamically now; null: it may. */
  dynamicImportRefusal: (specifier: string) => string | null;
};

const SCHEME = "convex:/";

export class ModuleLoader {
  readonly #modules = new Map<string, vm.Module>();
  /** Linking of overlapping graphs must not interleave, else a module could be evaluated before its imports are linked. */
  #linking: Promise<unknown> = Promise.resolve();

  constructor(readonly options: ModuleLoaderOptions) {}

  /** Namespace of the evaluated module. Throws ModuleNotFound, or what the module's code threw. */
  async load(root: ModuleRoot, modulePath: string): Promise<ModuleNamespace> {
    const module = await this.#evaluated(`${SCHEME}${root}/${modulePath}`);
    return module.namespace as ModuleNamespace;
  }

  /** File behind a module's identifier, for its source map. */
  fileOf(identifier: string): string | null {
    const match = /^convex:\/(user|system)\/(.*)$/.exec(identifier);
    if (match === null) return null;
    return path.join(this.options.roots[match[1] as ModuleRoot], match[2] ?? "");
  }

  async #evaluated(identifier: string): Promise<vm.Module> {
    const linked = this.#linking.then(async () => {
      const module = this.#module(identifier);
      if (module.status === "unlinked") {
        await module.link((specifier, referrer) => this.#resolve(specifier, referrer.identifier));
      }
      return module;
    });
    this.#linking = linked.catch(() => undefined);
    const module = await linked;
    if (module.status === "errored") throw module.error;
    await module.evaluate();
    return module;
  }

  async #resolve(specifier: string, referrer: string): Promise<vm.Module> {
    if (specifier.startsWith(SCHEME)) return this.#module(specifier);
    if (/^\.{0,2}\//.test(specifier)) return this.#module(new URL(specifier, referrer).href);
    const from = this.options.externalsFrom;
    if (from === null) throw new ModuleNotFound(specifier);
    return this.#external(specifier, from);
  }

  #module(identifier: string): vm.Module {
    let module = this.#modules.get(identifier);
    if (module === undefined) {
      module = this.#sourceText(identifier);
      this.#modules.set(identifier, module);
    }
    return module;
  }

  #sourceText(identifier: string): vm.Module {
    const file = this.fileOf(identifier);
    let source: string;
    try {
      if (file === null) throw new Error("outside the bundle");
      source = readFileSync(file, "utf8");
    } catch {
      throw new ModuleNotFound(identifier.replace(/^convex:\/(?:user|system)\//, ""));
    }
    return new vm.SourceTextModule(source, {
      identifier,
      ...(this.options.context === undefined ? {} : { context: this.options.context }),
      initializeImportMeta: (meta) => {
        meta.url = identifier;
      },
      importModuleDynamically: async (specifier) => {
        const refusal = this.options.dynamicImportRefusal(specifier);
        if (refusal !== null) throw new Error(refusal);
        const module = await this.#resolve(specifier, identifier);
        return module.identifier.startsWith(SCHEME) ? this.#evaluated(module.identifier) : evaluate(module);
      },
    });
  }

  /** A package or a Node module, imported by Node itself and handed over export by export. */
  async #external(specifier: string, from: string): Promise<vm.Module> {
    const parent = pathToFileURL(path.join(from, "index.js")).href;
    const url = import.meta.resolve(specifier, parent);
    const known = this.#modules.get(url);
    if (known !== undefined) return known;
    const namespace = (await import(url)) as ModuleNamespace;
    const module = this.#fromNamespace(url, namespace);
    this.#modules.set(url, module);
    return module;
  }

  #fromNamespace(identifier: string, namespace: ModuleNamespace): vm.Module {
    const names = Object.keys(namespace);
    const module = new vm.SyntheticModule(
      names,
      () => names.forEach((name) => module.setExport(name, namespace[name])),
      { identifier, ...(this.options.context === undefined ? {} : { context: this.options.context }) },
    );
    return module;
  }
}

async function evaluate(module: vm.Module): Promise<vm.Module> {
  if (module.status === "unlinked") {
    await module.link(() => {
      throw new Error("a synthetic module imports nothing");
    });
  }
  await module.evaluate();
  return module;
}
