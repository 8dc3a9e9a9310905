/** One HTTP request through the app's router. Worker side. */
import type { ActionRun } from "./action-run";
import { BodySource, RemoteBody } from "./body-stream";
import { refuse } from "./function-table";
import { ownBytes } from "./heap-report";
import { MAX_HTTP_BODY_BYTES } from "./limits";
import type { ModuleNamespace } from "./module-loader";
import type { BodyChunk, FromActionWorker, HttpHead, HttpMessage } from "./worker-messages";

type HttpHandler = { invokeHttpAction?: (request: Request) => Promise<unknown> };
type Router = {
  isRouter?: boolean;
  lookup?: (path: string, method: string) => readonly [HttpHandler, string, string] | null;
};

export class HttpRun {
  readonly #requestBody: RemoteBody | null;
  readonly #abort = new AbortController();
  #responseBody: BodySource | null = null;
  #isFinished = false;

  constructor(
    readonly run: ActionRun,
    readonly request: HttpMessage,
    readonly send: (message: FromActionWorker) => void,
  ) {
    const { id, hasBody } = request;
    this.#requestBody = hasBody
      ? new RemoteBody(
          () => send({ type: "pullRequest", id }),
          () => undefined,
        )
      : null;
  }

  /** Answers with the head; the body follows as it is pulled. `loadRouter` gives the namespace of http.js. */
  async answer(loadRouter: () => Promise<ModuleNamespace>): Promise<void> {
    const head = await this.#head(loadRouter);
    this.send({ type: "head", id: this.request.id, head });
    if (head.kind !== "response" || !head.hasBody) this.#finish();
    else if (this.#abort.signal.aborted && this.#responseBody !== null) void this.#drain(this.#responseBody);
  }

  receiveRequestChunk(body: BodyChunk): void {
    this.#requestBody?.receive(body);
  }

  async sendResponseChunk(): Promise<void> {
    const { id } = this.request;
    const body = (await this.#responseBody?.next()) ?? { chunk: null };
    if ("error" in body) this.run.logText("ERROR", body.error);
    this.send({ type: "responseChunk", id, body });
    if ("error" in body || body.chunk === null) this.#finish();
  }

  /** Fires the request's signal; the handler goes on, and its body is read to the end for nobody. */
  disconnect(): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    if (this.#responseBody !== null) void this.#drain(this.#responseBody);
  }

  async #drain(source: BodySource): Promise<void> {
    for (;;) {
      const body = await source.next();
      if ("error" in body) this.run.logText("ERROR", body.error);
      if ("error" in body || body.chunk === null) return this.#finish();
    }
  }

  #finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.run.finish();
    this.send({ type: "finished", id: this.request.id, bytes: ownBytes() });
  }

  async #head(loadRouter: () => Promise<ModuleNamespace>): Promise<HttpHead> {
    try {
      const router = (await loadRouter()).default as Router | undefined;
      if (router?.isRouter !== true || router.lookup === undefined) {
        return refuse("The default export of `convex/http.js` is not a Router.");
      }
      const [handler] = router.lookup(this.request.routePath, this.request.method) ?? [];
      if (handler?.invokeHttpAction === undefined)
        return { kind: "notFound", text: "No matching routes found" };
      const request = this.#makeRequest();
      const response = await this.run.execute(async () => handler.invokeHttpAction?.(request));
      return this.#responseHead(response);
    } catch (error) {
      return { kind: "failure", failure: this.run.failure(error) };
    }
  }

  #makeRequest(): Request {
    const { url, method, headers } = this.request;
    const body = this.#requestBody?.stream;
    return new Request(url, {
      method,
      headers,
      signal: this.#abort.signal,
      ...(body === undefined ? {} : { body, duplex: "half" }),
    });
  }

  #responseHead(response: unknown): HttpHead {
    if (!(response instanceof Response)) {
      return refuse("HTTP actions must return a Response. Did you forget to return one?");
    }
    if (response.body !== null) {
      this.#responseBody = new BodySource(response.body as ReadableStream<Uint8Array>, {
        limit: MAX_HTTP_BODY_BYTES,
        onOverflow: () => {
          this.run.logText("ERROR", "HttpResponseTooLarge: HTTP actions support responses up to 20 MiB");
          return null;
        },
      });
    }
    return {
      kind: "response",
      status: response.status,
      headers: [...response.headers],
      hasBody: response.body !== null,
    };
  }
}
