/** Visitors: who they are by their secret, and what they said about themselves. */
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import type { VisitorProfile } from "../validators";
import { patchConversation } from "./conversationRows";
import { personWords } from "./searchWords";

/** Conversations whose copy of the profile one run renews. */
const PROFILE_PAGE = 100;

/** The brand's visitor who has this key and has proven nothing. */
export async function anonymousVisitor(
  db: DatabaseReader,
  brandId: Id<"brands">,
  keyHash: string,
): Promise<Doc<"visitors"> | null> {
  return await db
    .query("visitors")
    .withIndex("by_brand_and_key_hash", (q) => q.eq("brandId", brandId).eq("keyHash", keyHash))
    .unique();
}

/** The brand's visitor whom its site knows by this id. */
export async function verifiedVisitor(
  db: DatabaseReader,
  brandId: Id<"brands">,
  externalId: string,
): Promise<Doc<"visitors"> | null> {
  return await db
    .query("visitors")
    .withIndex("by_brand_and_external_id", (q) => q.eq("brandId", brandId).eq("externalId", externalId))
    .unique();
}

/** What visitors say about themselves, and the page about them. */
export type VisitorInput = Pick<VisitorProfile, "name" | "email" | "phone"> & {
  customData?: string;
  page?: string;
};

export function profileOf(visitor: VisitorProfile): VisitorProfile {
  const { name, email, phone, externalId, verified, emailVerified } = visitor;
  return { name, email, phone, externalId, verified, emailVerified };
}

/** What is already known about a visitor is kept: what they say now fills gaps in the profile and renews the page. */
export async function renewVisitor(
  ctx: MutationCtx,
  known: Doc<"visitors">,
  { input, now }: { input: VisitorInput; now: number },
): Promise<Doc<"visitors">> {
  const typed = {
    name: known.name ?? input.name,
    email: known.email ?? input.email,
    phone: known.phone ?? input.phone,
  };
  const customData = known.customData ?? input.customData;
  const page = input.page ?? known.page;
  const updated = { ...typed, searchWords: personWords(typed), customData, page, lastSeenAt: now };
  await ctx.db.patch("visitors", known._id, updated);
  const changed = (["name", "email", "phone"] as const).some((field) => typed[field] !== known[field]);
  if (changed) await copyProfileToConversations(ctx, known._id, null);
  return { ...known, ...updated };
}

/** A new visitor who has proven nothing. */
export async function insertVisitor(
  ctx: MutationCtx,
  brand: Doc<"brands">,
  { keyHash, input, now }: { keyHash: string; input: VisitorInput; now: number },
): Promise<Doc<"visitors">> {
  const { name, email, phone, customData, page } = input;
  const id = await ctx.db.insert("visitors", {
    workspaceId: brand.workspaceId,
    brandId: brand._id,
    keyHash,
    name,
    email,
    phone,
    searchWords: personWords(input),
    customData,
    page,
    firstSeenAt: now,
    lastSeenAt: now,
  });
  const visitor = await ctx.db.get("visitors", id);
  if (visitor === null) throw new Error("A visitor is gone right after it was inserted.");
  return visitor;
}

/** Renews the copy of the profile in the visitor's conversations, a page now and the rest in runs of its own. */
export async function copyProfileToConversations(
  ctx: MutationCtx,
  visitorId: Id<"visitors">,
  cursor: string | null,
): Promise<void> {
  const visitor = await ctx.db.get("visitors", visitorId);
  if (visitor === null) return;
  const { page, isDone, continueCursor } = await ctx.db
    .query("conversations")
    .withIndex("by_visitor", (q) => q.eq("visitorId", visitorId))
    .paginate({ numItems: PROFILE_PAGE, cursor });
  const copy = { visitor: profileOf(visitor), updatedAt: Date.now() };
  for (const conversation of page) await patchConversation(ctx, conversation, copy);
  if (!isDone) {
    await ctx.scheduler.runAfter(0, internal.visitors.copyProfile, { visitorId, cursor: continueCursor });
  }
}
