import { randomUUID } from "node:crypto";
import {
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { request as httpsRequest } from "node:https";
import type { ApiError } from "../lib/api/types";
import { VOUCHED_ADDRESS_HEADER } from "../lib/vouched-address";

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
const KEPT_BACK = new Set(["cookie", "set-cookie", "host", PROXY_SECRET_HEADER, VOUCHED_ADDRESS_HEADER]);

/** Not the sender's to drop by naming them in Connection: they frame the body, or say who asks. */
const FIXED = /^(?:content-length|x-forwarded-.+)$/;

export function isApiPath(url: string): boolean {
  return /^\/api\/v1(?:[/?]|$)/.test(url);
}

export function endToEndHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = (headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) =>
        !HOP_BY_HOP.has(name) && !KEPT_BACK.has(name) && (FIXED.test(name) || !named.includes(name)),
    ),
  );
}

/**
 * A body that came in chunks goes on in chunks. Without this the client would send the body of a GET without a frame, and
 * the upstream would take it for the next request on that connection.
 */
function framing(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return headers["transfer-encoding"] === undefined ? {} : { "transfer-encoding": "chunked" };
}

/**
 * Where the API is: an origin, and what it believes the client's address by: the secret of its own instance, which makes
 * it trust X-Forwarded-*, or the address itself, vouched for.
 */
export type ApiUpstream = { origin: string; secret: string | undefined; vouched: string | undefined };

/** Passes the request on and its answer back, both as streams. */
export function proxyToApi(
  request: IncomingMessage,
  response: ServerResponse,
  { origin, secret, vouched }: ApiUpstream,
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
        ...framing(request.headers),
        host: target.host,
        ...(secret === undefined ? {} : { [PROXY_SECRET_HEADER]: secret }),
        ...(vouched === undefined ? {} : { [VOUCHED_ADDRESS_HEADER]: vouched }),
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
  const requestId = randomUUID();
  const refusal: ApiError = {
    error: "The API does not answer. Try again in a moment.",
    code: "UNAVAILABLE",
    requestId,
  };
  response
    .writeHead(502, {
      "Content-Type": "application/json",
      "Retry-After": "5",
      "X-Request-Id": requestId,
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Expose-Headers": "X-Request-Id, Retry-After",
    })
    .end(JSON.stringify(refusal));
}
