/** From a request's method and path to its operation. Pure. */
import { ApiRefusal } from "./errors";
import { operations } from "./operations";
import type { OperationId } from "./operations";

/** `path` is below the base address. */
export type Route = { id: OperationId; path: string; params: Record<string, string> };

const patterns = (Object.keys(operations) as OperationId[]).map((id) => ({
  id,
  method: operations[id].method,
  segments: operations[id].path.split("/").slice(1),
}));

/** Refuses paths and methods that are not there. */
export function matchRoute({ method, url }: Pick<Request, "method" | "url">): Route {
  const { pathname } = new URL(url);
  // The documented base address and the sample calls each contain /api/v1, so that both together double it.
  const path = pathname.replace(/^(?:\/api\/v1){1,2}(?=\/|$)/, "");
  const segments = path.split("/").slice(1);
  const matching = patterns.flatMap((pattern) => {
    const params = match(pattern.segments, segments);
    return params === null ? [] : [{ id: pattern.id, method: pattern.method, params }];
  });
  if (matching.length === 0) {
    throw new ApiRefusal("NOT_FOUND", `There is no ${path === "" ? "/" : path} in this API.`);
  }
  const wanted = method === "HEAD" ? "GET" : method;
  const route = matching.find((candidate) => candidate.method === wanted);
  if (route !== undefined) return { id: route.id, path, params: route.params };
  const allow = [
    ...matching.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method])),
    "OPTIONS",
  ];
  throw new ApiRefusal("METHOD_NOT_ALLOWED", `${path} has no ${method}.`, {
    headers: { Allow: allow.join(", ") },
  });
}

function match(pattern: string[], segments: string[]): Record<string, string> | null {
  if (pattern.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [i, part] of pattern.entries()) {
    const segment = segments[i] ?? "";
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined && part !== segment) return null;
    if (name !== undefined) params[name] = segment;
  }
  return params;
}
