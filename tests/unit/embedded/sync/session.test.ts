import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { MutationOutcome } from "@/embedded/runtime/types";
import type { JSONValue } from "@/embedded/storage/types";
import { LiveQueries } from "@/embedded/sync/live-queries";
import { Payloads } from "@/embedded/sync/payloads";
import { decodeTs, encodeTs } from "@/embedded/sync/protocol";
import { Session, type SessionOptions } from "@/embedded/sync/session";
import { FakeDeployment, settled } from "./fake-deployment";

type Version = { querySet: number; identity: number; ts: string };
type Received = {
  type: string;
  startVersion: Version;
  endVersion: Version;
  modifications: { type: string; queryId: number; value?: JSONValue; journal?: string | null }[];
  requestId: number;
  success: boolean;
  result: JSONValue;
  ts: string;
  error: string;
  baseVersion: number;
  authUpdateAttempted: boolean;
  chunk: string;
  partNumber: number;
  totalParts: number;
};

/** What the client of one session received, and what it says. */
class Peer {
  readonly received: Received[] = [];
  closed: { code: number | null; reason: string } | null = null;
  /** Callbacks of messages that have not left yet, while `stuck`. */
  readonly unsent: (() => void)[] = [];
  stuck = false;
  now = 1_000_000;
  errors: unknown[] = [];
  readonly session: Session;

  constructor(fake: FakeDeployment, live: LiveQueries, options: Partial<SessionOptions> = {}) {
    this.session = new Session({
      socket: {
        send: (message, sent) => {
          this.received.push(JSON.parse(message.toString()) as Received);
          if (this.stuck) this.unsent.push(sent);
          else setImmediate(sent);
        },
        close: (code, reason) => {
          this.closed = { code, reason };
        },
      },
      liveQueries: live,
      functions: fake.functions,
      committer: fake.committer,
      authenticate: async () => ({ identity: { kind: "none" } }),
      payloads: new Payloads(false),
      redact: false,
      client: { ip: null, userAgent: null },
      chunks: true,
      onError: (error) => this.errors.push(error),
      now: () => this.now,
      ...options,
    });
  }

  send(message: object): void {
    this.session.receive(JSON.stringify(message));
  }

  connect(more: object = {}): void {
    this.send({
      type: "Connect",
      sessionId: "7b0b1d9e-1111-4222-8333-944445555666",
      connectionCount: 0,
      lastCloseReason: null,
      clientTs: this.now + 250,
      ...more,
    });
  }

  #querySet = 0;
  modify(...modifications: object[]): void {
    const baseVersion = this.#querySet++;
    this.send({ type: "ModifyQuerySet", baseVersion, newVersion: this.#querySet, modifications });
  }

  watch(queryId: number, udfPath: string, ...args: string[]): void {
    this.modify({ type: "Add", queryId, udfPath, args });
  }

  get transitions(): Received[] {
    return this.received.filter((message) => message.type === "Transition");
  }

  /** Values by query id as the client knows them after all transitions; checks that versions chain. */
  get state(): Map<number, JSONValue | undefined> {
    const state = new Map<number, JSONValue | undefined>();
    let version = { querySet: 0, identity: 0, ts: encodeTs(0n) };
    for (const { startVersion, endVersion, modifications } of this.transitions) {
      expect(startVersion).toEqual(version);
      expect(decodeTs(endVersion.ts)).toBeGreaterThanOrEqual(decodeTs(startVersion.ts));
      version = endVersion;
      for (const { type, queryId, value } of modifications) {
        if (type === "QueryRemoved") state.delete(queryId);
        else state.set(queryId, type === "QueryUpdated" ? value : undefined);
      }
    }
    return state;
  }
}

let fake: FakeDeployment;
let live: LiveQueries;
let peer: Peer;

beforeEach(() => {
  fake = new FakeDeployment();
  fake.define("get.js:default", ({ read }, [cell]) => ({ value: read(cell!) }));
  fake.define("fail.js:default", ({ read }) => {
    throw new Error(`no ${read("a")}`);
  });
  live = new LiveQueries({ functions: fake.functions, committer: fake.committer });
  peer = new Peer(fake, live);
});

afterEach(() => {
  expect(peer.errors).toEqual([]);
});

describe("transitions", () => {
  test("chain versions from the first query to its removal", async () => {
    fake.write({ a: "1" });
    peer.connect();
    peer.watch(0, "get", "a");
    await settled();
    expect(peer.state).toEqual(new Map([[0, "1"]]));
    fake.write({ a: "2" });
    await settled();
    peer.watch(7, "get", "b");
    await settled();
    expect(peer.state).toEqual(
      new Map([
        [0, "2"],
        [7, ""],
      ]),
    );
    peer.modify({ type: "Remove", queryId: 0 });
    await settled();
    expect(peer.state).toEqual(new Map([[7, ""]]));
    fake.write({ a: "3" });
    await settled();
    expect(peer.transitions).toHaveLength(4);
  });

  test("carry the clocks", async () => {
    peer.connect();
    peer.watch(0, "get", "a");
    await settled();
    expect(peer.transitions[0]).toMatchObject({ clientClockSkew: 250, serverTs: 1e12 });
  });

  test("say nothing of a query whose new result is the same", async () => {
    fake.define("length.js:default", ({ read }) => ({ value: String(read("a").length) }));
    peer.watch(0, "length");
    await settled();
    fake.write({ a: "x" });
    await settled();
    fake.write({ a: "y" });
    await settled();
    expect(fake.runs).toHaveLength(3);
    expect(peer.transitions.map(({ modifications }) => modifications.length)).toEqual([1, 1, 0]);
  });

  test("report a failing query, keep watching it, and repeat only what changed", async () => {
    peer.watch(0, "fail");
    await settled();
    expect(peer.transitions[0]?.modifications[0]).toMatchObject({
      type: "QueryFailed",
      errorMessage: expect.stringMatching(
        /^\[Request ID: [0-9a-f]{16}\] Server Error\nError: no \n$/,
      ) as string,
    });
    fake.write({ a: "" });
    await settled();
    expect(peer.transitions.at(-1)?.modifications).toEqual([]);
    fake.write({ a: "x" });
    await settled();
    expect(peer.transitions.at(-1)?.modifications).toHaveLength(1);
  });

  test("merge what happens while one is computed", async () => {
    fake.holding = true;
    peer.watch(0, "get", "a");
    await settled();
    for (let i = 0; i < 5; i++) fake.write({ a: String(i) });
    peer.watch(1, "get", "b");
    await settled();
    fake.holding = false;
    fake.release();
    await settled();
    expect(peer.state).toEqual(
      new Map([
        [0, "4"],
        [1, ""],
      ]),
    );
    expect(peer.transitions.length).toBeLessThanOrEqual(3);
  });

  test("wait while two are unsent, then tell only the newest state", async () => {
    peer.stuck = true;
    peer.watch(0, "get", "a");
    await settled();
    for (let i = 0; i < 20; i++) {
      fake.write({ a: String(i) });
      await settled();
    }
    expect(peer.transitions).toHaveLength(2);
    const before = fake.runs.length;
    peer.stuck = false;
    for (const sent of peer.unsent.splice(0)) sent();
    await settled();
    expect(peer.transitions).toHaveLength(3);
    expect(fake.runs.length - before).toBe(1);
    expect(peer.state).toEqual(new Map([[0, "19"]]));
  });

  test("come in pieces when they are large, if the client can put them together", async () => {
    const large = "é".repeat(4_000_000);
    fake.write({ a: large });
    peer.watch(0, "get", "a");
    await settled();
    const chunks = peer.received.filter(({ type }) => type === "TransitionChunk");
    expect(chunks).toHaveLength(2);
    expect(chunks.map(({ partNumber, totalParts }) => [partNumber, totalParts])).toEqual([
      [0, 2],
      [1, 2],
    ]);
    for (const { chunk } of chunks) expect(Buffer.byteLength(chunk)).toBeLessThanOrEqual(5_000_000);
    const whole = JSON.parse(chunks.map(({ chunk }) => chunk).join("")) as Received;
    expect(whole.modifications[0]?.value).toBe(large);

    const old = new Peer(fake, live, { chunks: false });
    old.watch(0, "get", "a");
    await settled();
    expect(old.state).toEqual(new Map([[0, large]]));
  });

  test("wait for a query that cannot run, and try again", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      fake.unavailable = true;
      peer.watch(0, "get", "a");
      await settled();
      expect(peer.transitions).toEqual([]);
      expect(peer.closed).toBeNull();
      fake.unavailable = false;
      vi.advanceTimersByTime(500);
      await settled();
      expect(peer.state).toEqual(new Map([[0, ""]]));
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("mutations", () => {
  /** The commit is announced well before the mutation that made it is told. */
  const committing = async (cells: Record<string, string>): Promise<MutationOutcome> => {
    const ts = fake.write(cells);
    for (let i = 0; i < 100; i++) await Promise.resolve();
    return { ok: true, value: "1", ts, logLines: [] };
  };
  const mutation = (requestId: number) => ({ type: "Mutation", requestId, udfPath: "m:m", args: [{}] });

  test("are answered before the transition that shows them", async () => {
    fake.mutate = ({ session }) => committing({ a: String(session?.requestId) });
    peer.connect();
    peer.watch(0, "get", "a");
    await settled();
    for (let i = 0; i < 10; i++) peer.send(mutation(i));
    await settled(40);
    const seen = new Set<string>();
    for (const message of peer.received) {
      if (message.type === "MutationResponse") seen.add(String(message.requestId));
      const shown = message.type === "Transition" ? message.modifications[0]?.value : undefined;
      if (typeof shown === "string" && shown !== "") expect(seen).toContain(shown);
    }
    expect(peer.state).toEqual(new Map([[0, "9"]]));
  });

  test("are followed by a transition at or past their ts even when no query changed", async () => {
    fake.mutate = () => committing({ elsewhere: "1" });
    peer.connect();
    peer.send(mutation(0));
    await settled();
    const [response, transition] = peer.received;
    expect(response).toMatchObject({ type: "MutationResponse", success: true, result: 1 });
    expect(transition?.type).toBe("Transition");
    expect(decodeTs(transition?.endVersion.ts)).toBeGreaterThanOrEqual(decodeTs(response?.ts));
  });

  test("run one at a time in order, with the session and the identity of their arrival", async () => {
    const waiting: (() => void)[] = [];
    fake.mutate = async () => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return { ok: true, value: "null", ts: fake.visibleTs, logLines: [] };
    };
    peer = new Peer(fake, live, { authenticate: async () => ({ identity: { kind: "admin" } }) });
    peer.connect();
    peer.send(mutation(0));
    peer.send({ type: "Authenticate", baseVersion: 0, tokenType: "Admin", value: "key" });
    peer.send(mutation(1));
    await settled();
    expect(fake.mutations.map(({ session }) => session?.requestId)).toEqual([0]);
    waiting.shift()?.();
    await settled();
    waiting.shift()?.();
    await settled();
    expect(fake.mutations.map(({ identity }) => identity.kind)).toEqual(["none", "admin"]);
    expect(fake.mutations.map(({ allowInternal }) => allowInternal)).toEqual([false, true]);
    expect(fake.mutations[0]?.session?.sessionId).toBe("7b0b1d9e-1111-4222-8333-944445555666");
    expect(fake.mutations[0]?.requestId).not.toBe(fake.mutations[1]?.requestId);
  });

  test("that fail are answered with the error and its data", async () => {
    fake.mutate = async () => ({
      ok: false,
      failure: { kind: "function", message: "Uncaught ConvexError: no", data: { code: 7 } },
      logLines: [{ level: "WARN", messages: ["'a'", "1"], timestamp: 0, isTruncated: false }],
    });
    peer.send(mutation(3));
    await settled();
    expect(peer.received[0]).toMatchObject({
      type: "MutationResponse",
      requestId: 3,
      success: false,
      ts: null,
      errorData: { code: 7 },
      logLines: ["[WARN] 'a' 1"],
    });
    expect(fake.mutations[0]?.session).toBeUndefined();
  });

  test("that the deployment cannot run end the socket, so that the client sends them again", async () => {
    fake.mutate = async () => ({
      ok: false,
      failure: { kind: "system", code: "OptimisticConcurrencyControlFailure", status: 503, message: "" },
      logLines: [],
    });
    peer.send(mutation(0));
    peer.send(mutation(1));
    await settled();
    expect(peer.received).toEqual([]);
    expect(peer.closed).toEqual({ code: 1013, reason: "OptimisticConcurrencyControlFailure" });
    expect(fake.mutations).toHaveLength(1);
  });

  test("more than a thousand waiting end the socket", async () => {
    fake.mutate = () => new Promise(() => {});
    for (let i = 0; i < 1002; i++) peer.send(mutation(i));
    await settled();
    expect(peer.closed).toEqual({ code: 1013, reason: "TooManyConcurrentMutations" });
  });

  test("with more arguments than one socket may make us keep end it, but never a single one", async () => {
    fake.mutate = () => new Promise(() => {});
    const large = { args: [{ text: "x".repeat(16_000_000) }] };
    for (let i = 0; i < 4; i++) peer.send({ ...mutation(i), ...large });
    await settled();
    expect(peer.closed).toBeNull();
    peer.send({ ...mutation(4), ...large });
    await settled();
    expect(peer.closed).toEqual({ code: 1013, reason: "TooManyConcurrentMutations" });
  });

  test("that have been answered leave their room to others", async () => {
    const large = { args: [{ text: "x".repeat(16_000_000) }] };
    for (let i = 0; i < 6; i++) {
      peer.send({ ...mutation(i), ...large });
      await settled();
    }
    expect(peer.closed).toBeNull();
    expect(fake.mutations).toHaveLength(6);
  });

  test("under way are finished and answered before a stop, later ones are left to the client", async () => {
    let finish = () => {};
    fake.mutate = async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      return { ok: true, value: "null", ts: fake.visibleTs, logLines: [] };
    };
    peer.send(mutation(0));
    peer.send(mutation(1));
    await settled();
    const stopped = peer.session.stop();
    await settled();
    expect(peer.closed).toBeNull();
    finish();
    await stopped;
    expect(peer.received.map(({ type, requestId }) => [type, requestId])).toEqual([["MutationResponse", 0]]);
    expect(peer.closed).toEqual({ code: 1001, reason: "Restarting" });
    expect(fake.mutations).toHaveLength(1);
  });
});

test("actions run side by side and are followed by a transition", async () => {
  const waiting: (() => void)[] = [];
  fake.act = async () => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return { ok: true, value: '"done"', logLines: [] };
  };
  for (const requestId of [0, 1]) peer.send({ type: "Action", requestId, udfPath: "a:a", args: [{}] });
  await settled();
  expect(waiting).toHaveLength(2);
  waiting[1]?.();
  await settled();
  expect(peer.received.map(({ type, requestId }) => [type, requestId])).toEqual([
    ["ActionResponse", 1],
    ["Transition", undefined],
  ]);
});

describe("authentication", () => {
  const authenticate = (baseVersion: number) => ({
    type: "Authenticate",
    baseVersion,
    tokenType: "User",
    value: "t",
  });

  test("advances the identity version and re-runs what depends on it", async () => {
    fake.define("who.js:default", ({ identity }) => ({ value: identity().kind }));
    peer = new Peer(fake, live, {
      authenticate: async () => ({
        identity: { kind: "user", claims: { subject: "s" }, expiresAt: null, token: "t" },
      }),
    });
    peer.watch(0, "who");
    await settled();
    expect(peer.state).toEqual(new Map([[0, "none"]]));
    peer.send(authenticate(0));
    await settled();
    expect(peer.state).toEqual(new Map([[0, "user"]]));
    expect(peer.transitions.at(-1)?.endVersion.identity).toBe(1);
  });

  test("that is rejected tells the version that stays, then closes without code", async () => {
    peer = new Peer(fake, live, { authenticate: async () => ({ rejected: "No auth provider" }) });
    peer.send(authenticate(0));
    await settled();
    expect(peer.received).toEqual([
      { type: "AuthError", error: "No auth provider", baseVersion: 0, authUpdateAttempted: true },
    ]);
    expect(peer.closed).toEqual({ code: null, reason: "" });
  });

  test("that has expired is refused when the client next does something", async () => {
    peer = new Peer(fake, live, {
      authenticate: async () => ({
        identity: { kind: "user", claims: {}, expiresAt: 1_000_500, token: "t" },
      }),
    });
    peer.send(authenticate(0));
    await settled();
    peer.now = 1_000_500;
    peer.send({ type: "Mutation", requestId: 0, udfPath: "m:m", args: [{}] });
    await settled();
    expect(fake.mutations).toEqual([]);
    expect(peer.received.at(-1)).toMatchObject({
      type: "AuthError",
      baseVersion: 1,
      authUpdateAttempted: false,
    });
    expect(peer.closed).toEqual({ code: null, reason: "" });
  });
});

describe("what no client does", () => {
  const modify = (baseVersion: number, newVersion: number, ...modifications: object[]) => ({
    type: "ModifyQuerySet",
    baseVersion,
    newVersion,
    modifications,
  });
  const add = { type: "Add", queryId: 0, udfPath: "get", args: ["a"] };
  const nestedMutation = (depth: number) =>
    `{"type":"Mutation","requestId":0,"udfPath":"get","args":[${"[".repeat(depth)}${"]".repeat(depth)}]}`;

  test.each([
    ["nested without end", nestedMutation(200_000), /^Received Invalid JSON on websocket: .*nested/],
    ["not JSON", "{", /^Received Invalid JSON on websocket: /],
    ["an unknown type", '{"type":"Hello"}', /unknown message type "Hello"/],
    ["a bad path", JSON.stringify(modify(0, 1, { ...add, udfPath: "a b" })), /not a valid path/],
    ["a negative id", JSON.stringify(modify(0, 1, { ...add, queryId: -1 })), /queryId/],
    [
      "a gap in the query set versions",
      JSON.stringify(modify(3, 4)),
      /Base version 3 passed up doesn't match the current version 0/,
    ],
    ["a session id of another kind", '{"type":"Connect","sessionId":"x"}', /UUID/],
  ])("%s: a FatalError says what is wrong", async (_what, message, text) => {
    peer.session.receive(message);
    await settled();
    expect(peer.received).toEqual([{ type: "FatalError", error: expect.stringMatching(text) as string }]);
    expect(peer.closed).toEqual({ code: null, reason: "" });
  });

  test("queries with more arguments than one socket may make us keep end it; removed ones do not count", async () => {
    const large = { ...add, args: [{ text: "x".repeat(16_000_000) }] };
    for (let version = 0; version < 8; version += 2) {
      peer.send(modify(version, version + 1, { ...large, queryId: version }));
      peer.send(modify(version + 1, version + 2, { type: "Remove", queryId: version }));
    }
    for (let i = 0; i < 4; i++) peer.send(modify(8 + i, 9 + i, { ...large, queryId: i }));
    expect(peer.closed).toBeNull();
    peer.send(modify(12, 13, { ...large, queryId: 4 }));
    await settled();
    expect(peer.closed).toEqual({ code: 1013, reason: "TooManyQueries" });
  });

  test.each([
    ["versions that do not grow", [modify(0, 0)]],
    ["the same query id twice", [modify(0, 1, add, add)]],
    ["removing what is not there", [modify(0, 1, { type: "Remove", queryId: 5 })]],
    ["a gap in the identity versions", [{ type: "Authenticate", baseVersion: 2, tokenType: "None" }]],
    [
      "having seen the future",
      [
        {
          type: "Connect",
          sessionId: "7b0b1d9e-1111-4222-8333-944445555666",
          maxObservedTimestamp: encodeTs(999n),
        },
      ],
    ],
  ])("%s: the socket closes and the client may come back", async (_what, messages) => {
    for (const message of messages) peer.send(message);
    await settled();
    expect(peer.closed).toEqual({ code: 1011, reason: "InternalServerError" });
    expect(live.size).toBe(0);
  });
});

describe("heartbeat", () => {
  test("sends a Ping after 15 silent seconds and drops a client that is silent for 120", () => {
    peer.session.beat();
    expect(peer.received).toEqual([]);
    peer.now += 15_000;
    peer.session.beat();
    expect(peer.received).toEqual([{ type: "Ping" }]);
    peer.now += 105_001;
    peer.session.beat();
    expect(peer.closed).toEqual({ code: 1000, reason: "ClientDisconnected" });
  });

  test("any sign of life keeps the client", () => {
    peer.now += 119_000;
    peer.session.heard();
    peer.now += 119_000;
    peer.session.beat();
    expect(peer.closed).toBeNull();
  });
});

test("a closed session watches nothing any more", async () => {
  peer.watch(0, "get", "a");
  await settled();
  peer.session.closed();
  fake.write({ a: "1" });
  await settled();
  expect(live.size).toBe(0);
  expect(peer.transitions).toHaveLength(1);
});
