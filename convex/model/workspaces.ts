/** Workspaces: a new one comes with its owner and its first brand. */
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal } from "../errors";
import { canManageWorkspace } from "../logic/permissions";
import { slugFromName } from "../logic/slug";
import { recordAudit } from "./audit";
import { insertBrand } from "./brandLife";

export async function hasWorkspace(db: DatabaseReader): Promise<boolean> {
  return (await db.query("workspaces").first()) !== null;
}

/** The same name changes nothing. */
export async function renameWorkspace(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  name: string,
  now: number,
): Promise<void> {
  if (!canManageWorkspace(operator)) {
    throw refusal(
      "FORBIDDEN",
      "Only owners and admins of all brands can rename the workspace. Ask one of them.",
    );
  }
  const workspace = await ctx.db.get("workspaces", operator.workspaceId);
  if (workspace === null || workspace.name === name) return;
  await ctx.db.patch("workspaces", workspace._id, { name });
  await recordAudit(
    ctx,
    operator,
    { action: "workspace.renamed", target: name, details: `before: ${workspace.name}` },
    now,
  );
}

export type NewWorkspace = {
  name: string;
  owner: { name: string; email: string; passwordHash: string };
  widgetId: string;
  now: number;
};

/** Makes the workspace, its owner and the brand "main". The email must not be an operator's already. */
export async function createWorkspace(
  ctx: MutationCtx,
  { name, owner, widgetId, now }: NewWorkspace,
): Promise<{ workspaceId: Id<"workspaces">; owner: Doc<"operators">; brandId: Id<"brands"> }> {
  if ((await findOperatorByEmail(ctx.db, owner.email)) !== null) {
    throw refusal("EMAIL_TAKEN", "This email already belongs to an operator. Log in, or use another email.", {
      field: "email",
    });
  }
  const slug = await freeSlug(ctx.db, name, widgetId);
  const workspaceId = await ctx.db.insert("workspaces", { slug, name, plan: "spark", createdAt: now });
  const brandId = await insertBrand(ctx, { workspaceId, slug: "main", name, widgetId }, now);
  const ownerId = await ctx.db.insert("operators", {
    workspaceId,
    ...owner,
    role: "owner",
    brandAccess: "all",
    createdAt: now,
  });
  const inserted = await ctx.db.get("operators", ownerId);
  if (inserted === null) throw new Error("An operator is gone right after it was inserted.");
  return { workspaceId, owner: inserted, brandId };
}

/** The slug of the name; when another workspace has it, with the random part of the new widget id behind it. */
async function freeSlug(db: DatabaseReader, name: string, widgetId: string): Promise<string> {
  const slug = slugFromName(name, "workspace");
  const taken = await db
    .query("workspaces")
    .withIndex("by_slug", (q) => q.eq("slug", slug))
    .first();
  return taken === null ? slug : `${slug}-${widgetId.replace("ws_", "")}`;
}

/** The operator with this normalised email; there is one per deployment. */
export async function findOperatorByEmail(
  db: DatabaseReader,
  email: string,
): Promise<Doc<"operators"> | null> {
  return await db
    .query("operators")
    .withIndex("by_email", (q) => q.eq("email", email))
    .unique();
}
