// Receivers of webhooks for the benchmark, by the first part of their path: /well answers at once, /hang never, /reset
// closes the connection.
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

export class WebhookReceiver {
  #server = createServer((request, response) => void this.#receive(request, response));
  /** By path: ms from the change to the arrival, for each event's first arrival there. */
  #arrivals = new Map();
  #seen = new Set();
  #onArrival = new Set();

  async start() {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  urlOf(path) {
    return `http://127.0.0.1:${this.#server.address().port}${path}`;
  }

  arrivals(path) {
    return this.#arrivals.get(path) ?? [];
  }

  /** Resolves once so many events have arrived at the path. */
  async until(path, count) {
    if (this.arrivals(path).length >= count) return;
    await new Promise((resolve) => {
      const check = (at) => {
        if (at !== path || this.arrivals(path).length < count) return;
        this.#onArrival.delete(check);
        resolve();
      };
      this.#onArrival.add(check);
    });
  }

  async #receive(request, response) {
    const path = request.url;
    if (path.startsWith("/reset/")) return request.socket.destroy();
    const { id, occurredAt } = JSON.parse(await text(request));
    if (path.startsWith("/hang/")) return;
    response.end();
    const key = `${path} ${id}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#arrivals.set(path, this.arrivals(path));
    this.arrivals(path).push(Date.now() - Date.parse(occurredAt));
    for (const check of this.#onArrival) check(path);
  }

  async stop() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
