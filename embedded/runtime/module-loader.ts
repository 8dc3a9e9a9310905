/** Loads the modules of a code version as ECMAScript modules of one realm. Needs `--experimental-vm-modules`. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { APP } from "./component-path";

/** Root of the runtime's own system functions. */
export const SYSTEM_ROOT = "system";

/** Root of a component's modules. The modules of each component are evaluated apart, with that one's environment. */
export function rootOf(component: string): string {
  return component === APP ? "user" : `@${encodeURIComponent(component)}`;
}

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
  /** Folders by root. */
  roots: Readonly<Record<string, string>>;
  /** Imports of packages and Node's modules resolve from this folder; null: refused. */
  externalsFrom: string | null;
  /** Why code may not import dynamically now; null: it may. */
  dynamicImportRefusal: (specifier: string) => string | null;
  /** What stands for the definition of a component where another definition imports it, by its encoded path. */
  definitionOf?: (encodedPath: string) => ModuleNamespace | null;
};

const SCHEME = "convex:/";
const DEFINITION_IMPORT = /^convex:\/[^/]+\/_componentDeps\/([^/]+)$/;

/** A module's identifier in its parts: its root, and its path below that one's folder. */
function partsOf(identifier: string): { root: string; path: string } | null {
  const [, root, path] = /^convex:\/([^/]+)\/(.*)$/.exec(identifier) ?? [];
  return root === undefined || path === undefined ? null : { root, path };
}

export class ModuleLoader {
  readonly #modules = new Map<string, vm.Module>();
  /** Linking of overlapping graphs must not interleave, else a module could be evaluated before its imports are linked. */
  #linking: Promise<unknown> = Promise.resolve();

  constructor(readonly options: ModuleLoaderOptions) {}

  /** Namespace of the evaluated module. Throws ModuleNotFound, or what the module's code threw. */
  async load(root: string, modulePath: string): Promise<ModuleNamespace> {
    const module = await this.#evaluated(`${SCHEME}${root}/${modulePath}`);
    return module.namespace as ModuleNamespace;
  }

  /**
   * Namespace of a module that is in no folder, as if it lay among those of the root. It may also import modules by their
   * place in the deployment, `convex:/_system/…` and `convex:/messages.js`. Evaluated anew each time.
   */
  async loadSource(root: string, name: string, source: string): Promise<ModuleNamespace> {
    const module = this.#compiled(`${SCHEME}${root}/${name}`, source);
    const linked = this.#linking.then(() =>
      module.link((specifier, referrer) => {
        const [, path] = /^convex:\/(.*)$/.exec(specifier) ?? [];
        if (referrer !== module || path === undefined) return this.#resolve(specifier, referrer.identifier);
        return this.#module(`${SCHEME}${path.startsWith("_system/") ? SYSTEM_ROOT : root}/${path}`);
      }),
    );
    this.#linking = linked.catch(() => undefined);
    await linked;
    await module.evaluate();
    return module.namespace as ModuleNamespace;
  }

  /** File behind a module's identifier, for its source map. */
  fileOf(identifier: string): string | null {
    const parts = partsOf(identifier);
    const folder = parts === null ? undefined : this.options.roots[parts.root];
    return parts === null || folder === undefined ? null : path.join(folder, parts.path);
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
    if (/^\.{0,2}\//.test(specifier)) {
      const identifier = new URL(specifier, referrer).href;
      // Out of its folder a module of one component would reach those of another.
      if (partsOf(identifier)?.root !== partsOf(referrer)?.root) throw new ModuleNotFound(specifier);
      return this.#module(identifier);
    }
    const from = this.options.externalsFrom;
    if (from === null) throw new ModuleNotFound(specifier);
    return this.#external(specifier, from);
  }

  #module(identifier: string): vm.Module {
    let module = this.#modules.get(identifier);
    if (module === undefined) {
      module = this.#definition(identifier) ?? this.#sourceText(identifier);
      this.#modules.set(identifier, module);
    }
    return module;
  }

  #definition(identifier: string): vm.Module | null {
    const [, encodedPath] = DEFINITION_IMPORT.exec(identifier) ?? [];
    const namespace = encodedPath === undefined ? null : (this.options.definitionOf?.(encodedPath) ?? null);
    return namespace === null ? null : this.#fromNamespace(identifier, namespace);
  }

  #sourceText(identifier: string): vm.Module {
    const file = this.fileOf(identifier);
    let source: string;
    try {
      if (file === null) throw new Error("outside the bundle");
      source = readFileSync(file, "utf8");
    } catch {
      throw new ModuleNotFound(partsOf(identifier)?.path ?? identifier);
    }
    return this.#compiled(identifier, source);
  }

  #compiled(identifier: string, source: string): vm.Module {
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
