/** Notes to search by their text and by their place. */
import {
  actionGeneric,
  makeFunctionReference,
  mutationGeneric,
  paginationOptsValidator,
  queryGeneric,
  type ActionBuilder,
  type DataModelFromSchemaDefinition,
  type MutationBuilder,
  type QueryBuilder,
} from "convex/server";
import { v } from "convex/values";
import type schema from "./schema";

type DataModel = DataModelFromSchemaDefinition<typeof schema>;
const query: QueryBuilder<DataModel, "public"> = queryGeneric;
const mutation: MutationBuilder<DataModel, "public"> = mutationGeneric;
const action: ActionBuilder<DataModel, "public"> = actionGeneric;

const note = { body: v.string(), team: v.string(), stars: v.number(), place: v.array(v.float64()) };

export const add = mutation({
  args: { notes: v.array(v.object(note)) },
  handler: async (ctx, { notes }) => {
    for (const one of notes) await ctx.db.insert("notes", one);
  },
});

export const rename = mutation({
  args: { from: v.string(), to: v.string(), team: v.string() },
  handler: async (ctx, { from, to, team }) => {
    const found = await ctx.db
      .query("notes")
      .withSearchIndex("by_body", (q) => q.search("body", from).eq("team", team))
      .first();
    if (found === null) return null;
    await ctx.db.patch(found._id, { body: to });
    return found.body;
  },
});

export const star = mutation({
  args: { team: v.string(), body: v.string() },
  handler: async (ctx, { team, body }) => {
    const found = await ctx.db
      .query("notes")
      .withSearchIndex("by_body", (q) => q.search("body", body).eq("team", team))
      .collect();
    for (const one of found) await ctx.db.patch(one._id, { stars: one.stars + 1 });
  },
});

/** Adds the note unless the search finds one; what the search finds after that. */
export const addOnce = mutation({
  args: note,
  handler: async (ctx, one) => {
    const find = () =>
      ctx.db
        .query("notes")
        .withSearchIndex("by_body", (q) => q.search("body", one.body).eq("team", one.team))
        .collect();
    if ((await find()).length === 0) await ctx.db.insert("notes", one);
    return (await find()).map(({ body }) => body);
  },
});

export const find = query({
  args: {
    text: v.string(),
    team: v.string(),
    stars: v.optional(v.number()),
    limit: v.optional(v.number()),
    above: v.optional(v.number()),
  },
  handler: async (ctx, { text, team, stars, limit, above }) => {
    const found = ctx.db
      .query("notes")
      .withSearchIndex("by_body", (q) => {
        const inTeam = q.search("body", text).eq("team", team);
        return stars === undefined ? inTeam : inTeam.eq("stars", stars);
      })
      .filter((q) => (above === undefined ? true : q.gt(q.field("stars"), above)));
    const notes = limit === undefined ? await found.collect() : await found.take(limit);
    return notes.map(({ body }) => body);
  },
});

export const page = query({
  args: { text: v.string(), team: v.string(), paginationOpts: paginationOptsValidator },
  handler: async (ctx, { text, team, paginationOpts }) => {
    const result = await ctx.db
      .query("notes")
      .withSearchIndex("by_body", (q) => q.search("body", text).eq("team", team))
      .paginate(paginationOpts);
    return { ...result, page: result.page.map(({ body }) => body) };
  },
});

export const bodies = query({
  args: { ids: v.array(v.id("notes")) },
  handler: (ctx, { ids }) => Promise.all(ids.map(async (id) => (await ctx.db.get(id))?.body ?? null)),
});

const bodiesOf = makeFunctionReference<"query", { ids: string[] }, string[]>("notes:bodies");
const addNotes = makeFunctionReference<"mutation", { notes: Record<string, unknown>[] }, null>("notes:add");

const nearestArgs = {
  place: v.array(v.float64()),
  teams: v.array(v.string()),
  limit: v.optional(v.number()),
};

/** Bodies of the nearest notes of any of the teams (of all, if none is named), with their scores. */
export const nearest = action({
  args: nearestArgs,
  handler: async (ctx, { place, teams, limit }): Promise<[string, number][]> => {
    const results = await ctx.vectorSearch("notes", "by_place", {
      vector: place,
      ...(limit === undefined ? {} : { limit }),
      ...(teams.length === 0 ? {} : { filter: (q) => q.or(...teams.map((team) => q.eq("team", team))) }),
    });
    const found = await ctx.runQuery(bodiesOf, { ids: results.map(({ _id }) => _id) });
    return results.map(({ _score }, i): [string, number] => [found[i] ?? "", _score]);
  },
});

/** Whether a search finds what the action has just written, each of many times. */
export const findsOwn = action({
  args: { team: v.string(), times: v.number() },
  handler: async (ctx, { team, times }) => {
    const counts: number[] = [];
    for (let n = 0; n < times; n++) {
      await ctx.runMutation(addNotes, { notes: [{ body: `own ${n}`, team, stars: 0, place: [1, n] }] });
      const results = await ctx.vectorSearch("notes", "by_place", {
        vector: [1, n],
        limit: 256,
        filter: (q) => q.eq("team", team),
      });
      counts.push(results.length);
    }
    return counts;
  },
});
