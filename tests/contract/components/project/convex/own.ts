/** Uses the fixture's own components: each is a shelf of texts, with another shelf inside. */
import { createFunctionHandle, makeFunctionReference, type FunctionHandle } from "convex/server";
import { v } from "convex/values";
import { action, components, internalMutation, mutation, query } from "./builders";

const noted = makeFunctionReference<"mutation", { text: string }, string>("own:note");

export const note = internalMutation({
  args: { text: v.string() },
  handler: async (ctx, { text }) => {
    await ctx.db.insert("notes", { text });
    return `noted ${text}`;
  },
});

export const notes = query({
  args: {},
  handler: async (ctx) => (await ctx.db.query("notes").collect()).map(({ text }) => text),
});

export const put = mutation({
  args: { text: v.string() },
  handler: (ctx, args) => ctx.runMutation(components.outer.shelf.put, args),
});

export const list = query({
  args: {},
  handler: async (ctx) => ({
    outer: await ctx.runQuery(components.outer.shelf.list, {}),
    twin: await ctx.runQuery(components.twin.shelf.list, {}),
    inner: await ctx.runQuery(components.outer.shelf.deepList, {}),
  }),
});

/** What the child wrote before it threw is gone; what is written here and by others stays. */
export const putAndCatch = mutation({
  args: { text: v.string() },
  handler: async (ctx, { text }) => {
    await ctx.db.insert("notes", { text: `before ${text}` });
    await ctx.runMutation(components.outer.shelf.put, { text: `kept ${text}` });
    let caught = "";
    try {
      await ctx.runMutation(components.outer.shelf.putAndFail, { text });
    } catch (error) {
      caught = error instanceof Error ? error.message : String(error);
    }
    await ctx.runMutation(components.outer.shelf.deepPut, { text: `deep ${text}` });
    return caught;
  },
});

export const putAndThrow = mutation({
  args: { text: v.string() },
  handler: async (ctx, { text }) => {
    await ctx.runMutation(components.outer.shelf.put, { text });
    throw new Error("nothing of this");
  },
});

/** Reads what a child wrote, catching its failure, and counts on it: a change of it must run this again. */
export const countAndPut = mutation({
  args: {},
  handler: async (ctx) => {
    const texts = await ctx.runQuery(components.outer.shelf.list, {});
    await ctx.runMutation(components.outer.shelf.put, { text: `number ${texts.length}` });
  },
});

/** An id of a component's table is none of this app's. */
export const foreignId = query({
  args: { id: v.string() },
  handler: async (ctx, { id }) => ({
    read: await ctx.db.get(id as never),
    inOuter: await ctx.runQuery(components.outer.shelf.read, { id }),
    inTwin: await ctx.runQuery(components.twin.shelf.read, { id }),
  }),
});

export const wantsPerson = query({ args: { id: v.id("people") }, handler: () => true });

export const settings = query({
  args: {},
  handler: async (ctx) => ({
    outer: await ctx.runQuery(components.outer.shelf.settings, {}),
    twin: await ctx.runQuery(components.twin.shelf.settings, {}),
  }),
});

export const pages = query({ args: {}, handler: (ctx) => ctx.runQuery(components.outer.shelf.pages, {}) });

export const whoIsInside = query({
  args: {},
  handler: (ctx) => ctx.runQuery(components.outer.shelf.whoAmI, {}),
});

export const whoIsInsideAction = action({
  args: {},
  handler: (ctx): Promise<{ name: string | null; path: string }> =>
    ctx.runQuery(components.outer.shelf.whoAmI, {}),
});

/** The component runs a function of this app by its handle, later. */
export const putLater = mutation({
  args: { text: v.string() },
  handler: async (ctx, { text }) => {
    const done = await createFunctionHandle(noted);
    await ctx.runMutation(components.outer.shelf.putLater, { text, done });
  },
});

export const callBack = action({
  args: { text: v.string() },
  handler: async (ctx, { text }): Promise<string> => {
    const handle = await createFunctionHandle(noted);
    return ctx.runAction(components.outer.shelf.callBack, { handle, text });
  },
});

export const handleOfNote = query({ args: {}, handler: () => createFunctionHandle(noted) });

export const useHandle = mutation({
  args: { handle: v.string(), text: v.string() },
  handler: (ctx, { handle, text }): Promise<string> =>
    ctx.runMutation(handle as FunctionHandle<"mutation", { text: string }, string>, { text }),
});
