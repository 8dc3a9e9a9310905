import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { BlockList } from "node:net";
import { TLSSocket } from "node:tls";
import { vouchFor } from "../lib/vouched-address";
import { isApiPath, proxyToApi } from "./api-proxy";
import { resolveClient, setForwarded } from "./forwarded";
import { contentSecurityPolicy, DASHBOARD_HEADERS } from "./security-headers";
import type { Settings } from "./settings";
import { widgetFile, type WidgetFiles } from "./widget-files";

type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export type WebServerOptions = Pick<
  Settings,
  "convexUrl" | "siteUrl" | "siteUpstream" | "proxySecret" | "addressSecret" | "clerkHost" | "dev"
> & {
  trusted: BlockList;
  widget: WidgetFiles;
  /** Told of failures that are this server's own; who asked only learns that there was one. */
  onError(error: unknown): void;
  /** Next's handler, or null while it is getting ready: requests then get 503. */
  pages(): PageHandler | null;
};

/** One listener for all that the web origin serves: the widget's files, the REST API by proxy, the dashboard by Next. */
export function createWebServer(options: WebServerOptions): Server {
  return createServer((request, response) => {
    handle(request, response, options).catch((error: unknown) => {
      options.onError(error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { "Content-Type": "text/plain" }).end("Internal server error\n");
    });
  });
}

async function handle(request: IncomingMessage, response: ServerResponse, options: WebServerOptions) {
  const peer = {
    address: request.socket.remoteAddress ?? "",
    isEncrypted: request.socket instanceof TLSSocket,
  };
  const client = resolveClient(peer, request.headers, options.trusted);
  setForwarded(request.headers, client);
  const url = request.url ?? "/";
  const pathname = url.split("?", 1)[0] ?? "/";

  const file = widgetFile(pathname);
  if (file) return options.widget.serve(file, request, response);
  if (isApiPath(url)) {
    const { siteUpstream: origin, proxySecret: secret, addressSecret } = options;
    const vouched = addressSecret === undefined ? undefined : await vouchFor(client.address, addressSecret);
    if (!response.destroyed) proxyToApi(request, response, { origin, secret, vouched });
    return;
  }

  if (!isDecodable(pathname)) {
    response
      .writeHead(400, { "Content-Type": "text/plain" })
      .end("This address is incomplete or misspelt.\n");
    return;
  }
  const pages = options.pages();
  if (pathname === "/healthz") return answerHealth(response, pages !== null);
  if (pages === null) {
    response.writeHead(503, { "Content-Type": "text/plain", "Retry-After": "1" }).end("Starting\n");
    return;
  }
  return servePage(request, response, options, pages);
}

/** A link that was cut off within an escaped character is the client's fault: Next would call it one of ours. */
function isDecodable(pathname: string): boolean {
  try {
    decodeURIComponent(pathname);
    return true;
  } catch {
    return false;
  }
}

function answerHealth(response: ServerResponse, isReady: boolean) {
  response.writeHead(isReady ? 200 : 503, {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
  });
  response.end(JSON.stringify({ ok: isReady }));
}

async function servePage(
  request: IncomingMessage,
  response: ServerResponse,
  options: WebServerOptions,
  pages: PageHandler,
) {
  const nonce = randomBytes(16).toString("base64");
  const policy = contentSecurityPolicy(nonce, options, options.dev);
  // Next reads the nonce for its own scripts from the request's policy; pages read x-nonce for theirs.
  request.headers["content-security-policy"] = policy;
  request.headers["x-nonce"] = nonce;
  response.setHeader("Content-Security-Policy", policy);
  for (const [name, value] of Object.entries(DASHBOARD_HEADERS)) response.setHeader(name, value);
  await pages(request, response);
}
