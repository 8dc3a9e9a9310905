import { v } from "convex/values";
import { checkSavedReplyBody, checkShortcut, checkTitle } from "../lib/saved-replies";
import type { Doc, Id } from "./_generated/dataModel";
import type { DatabaseReader } from "./_generated/server";
import { notFound, valid } from "./errors";
import { operatorMutation, operatorQuery } from "./functions";
import { findBrand } from "./model/brands";
import * as replies from "./model/savedReplies";
import { savedReplyRow } from "./validators/savedReplies";

/** The saved replies that this operator may use, by title; with a brand, those for it and those for all. */
export const list = operatorQuery({
  args: { brandId: v.optional(v.string()) },
  returns: v.array(savedReplyRow),
  handler: async (ctx, { brandId }) => {
    const brand = brandId === undefined ? null : await findBrand(ctx.db, ctx.operator, brandId);
    if (brandId !== undefined && brand === null) return [];
    return await replies.listSavedReplies(ctx.db, ctx.operator, brand?._id);
  },
});

/** Every operator may save a reply; who works for some brands only, for one of these. */
export const create = operatorMutation({
  args: {
    title: v.string(),
    body: v.string(),
    shortcut: v.optional(v.string()), // with or without the slash
    brandId: v.optional(v.string()), // absent: for all brands
  },
  returns: v.object({ savedReplyId: v.id("savedReplies") }),
  handler: async (ctx, { title, body, shortcut, brandId }) => {
    const savedReplyId = await replies.createSavedReply(ctx, ctx.operator, {
      title: valid("title", checkTitle(title)),
      body: valid("body", checkSavedReplyBody(body)),
      shortcut: shortcutOf(shortcut),
      brandId: await brandOf(ctx.db, ctx.operator, brandId),
      now: Date.now(),
    });
    return { savedReplyId };
  },
});

/** Changes what is given; null takes the shortcut away, or makes it a reply for all brands. */
export const update = operatorMutation({
  args: {
    savedReplyId: v.string(),
    title: v.optional(v.string()),
    body: v.optional(v.string()),
    shortcut: v.optional(v.union(v.string(), v.null())),
    brandId: v.optional(v.union(v.string(), v.null())),
  },
  returns: v.null(),
  handler: async (ctx, { savedReplyId, title, body, shortcut, brandId }) => {
    const reply = await replies.requireEditable(ctx.db, ctx.operator, savedReplyId);
    await replies.changeSavedReply(ctx, ctx.operator, reply, {
      title: title === undefined ? reply.title : valid("title", checkTitle(title)),
      body: body === undefined ? reply.body : valid("body", checkSavedReplyBody(body)),
      shortcut: shortcut === undefined ? reply.shortcut : shortcutOf(shortcut),
      brandId: brandId === undefined ? reply.brandId : await brandOf(ctx.db, ctx.operator, brandId),
      now: Date.now(),
    });
    return null;
  },
});

export const remove = operatorMutation({
  args: { savedReplyId: v.string() },
  returns: v.null(),
  handler: async (ctx, { savedReplyId }) => {
    const reply = await replies.requireEditable(ctx.db, ctx.operator, savedReplyId);
    await ctx.db.delete("savedReplies", reply._id);
    return null;
  },
});

const shortcutOf = (text: string | null | undefined): string | undefined =>
  text === null || text === undefined ? undefined : valid("shortcut", checkShortcut(text));

async function brandOf(
  db: DatabaseReader,
  operator: Doc<"operators">,
  brandId: string | null | undefined,
): Promise<Id<"brands"> | undefined> {
  if (brandId === null || brandId === undefined) return undefined;
  const brand = await findBrand(db, operator, brandId);
  if (brand === null) throw notFound("brand");
  return brand._id;
}
