import { randomUUID } from "node:crypto";
import {
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { request as httpsRequest } from "node:https";

/** Meant for one connection, not for the next (RFC 9110, 7.6.1); `expect` is answered by the server itself. */
const HOP_BY_HOP = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Shows the deployment that this request comes from the web server of its own instance: see embedded/http/client-address.ts. */
const PROXY_SECRET_HEADER = "x-praxtalk-proxy-secret";

/** The REST API knows Bearer keys only: the dashboard's session cookie, sent to the same origin, stays here. */
const KEPT_BACK = new Set(["cookie", "set-cookie", "host", PROXY_SECRET_HEADER]);

export function isApiPath(url: string): boolean {
  return /^\/api\/v1(?:[/?]|$)/.test(url);
}

export function endToEndHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = (headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !HOP_BY_HOP.has(name) && !KEPT_BACK.has(name) && !named.includes(name),
    ),
  );
}

/** Where the API is: an origin, and the secret by which it believes this server's X-Forwarded-* headers. */
export type ApiUpstream = { origin: string; secret: string | undefined };

/** Passes the request on and its answer back, both as streams. */
export function proxyToApi(
  request: IncomingMessage,
  response: ServerResponse,
  { origin, secret }: ApiUpstream,
): void {
  const target = new URL(origin);
  const send = target.protocol === "https:" ? httpsRequest : httpRequest;
  const forward = send(
    {
      protocol: target.protocol,
      hostname: target.hostname.replace(/^\[|\]$/g, ""),
      port: target.port,
      method: request.method,
      path: request.url,
      headers: {
        ...endToEndHeaders(request.headers),
        host: target.host,
        ...(secret === undefined ? {} : { [PROXY_SECRET_HEADER]: secret }),
      },
    },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, endToEndHeaders(answer.headers));
      // An answer that ends early must not look complete to the client.
      answer.on("aborted", () => response.destroy());
      answer.pipe(response);
    },
  );
  forward.on("error", () => {
    if (response.headersSent) response.destroy();
    else refuse(response);
  });
  response.on("close", () => forward.destroy());
  request.pipe(forward);
}

function refuse(response: ServerResponse): void {
  const body = JSON.stringify({
    error: "The API does not answer. Try again in a moment.",
    code: "UNAVAILABLE",
    requestId: randomUUID(),
  });
  response.writeHead(502, { "Content-Type": "application/json", "Retry-After": "5" }).end(body);
}
