/** Tags: short words that a team puts on conversations to find them again. */
import { TAGS_PER_BRAND, TAGS_PER_CONVERSATION } from "../../lib/limits";
import type { Doc } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal } from "../errors";
import { listBrands } from "./brands";
import { patchConversation, requireUnmerged } from "./conversationRows";

/** Puts a checked tag on the conversation. One that it has already changes nothing. */
export async function addTag(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  tag: string,
  now: number,
): Promise<void> {
  const { tags = [], _id, workspaceId, brandId, status, waitingSince, lastMessageAt } = conversation;
  if (tags.includes(tag)) return;
  requireUnmerged(conversation);
  if (tags.length >= TAGS_PER_CONVERSATION) {
    throw refusal(
      "CONFLICT",
      `A conversation has at most ${TAGS_PER_CONVERSATION} tags. Remove one of them first.`,
    );
  }
  await keepInBrand(ctx, conversation, tag);
  await patchConversation(ctx, conversation, { tags: [...tags, tag].sort(), updatedAt: now });
  await ctx.db.insert("conversationTags", {
    workspaceId,
    brandId,
    conversationId: _id,
    tag,
    status,
    waitingSince,
    lastMessageAt,
  });
}

/** Takes a tag off the conversation. One that it does not have changes nothing. */
export async function removeTag(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  tag: string,
  now: number,
): Promise<void> {
  const { tags = [], _id, brandId } = conversation;
  if (!tags.includes(tag)) return;
  const left = tags.filter((each) => each !== tag);
  await patchConversation(ctx, conversation, {
    tags: left.length === 0 ? undefined : left,
    updatedAt: now,
  });
  const row = await ctx.db
    .query("conversationTags")
    .withIndex("by_conversation", (q) => q.eq("conversationId", _id).eq("tag", tag))
    .unique();
  if (row !== null) await ctx.db.delete("conversationTags", row._id);
  const used = await ctx.db
    .query("conversationTags")
    .withIndex("by_brand_and_tag", (q) => q.eq("brandId", brandId).eq("tag", tag))
    .first();
  if (used !== null) return;
  const known = await findInBrand(ctx.db, conversation, tag);
  if (known !== null) await ctx.db.delete("brandTags", known._id);
}

type InBrand = Pick<Doc<"conversations">, "workspaceId" | "brandId">;

const inBrand = (db: DatabaseReader, brandId: Doc<"brands">["_id"]) =>
  db.query("brandTags").withIndex("by_brand", (q) => q.eq("brandId", brandId));

async function findInBrand(
  db: DatabaseReader,
  { brandId }: InBrand,
  tag: string,
): Promise<Doc<"brandTags"> | null> {
  return await db
    .query("brandTags")
    .withIndex("by_brand", (q) => q.eq("brandId", brandId).eq("tag", tag))
    .unique();
}

async function keepInBrand(ctx: MutationCtx, { workspaceId, brandId }: InBrand, tag: string): Promise<void> {
  if ((await findInBrand(ctx.db, { workspaceId, brandId }, tag)) !== null) return;
  const known = await inBrand(ctx.db, brandId).take(TAGS_PER_BRAND);
  if (known.length >= TAGS_PER_BRAND) {
    throw refusal("CONFLICT", `A brand has at most ${TAGS_PER_BRAND} different tags. Use one of those.`);
  }
  await ctx.db.insert("brandTags", { workspaceId, brandId, tag });
}

/** The tags in use in the operator's brands, each once, in order. */
export async function listTags(db: DatabaseReader, operator: Doc<"operators">): Promise<string[]> {
  const brands = await listBrands(db, operator);
  const rows = await Promise.all(brands.map(({ _id }) => inBrand(db, _id).take(TAGS_PER_BRAND)));
  return [...new Set(rows.flat().map(({ tag }) => tag))].sort();
}
