import { rootOf, SYSTEM_ROOT } from "./module-loader";
import type { CodeVersion } from "./types";

/** Folders of all modules that runs may load, for a ModuleLoader. */
export function moduleRoots({ components, systemDir }: CodeVersion): Record<string, string> {
  const roots = Object.entries(components).map(([component, { dir }]) => [rootOf(component), dir]);
  return { ...Object.fromEntries(roots), [SYSTEM_ROOT]: systemDir } as Record<string, string>;
}
