/** The two listeners of a deployment: the API port with the websocket, and the site port for HTTP actions. */
import type { Committer } from "../engine/committer";
import type { Functions } from "../runtime/functions";
import type { LiveQueries } from "../sync/live-queries";
import type { Route } from "./api";

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
  publicUrls: { api: string; site: string };
  /** Hide the texts of errors and log lines from clients, as production does. */
  redact: boolean;
  /** CIDR ranges whose X-Forwarded-* headers are believed. */
  trustedProxies: string[];
  deployRoutes: Route[];
};

export type HttpListeners = {
  apiPort: number;
  sitePort: number;
  /** Stops accepting, lets requests under way finish for at most `graceMs`, then closes every socket. */
  stop(graceMs: number): Promise<void>;
};

export function startHttp(options: HttpOptions): Promise<HttpListeners> {
  return Promise.reject(new Error(`no server for ${options.host}`));
}
