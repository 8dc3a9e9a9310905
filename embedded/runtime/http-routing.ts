/** Which component's router answers an HTTP request. */
import { APP } from "./component-path";
import type { CodeVersion, ComponentCode } from "./types";

/** `path`: as the router of that component knows it. */
export type HttpTarget = { component: string; path: string };

/**
 * An exact route of the component's own wins, then the longest prefix among its own routes and the mounts of its children,
 * a mount before a route; what nothing matches goes to its own router, if it has one. Null: nobody serves the path.
 */
export function routeHttp({ components }: CodeVersion, method: string, pathname: string): HttpTarget | null {
  const wanted = method === "HEAD" ? "GET" : method;
  let [component, path] = [APP, pathname];
  for (;;) {
    const code = components[component];
    if (code === undefined) return null;
    const ownPath = withoutPrefix(path, code.httpPrefix ?? "/");
    const target = code.httpRoutes === null || ownPath === null ? null : { component, path: ownPath };
    const prefix = target === null ? "" : longestRoute(code, wanted, target.path);
    if (prefix === null) return target;
    const mount = longest(Object.keys(code.httpMounts).filter((mounted) => path.startsWith(mounted)));
    const child = code.httpMounts[mount];
    if (child === undefined || prefix.length > mount.length) return target;
    component = child;
    path = withoutPrefix(path, mount) ?? path;
  }
}

export function servesHttp({ components }: CodeVersion): boolean {
  const app = components[APP];
  return app !== undefined && (app.httpRoutes !== null || Object.keys(app.httpMounts).length > 0);
}

/** The longest prefix route that matches; "" if none does; null if an exact one does. */
function longestRoute({ httpRoutes }: ComponentCode, method: string, path: string): string | null {
  const routes = (httpRoutes ?? []).filter((route) => route.method === method);
  if (routes.some((route) => route.path === path)) return null;
  const prefixes = routes.flatMap((route) => (route.path.endsWith("*") ? [route.path.slice(0, -1)] : []));
  return longest(prefixes.filter((prefix) => path.startsWith(prefix)));
}

function longest(texts: string[]): string {
  return texts.reduce((best, text) => (text.length > best.length ? text : best), "");
}

/** `prefix` begins and ends with "/". Null if the path does not begin with it. */
function withoutPrefix(path: string, prefix: string): string | null {
  return path.startsWith(prefix) ? `/${path.slice(prefix.length)}` : null;
}
