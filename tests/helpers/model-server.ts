/** A model's endpoint on this machine, in both protocols, that behaves as a test says. */
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type ModelRequest = { path: string; headers: IncomingMessage["headers"]; body: string };

export type Behaviour =
  | { say: string } // the answer, streamed in pieces
  | { stall: string } // begins so, and never ends
  | { cut: string } // begins so, and drops the connection
  | { status: number; times?: number; then?: string } // refuses, as often as said, then answers
  | { raw: string }; // answers 200 with this in place of a stream

/** What becomes of a request for vectors. */
export type EmbeddingBehaviour =
  | "good"
  | { status: number } // refused
  | { give: number[][] }; // whatever the texts are

export class ModelServer {
  behaviour: Behaviour = { say: "" };
  embedding: EmbeddingBehaviour = "good";
  readonly requests: ModelRequest[] = [];
  /** What texts are about: equal names give equal vectors. */
  topicOf: (text: string) => number = () => 0;
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #refused = 0;

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  behave(behaviour: Behaviour): void {
    this.behaviour = behaviour;
    this.requests.length = 0;
    this.#refused = 0;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const path = request.url ?? "";
    this.requests.push({ path, headers: request.headers, body });
    if (path.endsWith("/embeddings")) return this.#embed(response, body);
    const write = path.endsWith("/messages") ? anthropic : openai;
    const { behaviour } = this;
    if ("status" in behaviour && this.#refused < (behaviour.times ?? Infinity)) {
      this.#refused += 1;
      return this.#refuse(response, behaviour.status);
    }
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    if ("raw" in behaviour) return void response.end(behaviour.raw);
    if ("stall" in behaviour) return void response.write(write.begin() + write.text(behaviour.stall));
    if ("cut" in behaviour) {
      response.write(write.begin() + write.text(behaviour.cut), () => response.destroy());
      return;
    }
    const text = "say" in behaviour ? behaviour.say : (behaviour.then ?? "");
    response.write(write.begin());
    for (const piece of text.match(/.{1,12}/gsu) ?? []) response.write(write.text(piece));
    response.end(write.end());
  }

  #refuse(response: ServerResponse, status: number): void {
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify({ error: { type: "overloaded", message: "Not now." } }));
  }

  #embed(response: ServerResponse, body: string): void {
    const { input } = JSON.parse(body) as { input: string | string[] };
    const behaviour = this.embedding;
    if (behaviour !== "good" && "status" in behaviour) return this.#refuse(response, behaviour.status);
    const vectors =
      behaviour === "good" ? [input].flat().map((text) => oneOf4(this.topicOf(text))) : behaviour.give;
    const data = vectors.map((embedding, index) => ({ object: "embedding", index, embedding }));
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end(
      JSON.stringify({ object: "list", data, model: "e", usage: { prompt_tokens: 1, total_tokens: 1 } }),
    );
  }
}

const oneOf4 = (topic: number): number[] => [0, 1, 2, 3].map((each) => (each === topic % 4 ? 1 : 0));

const sse = (data: unknown, event?: string) =>
  `${event === undefined ? "" : `event: ${event}\n`}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;

const chunk = (delta: object, more: object = {}) =>
  sse({
    id: "c1",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason: null }],
    ...more,
  });

const openai = {
  begin: () => chunk({ role: "assistant", content: "" }),
  text: (text: string) => chunk({ content: text }),
  end: () =>
    chunk({}, { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }) +
    chunk({}, { choices: [], usage: { prompt_tokens: 120, completion_tokens: 30, total_tokens: 150 } }) +
    sse("[DONE]"),
};

const anthropic = {
  begin: () =>
    sse(
      {
        type: "message_start",
        message: {
          id: "m1",
          type: "message",
          role: "assistant",
          model: "m",
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 120, output_tokens: 1 },
        },
      },
      "message_start",
    ) +
    sse(
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      "content_block_start",
    ),
  text: (text: string) =>
    sse(
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } },
      "content_block_delta",
    ),
  end: () =>
    sse({ type: "content_block_stop", index: 0 }, "content_block_stop") +
    sse(
      {
        type: "message_delta",
        delta: { stop_reason: "end_turn", stop_sequence: null },
        usage: { output_tokens: 30 },
      },
      "message_delta",
    ) +
    sse({ type: "message_stop" }, "message_stop"),
};
