/** What operators chose for themselves. */
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import type { NotificationKind } from "../validators";
import type { Preferences } from "../validators/preferences";

const AS_IT_COMES: Preferences = {
  singleKeys: true,
  keys: {},
  density: "comfortable",
  mutedKinds: [],
};

async function findPreferences(
  db: DatabaseReader,
  operatorId: Id<"operators">,
): Promise<Doc<"operatorPreferences"> | null> {
  return await db
    .query("operatorPreferences")
    .withIndex("by_operator", (q) => q.eq("operatorId", operatorId))
    .unique();
}

export async function preferencesOf(db: DatabaseReader, operatorId: Id<"operators">): Promise<Preferences> {
  const row = await findPreferences(db, operatorId);
  if (row === null) return AS_IT_COMES;
  const { singleKeys, keys, density, mutedKinds, announce, locale, timeZone } = row;
  return { singleKeys, keys, density, mutedKinds, announce, locale, timeZone };
}

/** Sets what is given and leaves the rest. */
export async function changePreferences(
  ctx: MutationCtx,
  { _id: operatorId, workspaceId }: Doc<"operators">,
  change: Partial<Preferences>,
): Promise<void> {
  const row = await findPreferences(ctx.db, operatorId);
  if (row === null) {
    await ctx.db.insert("operatorPreferences", { workspaceId, operatorId, ...AS_IT_COMES, ...change });
  } else {
    await ctx.db.patch("operatorPreferences", row._id, change);
  }
}

/** Leaves nothing of what an operator who goes chose. */
export async function forgetPreferences(ctx: MutationCtx, operatorId: Id<"operators">): Promise<void> {
  const row = await findPreferences(ctx.db, operatorId);
  if (row !== null) await ctx.db.delete("operatorPreferences", row._id);
}

/** Whether what is new of this kind shall reach the operator. */
export async function wantsNotice(
  db: DatabaseReader,
  operatorId: Id<"operators">,
  kind: NotificationKind,
): Promise<boolean> {
  const row = await findPreferences(db, operatorId);
  return row === null || !row.mutedKinds.includes(kind);
}
