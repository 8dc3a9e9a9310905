/** Which environment variables the code of each component sees. */
import { APP, parentPath } from "./component-path";
import type { CodeVersion } from "./types";

type Variables = Record<string, string>;

const SITE_URL = "CONVEX_SITE_URL";
const BUILT_IN = ["CONVEX_CLOUD_URL", SITE_URL];

/**
 * The app sees every variable of the deployment; a component those that it declares, with the values that the component above
 * it has bound to them, and the built-in ones.
 */
export class ComponentEnvironments {
  readonly #components: CodeVersion["components"];
  #deployment: Variables;
  readonly #known = new Map<string, Variables>();

  /** `deployment`: all variables, the built-in ones included. */
  constructor(code: CodeVersion | null, deployment: Variables) {
    this.#components = code?.components ?? {};
    this.#deployment = deployment;
  }

  set(deployment: Variables): void {
    this.#deployment = deployment;
    this.#known.clear();
  }

  get(component: string, name: string): string | undefined {
    const variables = this.#of(component);
    return Object.hasOwn(variables, name) ? variables[name] : undefined;
  }

  #of(component: string): Variables {
    if (component === APP) return this.#deployment;
    let variables = this.#known.get(component);
    if (variables === undefined) {
      variables = this.#bound(component);
      this.#known.set(component, variables);
    }
    return variables;
  }

  #bound(component: string): Variables {
    const variables: Variables = {};
    const parent = parentPath(component) ?? APP;
    for (const [name, binding] of Object.entries(this.#components[component]?.env ?? {})) {
      const value = binding.type === "value" ? binding.value : this.get(parent, binding.name);
      if (value !== undefined) variables[name] = value;
    }
    for (const name of BUILT_IN) {
      const value = this.#deployment[name];
      if (value !== undefined) variables[name] = value;
    }
    const mount = mountPoint(this.#components, component);
    if (mount !== null) variables[SITE_URL] = `${this.#deployment[SITE_URL] ?? ""}${mount}`;
    return variables;
  }
}

/** Path, without a closing "/", below which the site reaches the component's http.js; null if it does not. */
function mountPoint(components: CodeVersion["components"], component: string): string | null {
  const parent = parentPath(component);
  if (parent === null) return "";
  const above = mountPoint(components, parent);
  const mount = Object.entries(components[parent]?.httpMounts ?? {}).find(([, child]) => child === component);
  return above === null || mount === undefined ? null : above + mount[0].replace(/\/$/, "");
}
