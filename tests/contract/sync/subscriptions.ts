/** Live queries as clients see them. */
import { ConvexError } from "convex/values";
import { describe, expect, test, vi } from "vitest";
import { mutation, query } from "../../helpers/embedded";
import {
  authenticateAsAdmin,
  connect,
  connectBase,
  freshName,
  overHttp,
  Sockets,
  WAIT,
  Watch,
  type SyncBackend,
} from "./peer";

export function subscriptionCases(backend: () => SyncBackend): void {
  describe("subscriptions", () => {
    test("tell the first result, each change, and nothing after the end", async () => {
      const channel = freshName();
      const http = overHttp(backend().url);
      const client = connect(backend().url);
      const list = new Watch(client, query("messages:list"), { channel });
      await list.until([]);
      await http.mutation(mutation("messages:send"), { channel, body: "one" });
      await list.until(["one"]);
      await http.mutation(mutation("messages:send"), { channel, body: "two", rank: 1 });
      await list.until(["one", "two"]);
      expect(list.values).toHaveLength(3);
      list.stop();
      const marker = new Watch(client, query("counters:get"), { name: channel });
      await http.mutation(mutation("messages:send"), { channel, body: "three" });
      await http.mutation(mutation("counters:add"), { name: channel, by: 1 });
      await marker.until(1);
      expect(list.values).toHaveLength(3);
    });

    test("see documents that are changed and deleted", async () => {
      const channel = freshName();
      const client = connect(backend().url);
      const list = new Watch(client, query("messages:list"), { channel });
      for (const body of ["a", "b"]) await client.mutation(mutation("messages:send"), { channel, body });
      await list.until(["a", "b"]);
      await client.mutation(mutation("messages:remove"), { channel, body: "a" });
      await list.until(["b"]);
    });

    test("of a table that does not exist yet see its first document", async () => {
      const client = connect(backend().url);
      const drafts = new Watch(client, query("messages:drafts"), {});
      await drafts.until(0);
      await client.mutation(mutation("messages:draft"), {});
      await drafts.until(1);
    });

    test("run once for 200 clients, and not at all for a commit elsewhere", async () => {
      const name = freshName();
      const http = overHttp(backend().url);
      const watches = Array.from(
        { length: 200 },
        () => new Watch<number>(connect(backend().url), query("counters:get"), { name }),
      );
      await Promise.all(watches.map((watch) => watch.until(0)));
      const before = await backend().runsOf("counters:get");
      await http.mutation(mutation("counters:add"), { name: freshName(), by: 1 });
      await http.mutation(mutation("counters:add"), { name, by: 5 });
      await Promise.all(watches.map((watch) => watch.until(5)));
      expect((await backend().runsOf("counters:get")) - before).toBe(1);
      expect(watches.map(({ values }) => values)).toEqual(watches.map(() => [0, 5]));
    });

    test("of one client agree at every moment while others write", async () => {
      const name = freshName();
      const sums = new Set<number>();
      let latest = 0;
      const client = connectBase(backend().url, () => {
        const value = client.localQueryResult("counters:get", { name }) as number | undefined;
        const negative = client.localQueryResult("counters:negative", { name }) as number | undefined;
        if (value === undefined || negative === undefined) return;
        sums.add(value + negative);
        latest = value;
      });
      client.subscribe("counters:get", { name });
      client.subscribe("counters:negative", { name });
      const writers = Array.from({ length: 4 }, () => overHttp(backend().url));
      await Promise.all(
        writers.map(async (writer) => {
          for (let i = 0; i < 25; i++)
            await untilTaken(() => writer.mutation(mutation("counters:add"), { name, by: 1 }));
        }),
      );
      await vi.waitFor(() => expect(latest).toBe(100), WAIT);
      expect([...sums]).toEqual([0]);
    });

    test("that fail tell the error with its data, and recover by themselves", async () => {
      const channel = freshName();
      const client = connect(backend().url);
      const watch = new Watch<number>(client, query("messages:defused"), { channel });
      await watch.until(0);
      await client.mutation(mutation("messages:send"), { channel, body: "bomb" });
      await vi.waitFor(() => expect(watch.errors).toHaveLength(1), WAIT);
      const [error] = watch.errors;
      expect(error).toBeInstanceOf(ConvexError);
      expect((error as ConvexError<{ code: string }>).data).toEqual({ code: "bomb", channel });
      await client.mutation(mutation("messages:remove"), { channel, body: "bomb" });
      await vi.waitFor(() => expect(watch.values).toEqual([0, 0]), WAIT);
    });

    test("of functions that do not exist, are internal or get bad arguments tell so", async () => {
      const client = connect(backend().url);
      const watches = [
        new Watch(client, query("messages:nothing"), {}),
        new Watch(client, query("counters:secret"), { name: "x" }),
        new Watch(client, query("counters:add"), { name: "x", by: 1 }),
        new Watch(client, query("counters:get"), { name: 7 }),
      ];
      await vi.waitFor(() => expect(watches.map(({ errors }) => errors.length)).toEqual([1, 1, 1, 1]), WAIT);
      const [missing, internal, wrongType, badArgs] = watches.map(({ errors }) => errors[0]?.message);
      expect(missing).toContain("Could not find public function for 'messages:nothing'");
      expect(internal).toContain("Could not find public function for 'counters:secret'");
      expect(wrongType).toContain(
        "Trying to execute counters.js:add as Query, but it is defined as Mutation.",
      );
      expect(badArgs).toContain("ArgumentValidationError");
    });

    test("deliver results larger than one message", async () => {
      const channel = freshName();
      const sockets = new Sockets();
      const client = connect(backend().url, sockets);
      const watch = new Watch<string>(client, query("messages:large"), { bytes: 12_000_000, channel });
      await vi.waitFor(() => expect(watch.values).toHaveLength(1), WAIT);
      expect(watch.latest).toBe(`-${"€".repeat(4_000_000)}`);
      await client.mutation(mutation("messages:send"), { channel, body: "x" });
      await vi.waitFor(() => expect(watch.latest?.[0]).toBe("x"), WAIT);
      expect(sockets.received.filter(({ type }) => type === "TransitionChunk")).toHaveLength(6);
    });

    test("by the hundreds arrive in one transition each", async () => {
      const names = Array.from({ length: 400 }, freshName);
      let transitions = 0;
      const client = connectBase(backend().url, () => transitions++);
      for (const name of names) client.subscribe("counters:get", { name });
      const complete = () =>
        names.every((name) => client.localQueryResult("counters:get", { name }) !== undefined);
      await vi.waitFor(() => expect(complete()).toBe(true), WAIT);
      expect(transitions).toBeLessThanOrEqual(names.length);
    });
  });

  describe("access", () => {
    test("an admin may watch internal functions, and act as a user", async () => {
      const client = connect(backend().url);
      authenticateAsAdmin(client, backend().adminKey);
      const name = freshName();
      const secret = new Watch(client, query("counters:secret"), { name });
      await secret.until("secret 0");
      const whoami = new Watch(client, query("counters:whoami"), {});
      await whoami.until("nobody");
      authenticateAsAdmin(client, backend().adminKey, { issuer: "https://issuer", subject: "ada" });
      await whoami.until("ada");
    });

    test("a wrong admin key and a token without a provider are refused", async () => {
      for (const authenticate of [
        { tokenType: "Admin", value: "praxtalk|wrong" },
        { tokenType: "User", value: "eyJhbGciOiJub25lIn0.e30." },
      ]) {
        const sockets = new Sockets();
        const socket = new sockets.constructorForClients(
          `${backend().url.replace("http", "ws")}/api/1.48.0/sync`,
        );
        socket.onopen = () =>
          socket.send(JSON.stringify({ type: "Authenticate", baseVersion: 0, ...authenticate }));
        await vi.waitFor(() => expect(sockets.closeCodes).toEqual([1005]), WAIT);
        expect(sockets.received).toMatchObject([
          { type: "AuthError", baseVersion: 0, authUpdateAttempted: true },
        ]);
      }
    });
  });
}

/** A mutation that lost to others each time has done nothing, and is the caller's to repeat. */
async function untilTaken(mutate: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await mutate();
      return;
    } catch (error) {
      if (!String(error).includes("OptimisticConcurrencyControlFailure")) throw error;
    }
  }
}
