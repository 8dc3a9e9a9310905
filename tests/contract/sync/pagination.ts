/** Pages that stay gapless while their rows come and go: what usePaginatedQuery stands on. */
import type { BaseConvexClient } from "convex/browser";
import type { Value } from "convex/values";
import { describe, expect, test, vi } from "vitest";
import { mutation, query } from "../../helpers/embedded";
import { connect, connectBase, freshName, overHttp, Sockets, WAIT, type SyncBackend } from "./peer";

type Page = { page: string[]; isDone: boolean; continueCursor: string };

export function paginationCases(backend: () => SyncBackend): void {
  const fill = async (channel: string, ranks: number[]) => {
    const http = overHttp(backend().url);
    for (const rank of ranks) {
      await http.mutation(mutation("messages:send"), { channel, rank, body: String(rank) });
    }
  };

  describe("pagination", () => {
    /** Subscribes to one page; `read` gives its newest result. */
    const subscribe = (
      client: BaseConvexClient,
      channel: string,
      cursor: string | null,
      numItems: number,
    ) => {
      const args: Record<string, Value> = { channel, paginationOpts: { cursor, numItems, id: 1 } };
      client.subscribe("messages:page", args);
      return () => client.localQueryResult("messages:page", args) as Page | undefined;
    };

    test("pages keep their ends: no row is lost or shown twice while rows come and go", async () => {
      const channel = freshName();
      await fill(channel, [10, 20, 30, 40, 50, 60]);
      const client = connectBase(backend().url, () => {});
      const first = subscribe(client, channel, null, 3);
      await vi.waitFor(() => expect(first()?.page).toEqual(["10", "20", "30"]), WAIT);
      const second = subscribe(client, channel, first()!.continueCursor, 3);
      await vi.waitFor(() => expect(second()?.page).toEqual(["40", "50", "60"]), WAIT);
      await fill(channel, [15, 35, 5]);
      await vi.waitFor(() => expect(first()?.page).toEqual(["5", "10", "15", "20", "30"]), WAIT);
      expect(second()?.page).toEqual(["35", "40", "50", "60"]);
      const http = overHttp(backend().url);
      for (const body of ["30", "40"]) await http.mutation(mutation("messages:remove"), { channel, body });
      await vi.waitFor(() => expect(second()?.page).toEqual(["35", "50", "60"]), WAIT);
      expect(first()?.page).toEqual(["5", "10", "15", "20"]);
    });

    test("a reconnecting client keeps its pages' ends, a new one gets pages of its own", async () => {
      const channel = freshName();
      await fill(channel, [10, 20, 30, 40]);
      const sockets = new Sockets();
      const client = connectBase(backend().url, () => {}, sockets);
      const first = subscribe(client, channel, null, 2);
      await vi.waitFor(() => expect(first()?.page).toEqual(["10", "20"]), WAIT);
      await fill(channel, [15]);
      await vi.waitFor(() => expect(first()?.page).toEqual(["10", "15", "20"]), WAIT);
      sockets.cut();
      await fill(channel, [12]);
      await vi.waitFor(() => expect(first()?.page).toEqual(["10", "12", "15", "20"]), WAIT);
      const other = connectBase(backend().url, () => {});
      const fresh = subscribe(other, channel, null, 2);
      await vi.waitFor(() => expect(fresh()?.page).toEqual(["10", "12"]), WAIT);
    });

    test("the last page grows without end, and says so", async () => {
      const channel = freshName();
      await fill(channel, [1]);
      const client = connectBase(backend().url, () => {});
      const only = subscribe(client, channel, null, 5);
      await vi.waitFor(() => expect(only()).toMatchObject({ page: ["1"], isDone: true }), WAIT);
      await fill(channel, [2, 3, 4, 5, 6, 7]);
      await vi.waitFor(() => expect(only()?.page).toHaveLength(7), WAIT);
      expect(only()?.isDone).toBe(true);
    });

    test("the package's paginated subscription loads more and stays live", async () => {
      const channel = freshName();
      await fill(channel, [1, 2, 3, 4, 5]);
      const client = connect(backend().url);
      let latest: { results: string[]; status: string; loadMore(n: number): boolean } | undefined;
      client.onPaginatedUpdate_experimental(
        query("messages:page"),
        { channel },
        { initialNumItems: 2 },
        (result) => {
          latest = result as unknown as typeof latest;
        },
      );
      await vi.waitFor(() => expect(latest?.results).toEqual(["1", "2"]), WAIT);
      expect(latest?.status).toBe("CanLoadMore");
      latest?.loadMore(2);
      await vi.waitFor(() => expect(latest?.results).toEqual(["1", "2", "3", "4"]), WAIT);
      await fill(channel, [2.5, 0]);
      await vi.waitFor(() => expect(latest?.results).toEqual(["0", "1", "2", "2.5", "3", "4"]), WAIT);
      latest?.loadMore(10);
      await vi.waitFor(() => expect(latest?.status).toBe("Exhausted"), WAIT);
      expect(latest?.results).toEqual(["0", "1", "2", "2.5", "3", "4", "5"]);
    });
  });
}
