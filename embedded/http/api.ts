/** What a route of the API port is: the shapes that deploy routes and function routes share. */
import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { ClientInfo, Identity } from "../runtime/types";
import type { JSONValue } from "../storage/types";

export type ApiRequest = {
  readonly method: string;
  /** Absolute, as the client addressed it. */
  readonly url: URL;
  /** What a RegExp path captured, percent-decoded; empty for a string path. */
  readonly params: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly requestId: string;
  readonly client: ClientInfo;
  /** Who asks; already checked against the route's `admin`. Nobody on a route that asks for neither. */
  readonly identity: Identity;
  /** Aborted when the client goes away before its response ends, and when the server stops. */
  readonly signal: AbortSignal;
  /** The body as parsed JSON; refuses with `BadJsonBody`. May be called again. */
  json(): Promise<unknown>;
  /** The body after decompression; refuses what is over the route's limit. May be called again. */
  bytes(): Promise<Uint8Array>;
  /** The body as it arrives, of any length and never decompressed; for routes that keep within bounds themselves. */
  stream(): AsyncIterable<Uint8Array>;
};

/** `body` text is sent as UTF-8; `contentType` belongs to it. */
export type ApiResponse = {
  status: number;
  headers?: Record<string, string>;
  contentType?: string;
  body?: string | Uint8Array;
};

/** A body of this many bytes that is sent as it is read; `open` is not called for a HEAD request. */
export type StreamedResponse = {
  status: number;
  headers: Record<string, string>;
  length: number;
  open: () => Readable;
};

export type Route = {
  method: string;
  /** A string matches the whole path; a RegExp must be anchored by its writer. */
  path: string | RegExp;
  /** Where the admin key must be: Authorization header (or `?adminKey=`), or `adminKey` in the JSON body. */
  admin: "header" | "body" | "none";
  /** With `admin: "none"`: resolve who asks all the same; a bad Authorization header is refused. */
  identity?: boolean;
  /** Bytes after decompression. */
  maxBody: number;
  /** Accepts `Content-Encoding: br` and `gzip`. */
  compressed?: boolean;
  /** ms until the request is given up, where it is not the server's own. */
  timeout?: number;
  handle(request: ApiRequest): Promise<ApiResponse | StreamedResponse>;
};

/** An answered request, for statistics. `route` is the pattern, never what a client made up; `ms` until the answer. */
export type HttpAnswer = { port: "api" | "site"; route: string; method: string; status: number; ms: number };

/** A refusal with an HTTP status. Any thrown error with these two fields is answered the same way. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export function json(value: JSONValue, status = 200): ApiResponse {
  return { status, contentType: "application/json", body: JSON.stringify(value) };
}

export function text(body: string, status = 200): ApiResponse {
  return { status, contentType: "text/plain; charset=utf-8", body };
}

export function empty(status = 200): ApiResponse {
  return { status };
}
