/** Names of functions: `module/path:export` as people write them, `module/path.js:export` as the runtime keeps them. */

export type ParsedPath = { module: string; name: string; canonical: string };

const COMPONENT = /^[A-Za-z0-9_.]{1,64}$/;
const IDENTIFIER = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/**
 * Parses what a client sent. A missing function name means `default`; `.js` is added when absent.
 * Returns the reason as text when it is no path to a function.
 */
export function parsePath(text: string): ParsedPath | { error: string } {
  const colon = text.lastIndexOf(":");
  const rawModule = colon === -1 ? text : text.slice(0, colon);
  const name = colon === -1 ? "default" : text.slice(colon + 1);
  const refuse = (why: string) => ({ error: `${text} is not a valid path to a Convex function. ${why}` });
  if (!IDENTIFIER.test(name) || name.length > 64) {
    return refuse(`"${name}" is not a valid function name.`);
  }
  if (rawModule.startsWith("/")) return refuse("Module paths must be relative.");
  const components = rawModule.split("/");
  const last = components.length - 1;
  const file = components[last] ?? "";
  const dot = file.lastIndexOf(".");
  if (dot !== -1 && file.slice(dot) !== ".js") {
    return refuse(`Module path has an extension that isn't 'js': ${rawModule}`);
  }
  components[last] = dot === -1 ? file : file.slice(0, dot);
  for (const component of components) {
    if (!COMPONENT.test(component) || !/[A-Za-z0-9]/.test(component)) {
      return refuse(
        `Path component ${JSON.stringify(component)} can only contain alphanumeric characters, underscores, or periods.`,
      );
    }
  }
  const module = `${components.join("/")}.js`;
  return { module, name, canonical: `${module}:${name}` };
}

/** The form for logs and texts: without `.js`, and without `:default`. */
export function displayPath(canonical: string): string {
  const colon = canonical.lastIndexOf(":");
  const module = canonical.slice(0, colon).replace(/\.js$/, "");
  const name = canonical.slice(colon + 1);
  return name === "default" ? module : `${module}:${name}`;
}
