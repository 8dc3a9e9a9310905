import { makeFunctionReference, type FunctionHandle } from "convex/server";
import { v } from "convex/values";
import { action, components, internalMutation, mutation, query } from "./builders";

const texts = v.array(v.string());
const finished = makeFunctionReference<"mutation", { text: string; done: string }, null>("shelf:finish");

export const put = mutation({
  args: { text: v.string() },
  returns: v.id("texts"),
  handler: (ctx, { text }) => ctx.db.insert("texts", { text }),
});

export const putAndFail = mutation({
  args: { text: v.string() },
  returns: v.null(),
  handler: async (ctx, { text }) => {
    await ctx.db.insert("texts", { text });
    await ctx.runMutation(components.inner.box.put, { text });
    await ctx.scheduler.runAfter(0, finished, { text, done: "" });
    throw new Error(`no ${text}`);
  },
});

export const list = query({
  args: {},
  returns: texts,
  handler: async (ctx) => (await ctx.db.query("texts").collect()).map(({ text }) => text),
});

export const read = query({
  args: { id: v.string() },
  returns: v.union(v.null(), v.string()),
  handler: async (ctx, args) => {
    const id = ctx.db.normalizeId("texts", args.id);
    return id === null ? null : ((await ctx.db.get(id))?.text ?? null);
  },
});

export const pages = query({
  args: {},
  handler: async (ctx) => {
    await ctx.db.query("texts").paginate({ cursor: null, numItems: 1 });
    return null;
  },
});

export const whoAmI = query({
  args: {},
  handler: async (ctx) => ({
    name: (await ctx.auth.getUserIdentity())?.name ?? null,
    path: (await ctx.meta.getFunctionMetadata()).componentPath,
  }),
});

export const settings = query({
  args: {},
  handler: async (ctx) => ({
    GREETING: process.env.GREETING ?? null,
    MODE: process.env.MODE ?? null,
    SECRET_OF_THE_APP: process.env.SECRET_OF_THE_APP ?? null,
    CONVEX_SITE_URL: process.env.CONVEX_SITE_URL ?? null,
    inner: await ctx.runQuery(components.inner.box.greeting, {}),
  }),
});

export const putLater = mutation({
  args: { text: v.string(), done: v.string() },
  returns: v.null(),
  handler: async (ctx, args) => {
    await ctx.scheduler.runAfter(0, finished, args);
    return null;
  },
});

export const finish = internalMutation({
  args: { text: v.string(), done: v.string() },
  returns: v.null(),
  handler: async (ctx, { text, done }) => {
    await ctx.db.insert("texts", { text });
    if (done !== "") {
      await ctx.scheduler.runAfter(0, done as FunctionHandle<"mutation", { text: string }>, { text });
    }
    return null;
  },
});

export const callBack = action({
  args: { handle: v.string(), text: v.string() },
  returns: v.string(),
  handler: (ctx, { handle, text }): Promise<string> =>
    ctx.runMutation(handle as FunctionHandle<"mutation", { text: string }, string>, { text }),
});

export const deepPut = mutation({
  args: { text: v.string() },
  returns: v.null(),
  handler: (ctx, args) => ctx.runMutation(components.inner.box.put, args),
});

export const deepList = query({
  args: {},
  returns: texts,
  handler: (ctx) => ctx.runQuery(components.inner.box.list, {}),
});
