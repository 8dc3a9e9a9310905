/** The components that a push mounts: the app, what it uses, what that uses, with what is bound to their variables. */
import { APP, childPath } from "../runtime/component-path";
import type { EnvBinding, HttpRoute } from "../runtime/types";
import type { JSONObject } from "../storage/types";
import type { ChildUse, ComponentDefinition, ExportTree } from "./component-definitions";
import { DeployError } from "./deploy-error";

/** One definition with what its modules hold. `httpRoutes`: of its http.js. */
export type DefinedComponent = {
  definition: ComponentDefinition;
  exports: ExportTree;
  httpRoutes: HttpRoute[] | null;
};

/** A mounted component. `path`: names from the app down; of the app "". */
export type ComponentInstance = {
  path: string;
  definitionPath: string;
  httpPrefix: string | null;
  /** Component paths by path prefix. */
  httpMounts: Record<string, string>;
  /** Null for the app, which sees all variables. */
  env: Record<string, EnvBinding> | null;
};

/** Components in components at most so many levels deep; a definition that uses itself would have no end. */
const MAX_DEPTH = 32;

export class ComponentTree {
  /** The app first, each before its children. */
  readonly instances: ComponentInstance[] = [];
  /** The tree in production's form. */
  readonly checked: JSONObject;
  readonly #definitions: ReadonlyMap<string, DefinedComponent>;

  /** `bindsNothing`: the app is a stand-in that gives its components no variables, as when only one component's types are made. */
  constructor(
    definitions: ReadonlyMap<string, DefinedComponent>,
    { bindsNothing }: { bindsNothing: boolean },
  ) {
    this.#definitions = definitions;
    this.checked = this.#instantiate("", APP, null, { bindsNothing, depth: 0 });
  }

  #instantiate(
    definitionPath: string,
    path: string,
    env: ComponentInstance["env"],
    o: { bindsNothing: boolean; depth: number },
  ): JSONObject {
    const { definition, exports, httpRoutes } = this.#defined(definitionPath);
    if (o.depth > MAX_DEPTH) throw typeError(`Component ${path} is nested too deep.`);
    const httpMounts = mountsOf(definition, path);
    this.instances.push({ path, definitionPath, httpPrefix: definition.httpPrefix, httpMounts, env });
    const childComponents: JSONObject = {};
    for (const use of definition.children) {
      if (Object.hasOwn(childComponents, use.name)) {
        throw typeError(
          `Component ${JSON.stringify(path)} has multiple child components with the same name: ${use.name}`,
        );
      }
      const child = childPath(path, use.name);
      if (!o.bindsNothing) checkEnv(this.#defined(use.definitionPath).definition, definition, use, child);
      const below = { ...o, depth: o.depth + 1 };
      childComponents[use.name] = this.#instantiate(use.definitionPath, child, use.env, below);
    }
    for (const [prefix, mounted] of Object.entries(httpMounts)) this.#checkMount(prefix, mounted);
    return {
      definitionPath,
      componentPath: path,
      args: {},
      childComponents,
      httpRoutes: {
        httpModuleRoutes: httpRoutes?.map(({ path: route, method }) => ({ path: route, method })) ?? null,
        mounts: Object.keys(httpMounts),
      },
      exports: path === APP ? {} : checkedExports(exports, path),
    };
  }

  #defined(definitionPath: string): DefinedComponent {
    const found = this.#definitions.get(definitionPath);
    if (found === undefined) throw typeError(`Component definition not found: ${definitionPath}`);
    return found;
  }

  #checkMount(prefix: string, mounted: string): void {
    const child = this.instances.find(({ path }) => path === mounted);
    const name = mounted.slice(mounted.lastIndexOf("/") + 1);
    if (child === undefined)
      throw typeError(`HTTP mount ${prefix} is invalid: Child component ${name} not found.`);
    const isEmpty =
      this.#defined(child.definitionPath).httpRoutes === null && Object.keys(child.httpMounts).length === 0;
    if (!isEmpty) return;
    throw typeError(`HTTP mount ${prefix} is invalid: Child component ${name} doesn't have any HTTP routes.`);
  }
}

function mountsOf({ httpMounts }: ComponentDefinition, path: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(httpMounts).map(([prefix, child]) => [prefix, childPath(path, child)]),
  );
}

/** What the parent binds must be what the child declares, and nothing that it needs may be missing. */
function checkEnv(
  child: ComponentDefinition,
  parent: ComponentDefinition,
  { env }: ChildUse,
  path: string,
): void {
  const declared = new Map(child.envVars.map((variable) => [variable.name, variable]));
  for (const [name, binding] of Object.entries(env)) {
    const variable = declared.get(name);
    if (variable === undefined) throw typeError(`Component ${path} has no env var named ${name}`);
    if (binding.type === "value") continue;
    const source = parent.envVars.find((candidate) => candidate.name === binding.name);
    if (source === undefined) {
      throw typeError(
        `Component ${path} binds env var ${name} to ${binding.name}, which its parent does not declare`,
      );
    }
    if (source.isOptional && !variable.isOptional) {
      throw typeError(
        `Component ${path}'s env var ${name} is required, but parent env var ${binding.name} is optional`,
      );
    }
  }
  for (const { name, isOptional } of child.envVars) {
    if (!isOptional && env[name] === undefined) {
      throw typeError(`Component ${path} is missing required env var ${name}`);
    }
  }
}

function checkedExports(tree: ExportTree, component: string): JSONObject {
  const checked: JSONObject = {};
  for (const [name, node] of tree) {
    checked[name] =
      typeof node === "string"
        ? { type: "leaf", resource: { type: "function", path: { component, udfPath: node } } }
        : { type: "branch", children: checkedExports(node, component) };
  }
  return checked;
}

function typeError(message: string): DeployError {
  return new DeployError("TypecheckError", `Hit an error while pushing:\n${message}`);
}
