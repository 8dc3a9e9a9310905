/** The two listeners of a deployment: the API port with the websocket, and the site port for HTTP actions. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { TokenVerifier } from "../auth/token-verifier";
import type { Committer } from "../engine/committer";
import type { Functions } from "../runtime/functions";
import type { LiveQueries } from "../sync/live-queries";
import type { FileStore } from "../storage/file-store";
import { SyncServer } from "../sync/sync-server";
import type { HttpAnswer, Route } from "./api";
import { ApiHandler, clientInfo, REQUEST_ID, requestId, send } from "./api-handler";
import { Authentication } from "./authentication";
import { TrustedProxies } from "./client-address";
import { ConnectionLimit } from "./connection-limit";
import { understandsChunks } from "./client-version";
import { functionRoutes } from "./function-routes";
import { HttpActions } from "./http-actions";
import { infoRoutes } from "./info-routes";
import { storageRoutes } from "./storage-routes";

export type HttpOptions = {
  host: string;
  /** 0 takes any free port. */
  apiPort: number;
  sitePort: number;
  functions: Functions;
  liveQueries: LiveQueries;
  committer: Committer;
  adminKey: string;
  instanceName: string;
  tokens: TokenVerifier;
  /** Hide the texts of errors and log lines from clients, as production does. */
  redact: boolean;
  /** CIDR ranges whose X-Forwarded-* headers are believed. */
  trustedProxies: string[];
  /** Whoever shows it in the header of client-address.ts is such a proxy too. */
  proxySecret: string | null;
  deployRoutes: Route[];
  files: FileStore;
  /** Largest file that may be uploaded, bytes; null: none is too large. */
  maxFileBytes: number | null;
  /** Connections of both ports, websockets among them; undefined: the default. */
  maxConnections: number | undefined;
  /** Told of failures that are the deployment's own; clients only learn that there was one. */
  onError: (error: unknown) => void;
  /** Told of each answered request. */
  onAnswered: (answer: HttpAnswer) => void;
};

export type HttpListeners = {
  apiPort: number;
  sitePort: number;
  /** Open ones; those of websockets are among the API's too. */
  connections(): Promise<{ api: number; site: number; websockets: number }>;
  /**
   * Stops accepting, ends long polls, lets requests, mutations and actions under way finish for at most `graceMs`, then
   * closes every socket; clients reconnect.
   */
  stop(graceMs: number): Promise<void>;
};

/** ms a request may take from its first byte to its answer. */
const REQUEST_TIMEOUT = 300_000;
/** ms that an answer waits for its client to read on. */
const SEND_TIMEOUT = 60_000;
/** Bytes of request bodies that are under way at a time. */
const MAX_BODIES = 512 * 1024 * 1024;
/** ms a client may take to send its headers. */
const HEADERS_TIMEOUT = 20_000;
/** Connections at a time, where no setting says otherwise. */
const MAX_CONNECTIONS = 20_000;
/** ms an idle connection is kept; longer than usual proxies keep theirs, so that they close first. */
const KEEP_ALIVE = 75_000;

/** Rejects with the listener's error, such as EADDRINUSE, with nothing left listening. */
export async function startHttp(options: HttpOptions): Promise<HttpListeners> {
  const http = new HttpServer(options);
  return http.listen(options.host, options.apiPort, options.sitePort);
}

class HttpServer {
  readonly #api: Server;
  readonly #site: Server;
  readonly #actions: HttpActions;
  readonly #handler: ApiHandler;
  readonly #sync: SyncServer;
  readonly #proxies: TrustedProxies;
  readonly #stopping = new AbortController();
  readonly #connections: ConnectionLimit;
  readonly #onAnswered: HttpOptions["onAnswered"];
  readonly #onError: HttpOptions["onError"];
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: HttpOptions) {
    const { adminKey, deployRoutes, functions, instanceName, onError, redact, tokens } = options;
    const authentication = new Authentication(adminKey, instanceName, tokens);
    const proxies = new TrustedProxies(options.trustedProxies, options.proxySecret);
    this.#proxies = proxies;
    this.#connections = new ConnectionLimit(options.maxConnections ?? MAX_CONNECTIONS);
    this.#actions = new HttpActions({ functions, authentication, proxies, redact, onError });
    this.#handler = new ApiHandler({
      routes: [
        ...infoRoutes(instanceName),
        ...functionRoutes(options),
        ...storageRoutes({ ...options, now: Date.now }),
        ...deployRoutes,
      ],
      authentication,
      proxies,
      stopping: this.#stopping.signal,
      onError,
      timeout: REQUEST_TIMEOUT,
      sendTimeout: SEND_TIMEOUT,
      maxBodies: MAX_BODIES,
    });
    this.#sync = new SyncServer({
      ...options,
      authenticate: (message) => authentication.fromMessage(message),
    });
    tokens.onProvidersChanged(() => this.#sync.authenticateAgain());
    this.#onAnswered = options.onAnswered;
    this.#onError = onError;
    this.#api = this.#server("api", (request, response, target) =>
      this.#onApiRequest(request, response, target),
    );
    this.#site = this.#server("site", (request, response, target) =>
      this.#onSiteRequest(request, response, target),
    );
    this.#api.on("upgrade", (request, socket, head) => this.#onUpgrade(request, socket, head));
  }

  async listen(host: string, apiPort: number, sitePort: number): Promise<HttpListeners> {
    const api = await listen(this.#api, host, apiPort);
    try {
      const site = await listen(this.#site, host, sitePort);
      return {
        apiPort: api,
        sitePort: site,
        connections: async () => ({
          api: await connectionsOf(this.#api),
          site: await connectionsOf(this.#site),
          websockets: this.#sync.size,
        }),
        stop: (graceMs) => this.#stop(graceMs),
      };
    } catch (error) {
      this.#api.close();
      throw error;
    }
  }

  /** `handle` gives the pattern of the route that answered. */
  #server(
    port: HttpAnswer["port"],
    handle: (request: IncomingMessage, response: ServerResponse, target: string) => Promise<string>,
  ): Server {
    const timeouts = {
      requestTimeout: REQUEST_TIMEOUT,
      headersTimeout: HEADERS_TIMEOUT,
      keepAliveTimeout: KEEP_ALIVE,
      connectionsCheckingInterval: 5_000,
      maxHeaderSize: 64 * 1024,
    };
    const server = createServer(timeouts, (request, response) => {
      if (this.#connections.isRefused(request.socket)) return;
      const target = pathAndQuery(request);
      if (target === null) return send(response, { status: 400 });
      if (this.#stopping.signal.aborted) {
        response.shouldKeepAlive = false;
        return send(response, { status: 503 });
      }
      const started = performance.now();
      response.setHeader(REQUEST_ID, (request.headers[REQUEST_ID] = requestId(request)));
      const work = handle(request, response, target)
        .then((route) => {
          const ms = performance.now() - started;
          const { method = "GET" } = request;
          this.#onAnswered({ port, route, method, status: response.statusCode, ms });
        })
        .catch((error: unknown) => {
          this.#onError(error);
          response.destroy();
        })
        .finally(() => this.#underWay.delete(work));
      this.#underWay.add(work);
    });
    this.#connections.watch(server);
    return server;
  }

  async #onApiRequest(request: IncomingMessage, response: ServerResponse, target: string): Promise<string> {
    // The site port's requests are served here too, under a prefix.
    const action = /^\/http(?=[/?]|$)/.exec(target);
    if (action !== null) {
      const rest = target.slice(action[0].length);
      return this.#onSiteRequest(request, response, rest.startsWith("/") ? rest : `/${rest}`);
    }
    const url = new URL(`http://localhost${target}`);
    await this.#handler.handle(request, response, url);
    return this.#handler.patternOf(url.pathname);
  }

  async #onSiteRequest(request: IncomingMessage, response: ServerResponse, target: string): Promise<string> {
    await this.#actions.handle(request, response, target);
    return "(http action)";
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // The peer may vanish before the handshake is done.
    socket.on("error", () => socket.destroy());
    if (this.#connections.isRefused(socket)) return;
    const match = /^\/api\/(?:([^/?]+)\/)?sync(?:\?|$)/.exec(pathAndQuery(request) ?? "");
    if (match === null) {
      socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const client = clientInfo(request, this.#proxies);
    this.#sync.accept(request, socket, head, client, understandsChunks(match[1] ?? ""));
  }

  async #stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    const closed = Promise.all([close(this.#api), close(this.#site)]);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([Promise.all([this.#sync.stop(), ...this.#underWay]), grace]);
    clearTimeout(timer);
    this.#sync.terminate();
    this.#api.closeAllConnections();
    this.#site.closeAllConnections();
    await closed;
  }
}

/** Path and query of a request line in origin form or absolute form; null for any other. */
function pathAndQuery(request: IncomingMessage): string | null {
  const target = request.url ?? "";
  if (target.startsWith("/")) return URL.canParse(`http://localhost${target}`) ? target : null;
  if (!/^https?:/i.test(target) || !URL.canParse(target)) return null;
  const url = new URL(target);
  return url.pathname + url.search;
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.removeListener("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
