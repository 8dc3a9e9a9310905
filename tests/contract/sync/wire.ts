/** The socket itself, spoken to by hand: what no client of the package would send, and clients that do not listen. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createConnection } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import WebSocket from "ws";
import { mutation, query } from "../../helpers/embedded";
import { freshName, overHttp, WAIT, type SyncBackend } from "./peer";

type Message = { type: string; error?: string; endVersion?: { ts: string }; modifications?: unknown[] };

class RawPeer {
  readonly received: Message[] = [];
  closed: { code: number; reason: string } | null = null;
  readonly socket: WebSocket;

  constructor(url: string, path = "/api/1.48.0/sync") {
    this.socket = new WebSocket(url.replace("http", "ws") + path);
    this.socket.on("message", (data: Buffer) => this.received.push(JSON.parse(data.toString()) as Message));
    this.socket.on("close", (code, reason) => (this.closed = { code, reason: reason.toString() }));
    this.socket.on("error", () => {});
    peers.push(this);
  }

  async open(): Promise<this> {
    await once(this.socket, "open");
    return this;
  }

  send(...messages: (object | string)[]): void {
    for (const message of messages) {
      this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
    }
  }
}

const peers: RawPeer[] = [];

const connectMessage = () => ({
  type: "Connect",
  sessionId: randomUUID(),
  connectionCount: 0,
  lastCloseReason: null,
  clientTs: 0,
});
const modify = (baseVersion: number, modifications: object[]) => ({
  type: "ModifyQuerySet",
  baseVersion,
  newVersion: baseVersion + 1,
  modifications,
});
const add = (queryId: number, udfPath: string, args: object) => ({
  type: "Add",
  queryId,
  udfPath,
  args: [args],
});

export function wireCases(backend: () => SyncBackend): void {
  afterEach(() => {
    for (const { socket } of peers.splice(0)) socket.terminate();
  });
  const open = (path?: string) => new RawPeer(backend().url, path).open();

  /** The deployment serves others as before. */
  const expectHealthy = async () => {
    expect(await overHttp(backend().url).query(query("counters:get"), { name: "health" })).toBe(0);
  };

  describe("the socket", () => {
    test.each([
      ["not JSON", "}{", /^Received Invalid JSON on websocket: /],
      ["an unknown message", { type: "Nonsense" }, /unknown message type/],
      ["a message without its fields", { type: "Mutation" }, /requestId/],
      ["a query set version from nowhere", modify(7, []), /Base version 7 passed up doesn't match/],
      ["an impossible function path", modify(0, [add(0, "../../etc/passwd", {})]), /not a valid path/],
    ])("refuses %s for good, and says why", async (_what, message, why) => {
      const peer = await open();
      peer.send(connectMessage(), message);
      await vi.waitFor(() => expect(peer.closed).toEqual({ code: 1005, reason: "" }), WAIT);
      const last = peer.received.at(-1);
      expect(last?.type).toBe("FatalError");
      expect(last?.error).toMatch(why);
      await expectHealthy();
    });

    test("closes on a binary message", async () => {
      const peer = await open();
      peer.socket.send(Buffer.from([1, 2, 3]));
      await vi.waitFor(
        () => expect(peer.closed).toEqual({ code: 1011, reason: "InternalServerError" }),
        WAIT,
      );
    });

    test("closes on a message that is too large, without taking it in", async () => {
      const peer = await open();
      peer.socket.send("x".repeat(20_000_000));
      await vi.waitFor(() => expect(peer.closed?.code).toBe(1009), WAIT);
      await expectHealthy();
    });

    test("closes when the client has seen a future that never was", async () => {
      const peer = await open();
      const future = Buffer.alloc(8);
      future.writeBigUInt64LE(2n ** 63n);
      peer.send({ ...connectMessage(), maxObservedTimestamp: future.toString("base64") });
      await vi.waitFor(() => expect(peer.closed?.code).toBe(1011), WAIT);
    });

    test("serves thousands of queries of one message", async () => {
      const peer = await open();
      const name = freshName();
      const queries = Array.from({ length: 3000 }, (_, i) =>
        add(i, "counters:get", { name: `${name} ${i % 1500}` }),
      );
      peer.send(connectMessage(), modify(0, queries));
      await vi.waitFor(() => expect(peer.received[0]?.modifications).toHaveLength(3000), WAIT);
    });

    test("needs no Connect, and takes other clients' paths", async () => {
      for (const path of ["/api/sync", "/api/0.1.0/sync", "/api/1.48.0/sync?x=1"]) {
        const peer = await open(path);
        peer.send(modify(0, [add(0, "counters:get", { name: "x" })]));
        await vi.waitFor(() => expect(peer.received[0]?.type).toBe("Transition"), WAIT);
      }
    });

    test("is at no other path", async () => {
      const peer = new RawPeer(backend().url, "/api/1.48.0/other");
      const [response] = (await once(peer.socket, "unexpected-response")) as [
        unknown,
        { statusCode: number },
      ];
      void response;
      await vi.waitFor(() => expect(peer.socket.readyState).not.toBe(WebSocket.OPEN), WAIT);
    });

    test("runs a mutation that is sent twice once, and answers both times with the same", async () => {
      const name = freshName();
      const hello = connectMessage();
      const request = { type: "Mutation", requestId: 3, udfPath: "counters:add", args: [{ name, by: 1 }] };
      const first = await open();
      first.send(hello, request);
      await vi.waitFor(() => expect(first.received[0]).toMatchObject({ success: true, result: 1 }), WAIT);
      const second = await open();
      second.send(hello, request);
      await vi.waitFor(() => expect(second.received[0]).toMatchObject({ success: true, result: 1 }), WAIT);
      expect(second.received[0]).toMatchObject({ ts: (first.received[0] as unknown as { ts: string }).ts });
      const other = await open();
      other.send(connectMessage(), request);
      await vi.waitFor(() => expect(other.received[0]).toMatchObject({ success: true, result: 2 }), WAIT);
    });

    test("keeps only the newest state for a client that does not read", async () => {
      const channel = freshName();
      const peer = await open();
      peer.send(connectMessage(), modify(0, [add(0, "messages:large", { bytes: 3_000_000, channel })]));
      await vi.waitFor(() => expect(peer.received).toHaveLength(1), WAIT);
      peer.socket.pause();
      const before = await backend().runsOf("messages:large");
      const http = overHttp(backend().url);
      for (let i = 0; i < 30; i++) {
        await http.mutation(mutation("messages:send"), { channel, body: String(i), rank: i });
        await http.mutation(mutation("messages:remove"), { channel, body: String(i) });
      }
      await http.mutation(mutation("messages:send"), { channel, body: "last" });
      peer.socket.resume();
      const latest = () =>
        (peer.received.at(-1)?.modifications?.[0] as { value?: string } | undefined)?.value;
      await vi.waitFor(() => expect(latest()?.startsWith("last")).toBe(true), WAIT);
      expect((await backend().runsOf("messages:large")) - before).toBeLessThan(20);
    });

    test("survives a peer that vanishes in the middle of the handshake", async () => {
      const { hostname, port } = new URL(backend().url);
      const raw = createConnection(Number(port), hostname);
      raw.write("GET /api/1.48.0/sync HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
      raw.write("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
      raw.resetAndDestroy();
      await expectHealthy();
    });
  });
}
