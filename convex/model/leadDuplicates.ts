/** Leads of one person: those of a workspace with the same email or phone, which are stored in one form each. */
import { LEAD_DUPLICATES_MAX } from "../../lib/limits";
import { checkNotes } from "../../lib/validation";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal, valid } from "../errors";
import { canAccessBrand } from "../logic/permissions";
import { moveRemarks } from "./leadRemarks";
import { removeLead } from "./leads";
import { personWords } from "./searchWords";

/** Leads of one email or phone that are looked at: more are not one person's. */
const LOOKED_AT = 20;

type Contact = { email?: string; phone?: string };

function withEmail(db: DatabaseReader, workspaceId: Id<"workspaces">, email: string | undefined) {
  return db
    .query("leads")
    .withIndex("by_workspace_and_email", (q) =>
      q.eq("workspaceId", workspaceId).eq("email", email).eq("removedAt", undefined),
    );
}

function withPhone(db: DatabaseReader, workspaceId: Id<"workspaces">, phone: string | undefined) {
  return db
    .query("leads")
    .withIndex("by_workspace_and_phone", (q) =>
      q.eq("workspaceId", workspaceId).eq("phone", phone).eq("removedAt", undefined),
    );
}

/** Leads that the operator may see with this email or phone, both as they are stored, but for one; oldest first. */
export async function findDuplicates(
  db: DatabaseReader,
  operator: Doc<"operators">,
  { email, phone }: Contact,
  except?: Id<"leads">,
): Promise<Doc<"leads">[]> {
  const { workspaceId } = operator;
  const [byEmail, byPhone] = await Promise.all([
    email === undefined ? [] : withEmail(db, workspaceId, email).take(LOOKED_AT),
    phone === undefined ? [] : withPhone(db, workspaceId, phone).take(LOOKED_AT),
  ]);
  const found = new Map([...byEmail, ...byPhone].map((lead) => [lead._id, lead]));
  if (except !== undefined) found.delete(except);
  return [...found.values()]
    .filter(({ brandId }) => canAccessBrand(operator, brandId))
    .sort((a, b) => a._creationTime - b._creationTime)
    .slice(0, LEAD_DUPLICATES_MAX);
}

/** The brand's lead with this email, else with this phone; the oldest where there are more. */
export async function findSamePerson(
  db: DatabaseReader,
  { workspaceId, _id: brandId }: Doc<"brands">,
  { email, phone }: Contact,
): Promise<Doc<"leads"> | null> {
  const byEmail = email === undefined ? [] : await withEmail(db, workspaceId, email).take(LOOKED_AT);
  const same = byEmail.find((lead) => lead.brandId === brandId);
  if (same !== undefined) return same;
  const byPhone = phone === undefined ? [] : await withPhone(db, workspaceId, phone).take(LOOKED_AT);
  return byPhone.find((lead) => lead.brandId === brandId) ?? null;
}

/**
 * Makes one lead of two of a brand: the second fills what the first lacks, its notes and remarks follow those of the
 * first, and it is removed.
 */
export async function mergeLeads(
  ctx: MutationCtx,
  kept: Doc<"leads">,
  other: Doc<"leads">,
  now: number,
): Promise<void> {
  if (kept._id === other._id) {
    throw refusal("VALIDATION", "A lead cannot be merged with itself. Choose another.", { field: "otherId" });
  }
  if (kept.brandId !== other.brandId) {
    throw refusal("VALIDATION", "Only leads of one brand can be merged. Keep one for each brand.", {
      field: "otherId",
    });
  }
  const notes = [kept.notes, other.notes].filter((text) => text !== undefined && text !== "").join("\n\n");
  const fromConversation = kept.conversationId === undefined ? other : kept;
  const email = kept.email ?? other.email;
  await ctx.db.patch("leads", kept._id, {
    email,
    searchWords: personWords({ name: kept.name, email }),
    phone: kept.phone ?? other.phone,
    notes: notes === "" ? undefined : valid("notes", checkNotes(notes)),
    conversationId: fromConversation.conversationId,
    visitorId: fromConversation.visitorId,
    assignedOperatorId: kept.assignedOperatorId ?? other.assignedOperatorId,
    updatedAt: now,
  });
  await moveRemarks(ctx, other, kept);
  await removeLead(ctx, other, now);
}
