/**
 * What search and vector search promise on every deployment. convex-test finds every word as a beginning and knows no
 * relevance, so these cases ask for neither; what it lacks is in search.embedded.test.ts.
 */
import type { ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { action, mutation, query } from "../helpers/embedded";

export type SearchBackend = Pick<ConvexHttpClient, "query" | "mutation" | "action">;

export const note = (body: string, team: string, stars = 0, place = [1, 0]) => ({ body, team, stars, place });

export function searchCases(
  name: string,
  start: () => Promise<SearchBackend & { stop(): Promise<void> }>,
): void {
  describe(name, () => {
    let backend: Awaited<ReturnType<typeof start>>;
    beforeAll(async () => {
      backend = await start();
      await backend.mutation(mutation("notes:add"), {
        notes: [
          note("The quick brown fox", "a", 1, [1, 0]),
          note("A BROWN bear", "a", 2, [0, 1]),
          note("brownish grass", "a", 2, [-1, 0]),
          note("a fox", "b", 1, [1, 1]),
        ],
      });
    });
    afterAll(() => backend.stop());
    const find = async (args: Record<string, unknown>) =>
      ((await backend.query(query("notes:find"), args)) as string[]).sort();
    const nearest = (args: Record<string, unknown>) =>
      backend.action(action("notes:nearest"), args) as Promise<[string, number][]>;

    test("a word is found in any case, the last one as a beginning, within the filter", async () => {
      expect(await find({ text: "FOX", team: "a" })).toEqual(["The quick brown fox"]);
      expect(await find({ text: "brow", team: "a" })).toEqual([
        "A BROWN bear",
        "The quick brown fox",
        "brownish grass",
      ]);
      expect(await find({ text: "fox bear", team: "a" })).toEqual(["A BROWN bear", "The quick brown fox"]);
      expect(await find({ text: "fox", team: "c" })).toEqual([]);
    });

    test("two filters, a filter after the search, and a limit", async () => {
      expect(await find({ text: "brown", team: "a", stars: 2 })).toEqual(["A BROWN bear", "brownish grass"]);
      expect(await find({ text: "brown", team: "a", above: 1 })).toEqual(["A BROWN bear", "brownish grass"]);
      expect(await find({ text: "brown", team: "a", limit: 2 })).toHaveLength(2);
    });

    test("pages together are the whole", async () => {
      const whole: string[] = [];
      for (let cursor: string | null = null, isDone = false; !isDone;) {
        const result = (await backend.query(query("notes:page"), {
          text: "brown",
          team: "a",
          paginationOpts: { numItems: 2, cursor },
        })) as { page: string[]; isDone: boolean; continueCursor: string };
        whole.push(...result.page);
        ({ isDone, continueCursor: cursor } = result);
      }
      expect(whole.sort()).toEqual(await find({ text: "brown", team: "a" }));
    });

    test("the nearest come first, with the cosine, within any of the filters", async () => {
      const cosine = expect.closeTo(Math.SQRT1_2, 6) as number;
      expect(await nearest({ place: [2, 0], teams: [] })).toEqual([
        ["The quick brown fox", 1],
        ["a fox", cosine],
        ["A BROWN bear", 0],
        ["brownish grass", -1],
      ]);
      expect(await nearest({ place: [2, 0], teams: ["b"] })).toEqual([["a fox", cosine]]);
      expect(await nearest({ place: [2, 0], teams: ["b", "a"], limit: 2 })).toEqual([
        ["The quick brown fox", 1],
        ["a fox", cosine],
      ]);
    });
  });
}
