/** Saved replies: texts that the team sends often, for all brands or one. */
import { SAVED_REPLIES_MAX } from "../../lib/limits";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { notFound, refusal } from "../errors";
import { canAccessBrand, canEditSavedReply, canWriteForBrand } from "../logic/permissions";
import type { SavedReplyRow } from "../validators/savedReplies";
import { loadBrands } from "./brands";

/** What a saved reply says, checked. */
export type SavedReplyFields = Pick<Doc<"savedReplies">, "title" | "body" | "shortcut" | "brandId">;

const allOf = (db: DatabaseReader, workspaceId: Id<"workspaces">) =>
  db
    .query("savedReplies")
    .withIndex("by_workspace_and_brand_and_shortcut", (q) => q.eq("workspaceId", workspaceId))
    .take(SAVED_REPLIES_MAX);

/** Whether an operator sees it: those for all brands, and those of their own. */
const isShown = (operator: Doc<"operators">, { brandId }: Doc<"savedReplies">): boolean =>
  brandId === undefined || canAccessBrand(operator, brandId);

/** Those that the operator may use, by title; with a brand, those that fit a conversation of it. */
export async function listSavedReplies(
  db: DatabaseReader,
  operator: Doc<"operators">,
  brandId?: Id<"brands">,
): Promise<SavedReplyRow[]> {
  const replies = (await allOf(db, operator.workspaceId)).filter(
    (reply) =>
      isShown(operator, reply) &&
      (brandId === undefined || reply.brandId === undefined || reply.brandId === brandId),
  );
  const brands = await loadBrands(
    db,
    replies.flatMap((reply) => reply.brandId ?? []),
  );
  return replies
    .map((reply) => toRow(operator, reply, brands))
    .sort((a, b) => a.title.localeCompare(b.title, "en") || a.createdAt - b.createdAt);
}

function toRow(
  operator: Doc<"operators">,
  reply: Doc<"savedReplies">,
  brands: ReadonlyMap<Id<"brands">, Doc<"brands">>,
): SavedReplyRow {
  const { _id, brandId, title, body, shortcut, createdAt, updatedAt } = reply;
  return {
    _id,
    brandId: brandId ?? null,
    brandName: brandId === undefined ? null : (brands.get(brandId)?.name ?? null),
    title,
    body,
    shortcut: shortcut ?? null,
    createdAt,
    updatedAt,
    mayEdit: canEditSavedReply(operator, reply),
  };
}

/** The saved reply of this id, if the operator may change it. */
export async function requireEditable(
  db: DatabaseReader,
  operator: Doc<"operators">,
  savedReplyId: string,
): Promise<Doc<"savedReplies">> {
  const id = db.normalizeId("savedReplies", savedReplyId);
  const reply = id === null ? null : await db.get("savedReplies", id);
  if (reply === null || reply.workspaceId !== operator.workspaceId || !isShown(operator, reply)) {
    throw notFound("saved reply");
  }
  if (!canEditSavedReply(operator, reply)) {
    throw refusal("FORBIDDEN", "Only who wrote this reply, an owner or an admin may change it.");
  }
  return reply;
}

export async function createSavedReply(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  { now, ...fields }: SavedReplyFields & { now: number },
): Promise<Id<"savedReplies">> {
  requireWritable(operator, fields.brandId);
  const { workspaceId, _id: createdBy } = operator;
  if ((await allOf(ctx.db, workspaceId)).length >= SAVED_REPLIES_MAX) {
    throw refusal(
      "CONFLICT",
      `A workspace has at most ${SAVED_REPLIES_MAX} saved replies. Remove one that is not used.`,
    );
  }
  await requireFreeShortcut(ctx.db, workspaceId, fields, null);
  return await ctx.db.insert("savedReplies", {
    workspaceId,
    ...fields,
    createdBy,
    createdAt: now,
    updatedAt: now,
  });
}

/** Changes a reply that the operator may edit, see `requireEditable`. */
export async function changeSavedReply(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  reply: Doc<"savedReplies">,
  { now, ...fields }: SavedReplyFields & { now: number },
): Promise<void> {
  requireWritable(operator, fields.brandId);
  await requireFreeShortcut(ctx.db, reply.workspaceId, fields, reply._id);
  await ctx.db.patch("savedReplies", reply._id, { ...fields, updatedAt: now });
}

function requireWritable(operator: Doc<"operators">, brandId: Id<"brands"> | undefined): void {
  if (canWriteForBrand(operator, brandId)) return;
  throw refusal("FORBIDDEN", "You work for some brands only. Choose one of them for this reply.", {
    field: "brandId",
  });
}

async function requireFreeShortcut(
  db: DatabaseReader,
  workspaceId: Id<"workspaces">,
  { brandId, shortcut }: SavedReplyFields,
  self: Id<"savedReplies"> | null,
): Promise<void> {
  if (shortcut === undefined) return;
  const holder = await db
    .query("savedReplies")
    .withIndex("by_workspace_and_brand_and_shortcut", (q) =>
      q.eq("workspaceId", workspaceId).eq("brandId", brandId).eq("shortcut", shortcut),
    )
    .unique();
  if (holder === null || holder._id === self) return;
  throw refusal("CONFLICT", `The shortcut /${shortcut} belongs to “${holder.title}”. Choose another.`, {
    field: "shortcut",
  });
}
