/** Visitors: who they are by their secret, and what they said about themselves. */
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { sha256Hex } from "../logic/tokens";
import type { VisitorProfile } from "../validators";

/** Conversations whose copy of the profile one run renews. */
const PROFILE_PAGE = 100;

/** The brand's visitor with this secret. */
export async function findVisitor(
  db: DatabaseReader,
  brandId: Id<"brands">,
  visitorKey: string,
): Promise<Doc<"visitors"> | null> {
  const keyHash = await sha256Hex(visitorKey);
  return await db
    .query("visitors")
    .withIndex("by_brand_and_key_hash", (q) => q.eq("brandId", brandId).eq("keyHash", keyHash))
    .unique();
}

export type VisitorInput = VisitorProfile & { customData?: string; page?: string };

export function profileOf({ name, email, phone }: VisitorProfile): VisitorProfile {
  return { name, email, phone };
}

/**
 * The brand's visitor with this secret, made on the first call. What is already known about a visitor is kept:
 * a later call fills gaps in the profile and renews the page.
 */
export async function identifyVisitor(
  ctx: MutationCtx,
  brand: Doc<"brands">,
  { visitorKey, input, now }: { visitorKey: string; input: VisitorInput; now: number },
): Promise<Doc<"visitors">> {
  const known = await findVisitor(ctx.db, brand._id, visitorKey);
  if (known === null) return await insertVisitor(ctx, brand, { visitorKey, input, now });
  const profile: VisitorProfile = {
    name: known.name ?? input.name,
    email: known.email ?? input.email,
    phone: known.phone ?? input.phone,
  };
  const customData = known.customData ?? input.customData;
  const updated = { ...profile, customData, page: input.page ?? known.page, lastSeenAt: now };
  await ctx.db.patch("visitors", known._id, updated);
  const changed = (["name", "email", "phone"] as const).some((field) => profile[field] !== known[field]);
  if (changed) await copyProfileToConversations(ctx, known._id, null);
  return { ...known, ...updated };
}

async function insertVisitor(
  ctx: MutationCtx,
  brand: Doc<"brands">,
  { visitorKey, input, now }: { visitorKey: string; input: VisitorInput; now: number },
): Promise<Doc<"visitors">> {
  const id = await ctx.db.insert("visitors", {
    workspaceId: brand.workspaceId,
    brandId: brand._id,
    keyHash: await sha256Hex(visitorKey),
    ...profileOf(input),
    customData: input.customData,
    page: input.page,
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
  for (const { _id } of page) await ctx.db.patch("conversations", _id, copy);
  if (!isDone) {
    await ctx.scheduler.runAfter(0, internal.visitors.copyProfile, { visitorId, cursor: continueCursor });
  }
}
