/** One HTTP action as the main thread sees it: passes the bodies between the connection and the worker. */
import { BodySource, RemoteBody } from "./body-stream";
import type { HttpTarget } from "./http-routing";
import { MAX_HTTP_BODY_BYTES } from "./limits";
import type { Failure, HttpActionOutcome, HttpActionRequest } from "./types";
import type { FromActionWorker, HttpHead, ToActionWorker } from "./worker-messages";

type ExchangeMessage = Extract<FromActionWorker, { type: "head" | "pullRequest" | "responseChunk" }>;

/** With the router that answers it. */
export type RoutedHttpRequest = HttpActionRequest & { target: HttpTarget };

export class HttpExchange {
  readonly head: Promise<HttpActionOutcome>;
  readonly #requestBody: BodySource | null;
  #responseBody: RemoteBody | null = null;
  #post: (message: ToActionWorker) => void = () => undefined;
  #answer: (outcome: HttpActionOutcome) => void = () => undefined;

  constructor(
    readonly id: number,
    readonly request: RoutedHttpRequest,
  ) {
    this.head = new Promise((resolve) => (this.#answer = resolve));
    this.#requestBody =
      request.body === null
        ? null
        : new BodySource(request.body, {
            limit: MAX_HTTP_BODY_BYTES,
            onOverflow: () => "HttpRequestTooLarge: HTTP actions support requests up to 20 MiB",
          });
  }

  /** Hands the request to a worker, by `post`. */
  start(post: (message: ToActionWorker) => void): void {
    this.#post = post;
    const { method, url, headers, identity, requestId, client, signal, target } = this.request;
    const hasBody = this.#requestBody !== null;
    const { component, path: routePath } = target;
    const routed = { id: this.id, method, url, component, routePath };
    const request = { ...routed, headers, hasBody, identity, requestId, client };
    this.#post({ type: "http", request });
    if (signal?.aborted) this.#disconnect();
    else signal?.addEventListener("abort", () => this.#disconnect(), { once: true });
  }

  receive(message: ExchangeMessage): void {
    switch (message.type) {
      case "head":
        return this.#answer(this.#outcome(message.head));
      case "pullRequest":
        return void this.#sendRequestChunk();
      case "responseChunk":
        return this.#responseBody?.receive(message.body);
      default:
        message satisfies never;
    }
  }

  /** The worker is gone or the time is over. */
  fail(failure: Failure): void {
    this.#answer({ kind: "failure", failure });
    this.#responseBody?.receive({ error: failure.message });
    this.#requestBody?.cancel();
  }

  #disconnect(): void {
    this.#post({ type: "disconnect", id: this.id });
  }

  async #sendRequestChunk(): Promise<void> {
    const body = (await this.#requestBody?.next()) ?? { chunk: null };
    this.#post({ type: "requestChunk", id: this.id, body });
  }

  #outcome(head: HttpHead): HttpActionOutcome {
    if (head.kind !== "response") return head;
    const { status, headers } = head;
    if (!head.hasBody) return { kind: "response", status, headers, body: null };
    this.#responseBody = new RemoteBody(
      () => this.#post({ type: "pullResponse", id: this.id }),
      () => this.#disconnect(),
    );
    return { kind: "response", status, headers, body: this.#responseBody.stream };
  }
}
