import type { ReactNode } from "react";
import { endpointsOf, type ApiDescription } from "./api-description";

/** Every endpoint in one line each, with a link to its place in the reference. */
export function EndpointList({ api }: { api: ApiDescription }): ReactNode {
  return (
    <ul aria-label="Endpoints" className="my-3 grid gap-0.5 text-13">
      {endpointsOf(api).map(({ operationId, method, path, summary }) => (
        <li
          key={operationId}
          className="grid grid-cols-[minmax(0,26rem)_minmax(0,1fr)] gap-x-4 max-md:grid-cols-1"
        >
          <a href={`/docs/api#${operationId}`} className="min-h-6 leading-6 hover:underline">
            <code>
              <span className="inline-block w-[5ch] font-strong">{method.toUpperCase()}</span> /api/v1{path}
            </code>
          </a>
          <span className="text-ink-2 md:leading-6">{summary}</span>
        </li>
      ))}
    </ul>
  );
}
