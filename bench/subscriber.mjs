// One websocket that watches queries by the sync protocol, and counts what it is told.
import { randomUUID } from "node:crypto";
import WebSocket from "ws";

export class Subscriber {
  #socket;
  #updates = 0;
  #waiters = [];

  /** Watches `queries` ({path, args} each). Resolves when each has its first result. */
  static async open(url, queries) {
    const subscriber = new Subscriber();
    subscriber.#socket = new WebSocket(`${url.replace("http", "ws")}/api/1.48.0/sync`);
    subscriber.#socket.on("message", (data) => subscriber.#receive(JSON.parse(data.toString())));
    await new Promise((resolve, reject) => {
      subscriber.#socket.once("open", resolve);
      subscriber.#socket.once("error", reject);
    });
    const send = (message) => subscriber.#socket.send(JSON.stringify(message));
    send({ type: "Connect", sessionId: randomUUID(), connectionCount: 0, lastCloseReason: "InitialConnect" });
    const modifications = queries.map(({ path, args }, queryId) => ({
      type: "Add",
      queryId,
      udfPath: path,
      args: [args],
    }));
    send({ type: "ModifyQuerySet", baseVersion: 0, newVersion: 1, modifications });
    await subscriber.updates(queries.length);
    return subscriber;
  }

  /** Resolves, with the time, when `count` query results have come in all since the last `updates` resolved. */
  updates(count) {
    return new Promise((resolve) => {
      this.#waiters.push({ count, resolve });
      this.#settle();
    });
  }

  close() {
    this.#socket.terminate();
  }

  #receive(message) {
    if (message.type === "FatalError") throw new Error(message.error);
    if (message.type !== "Transition") return;
    this.#updates += message.modifications.filter(({ type }) => type === "QueryUpdated").length;
    this.#settle();
  }

  #settle() {
    const waiter = this.#waiters[0];
    if (waiter === undefined || this.#updates < waiter.count) return;
    this.#updates -= waiter.count;
    this.#waiters.shift();
    waiter.resolve(performance.now());
  }
}
