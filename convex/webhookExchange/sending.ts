"use node";

import { request as requestByHttp } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { request as requestByHttps } from "node:https";
import type { RequestOptions } from "node:https";
import type { Socket } from "node:net";
import { excerptOf, outcomeOfError, outcomeOfStatus, outcomeOfTimeout } from "../logic/webhookOutcome";
import type { ExchangeOutcome, ExchangePhase } from "../logic/webhookOutcome";

/** Limits of sending, in ms and bytes. */
export type Budgets = {
  /** TCP and TLS together. */
  connectMs: number;
  /** Everything, the reply's body too. */
  totalMs: number;
  headerBytes: number;
  /** Of the reply's body that are read before the connection is given up. */
  bodyBytes: number;
  excerptBytes: number;
};

export type Reply = {
  outcome: ExchangeOutcome;
  /** Status of the final reply, also of one that broke off after its headers. */
  httpStatus?: number;
  /** The beginning of the reply's body; to be shown as text only. */
  replyExcerpt?: string;
  /** Text of the reply's Retry-After field, as it came. */
  retryAfter?: string;
};

/** Replies of status 1xx before the final one. */
const INTERIM_REPLIES_MAX = 16;
/** Characters of a Retry-After field: a number of seconds or a date. */
const RETRY_AFTER_MAX = 64;

/** One request on one connection: ends with the first thing that decides it, and leaves no open socket behind. */
export class Sending {
  readonly #request: ClientRequest;
  readonly #isSecure: boolean;
  readonly #budgets: Budgets;
  #phase: ExchangePhase = "connecting";
  #interimReplies = 0;
  #response: IncomingMessage | null = null;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #settle: (outcome: ExchangeOutcome) => void = () => undefined;

  constructor(options: RequestOptions, budgets: Budgets) {
    this.#isSecure = options.protocol === "https:";
    this.#request = this.#isSecure ? requestByHttps(options) : requestByHttp(options);
    this.#budgets = budgets;
  }

  async send(body: string): Promise<Reply> {
    const request = this.#request;
    const decided = new Promise<ExchangeOutcome>((resolve) => (this.#settle = resolve));
    const onTimeout = () => this.#settle(outcomeOfTimeout(this.#phase));
    const total = setTimeout(onTimeout, this.#budgets.totalMs);
    const connecting = setTimeout(onTimeout, this.#budgets.connectMs);
    request.once("socket", (socket) => this.#watch(socket, () => clearTimeout(connecting)));
    request.on("error", (error) => this.#fail(error));
    request.on("information", () => {
      if (++this.#interimReplies > INTERIM_REPLIES_MAX) this.#settle("bad_response");
    });
    request.once("upgrade", (_response, socket) => {
      // From here on Node leaves the socket to whoever listens.
      socket.destroy();
      this.#settle("bad_response");
    });
    request.once("response", (response) => this.#read(response));
    request.end(body);

    const outcome = await decided;
    clearTimeout(total);
    clearTimeout(connecting);
    request.destroy();
    return this.#reply(outcome);
  }

  #watch(socket: Socket, onReady: () => void): void {
    const ready = () => {
      this.#phase = "connected";
      onReady();
    };
    socket.once("connect", () => {
      if (this.#isSecure) this.#phase = "securing";
      else ready();
    });
    socket.once("secureConnect", ready);
  }

  #read(response: IncomingMessage): void {
    this.#response = response;
    response.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#bytes += chunk.length;
      // The receiver has answered; how much it goes on saying changes nothing.
      if (this.#bytes >= this.#budgets.bodyBytes) this.#settle("delivered");
    });
    response.once("end", () => this.#settle("delivered"));
    response.on("error", (error) => this.#fail(error));
  }

  #fail(error: NodeJS.ErrnoException): void {
    this.#settle(outcomeOfError(this.#phase, error.code ?? ""));
  }

  /** A status that is no success decides, however the reply's body ended. */
  #reply(outcome: ExchangeOutcome): Reply {
    const response = this.#response;
    if (response === null) return { outcome };
    const httpStatus = response.statusCode ?? 0;
    const retryAfter = response.headers["retry-after"]?.slice(0, RETRY_AFTER_MAX);
    const byStatus = outcomeOfStatus(httpStatus);
    return {
      outcome: byStatus === "delivered" ? outcome : byStatus,
      httpStatus,
      replyExcerpt: excerptOf(Buffer.concat(this.#chunks), this.#budgets.excerptBytes),
      ...(retryAfter === undefined ? {} : { retryAfter }),
    };
  }
}
