/** Mutations and actions over the socket: order, optimistic updates, exactly once. */
import { ConvexError, type Value } from "convex/values";
import { describe, expect, test, vi } from "vitest";
import { action, mutation, query } from "../../helpers/embedded";
import { connect, connectBase, freshName, overHttp, Sockets, WAIT, Watch, type SyncBackend } from "./peer";

export function mutationCases(backend: () => SyncBackend): void {
  describe("mutations", () => {
    test("resolve when the client's own queries show them", async () => {
      const name = freshName();
      const client = connect(backend().url);
      const watch = new Watch<number>(client, query("counters:get"), { name });
      await watch.until(0);
      for (let i = 1; i <= 20; i++) {
        expect(await client.mutation(mutation("counters:add"), { name, by: 1 })).toBe(i);
        expect(watch.latest).toBe(i);
      }
    });

    test("resolve although they change no query that is watched", async () => {
      const client = connect(backend().url);
      expect(await client.mutation(mutation("counters:add"), { name: freshName(), by: 2 })).toBe(2);
    });

    test("of one client run in order", async () => {
      const channel = freshName();
      const client = connect(backend().url);
      const bodies = Array.from({ length: 50 }, (_, i) => `m${i}`);
      await Promise.all(bodies.map((body) => client.mutation(mutation("messages:send"), { channel, body })));
      const http = overHttp(backend().url);
      expect(await http.query(query("messages:list"), { channel })).toEqual(bodies);
    });

    test("replace their optimistic update in one step", async () => {
      const channel = freshName();
      const seen: string[] = [];
      const client = connectBase(backend().url, () => {
        const bodies = client.localQueryResult("messages:list", { channel }) as string[] | undefined;
        if (bodies !== undefined && bodies.join() !== seen.at(-1)) seen.push(bodies.join());
      });
      client.subscribe("messages:list", { channel });
      await vi.waitFor(() => expect(seen).toEqual([""]), WAIT);
      const expected = [""];
      for (const body of ["a", "b", "c"]) {
        const real = [...(client.localQueryResult("messages:list", { channel }) as string[])];
        await client.mutation(
          "messages:send",
          { channel, body },
          {
            optimisticUpdate: (store) => {
              const now = store.getQuery(query("messages:list"), { channel }) as string[];
              store.setQuery(query("messages:list"), { channel }, [...now, `(${body})`]);
            },
          },
        );
        expected.push([...real, `(${body})`].join(), [...real, body].join());
      }
      expect(seen).toEqual(expected);
    });

    test("that fail change nothing, keep their data, and take the optimistic update back", async () => {
      const client = connect(backend().url);
      const refused = new Watch(client, query("messages:list"), { channel: "refused" });
      await refused.until([]);
      const failure = await client.mutation(mutation("messages:refuse"), {}).then(
        () => null,
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(ConvexError);
      expect((failure as ConvexError<Value>).data).toEqual({ code: "refused", big: 2n ** 60n });
      await expect(client.mutation(mutation("messages:crash"), {})).rejects.toThrow(
        /^\[CONVEX M\(messages:crash\)\] \[Request ID: [0-9a-f]{16}\] Server Error\nUncaught Error: an unexpected fault\n +at handler/,
      );
      await client.mutation(mutation("counters:add"), { name: freshName(), by: 1 });
      expect(refused.values).toEqual([[]]);
    });

    test("from many clients on one document all count", async () => {
      const name = freshName();
      const clients = Array.from({ length: 5 }, () => connect(backend().url));
      await Promise.all(
        clients.map(async (client) => {
          for (let i = 0; i < 6; i++) await client.mutation(mutation("counters:add"), { name, by: 1 });
        }),
      );
      expect(await overHttp(backend().url).query(query("counters:get"), { name })).toBe(30);
    });
  });

  describe("actions", () => {
    test("answer with their value or their error", async () => {
      const name = freshName();
      const client = connect(backend().url);
      expect(await client.action(action("counters:addTwice"), { name })).toBe(2);
      await expect(client.action(action("counters:fails"), {})).rejects.toThrow("the action failed");
    });
  });

  describe("a broken connection", () => {
    test("loses no mutation and repeats none", async () => {
      const name = freshName();
      const sockets = new Sockets();
      const client = connect(backend().url, sockets);
      const watch = new Watch<number>(client, query("counters:get"), { name });
      await watch.until(0);
      for (let round = 0; round < 3; round++) {
        const pending = Array.from({ length: 10 }, () =>
          client.mutation(mutation("counters:add"), { name, by: 1 }),
        );
        // In the middle: some are committed and unanswered, some unsent.
        await pending[2];
        sockets.cut();
        await Promise.all(pending);
      }
      await watch.until(30);
      expect(sockets.opened.length).toBeGreaterThan(3);
    });

    test("of a restarting deployment brings clients back, with what happened meanwhile", async () => {
      const name = freshName();
      const sockets = new Sockets();
      const client = connect(backend().url, sockets);
      const watch = new Watch<number>(client, query("counters:get"), { name });
      await client.mutation(mutation("counters:add"), { name, by: 1 });
      await backend().restart();
      expect(sockets.closeCodes[0]).toBe(1001);
      const http = overHttp(backend().url);
      await http.mutation(mutation("counters:add"), { name, by: 10 });
      await client.mutation(mutation("counters:add"), { name, by: 100 });
      await watch.until(111);
    });

    test("of a crashed deployment costs no acknowledged mutation, and unanswered ones run once", async () => {
      const name = freshName();
      const client = connect(backend().url);
      const watch = new Watch<number>(client, query("counters:get"), { name });
      await watch.until(0);
      const pending = Array.from({ length: 200 }, () =>
        client.mutation(mutation("counters:add"), { name, by: 1 }),
      );
      await pending[20];
      const acknowledged = watch.latest ?? 0;
      await backend().crash();
      expect(await overHttp(backend().url).query(query("counters:get"), { name })).toBeGreaterThanOrEqual(
        acknowledged,
      );
      await Promise.all(pending);
      await watch.until(200);
    });
  });
}
