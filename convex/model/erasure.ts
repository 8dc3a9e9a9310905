/**
 * Erasing people. They themselves go at once, so that nobody can find them or write as them any more; what they left is
 * deleted in pages, each a run of its own: what the scheduler has taken on it finishes, whatever dies meanwhile.
 */
import { ERASABLE_MAX } from "../../lib/limits";
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { notFound, refusal } from "../errors";
import { canAccessBrand, canErasePeople } from "../logic/permissions";
import type { Erasable, ErasureRow } from "../validators/erasures";
import { recordAudit } from "./audit";
import { loadBrands } from "./brands";
import { NOTHING_ERASED, eraseConversationPage, eraseLeads, eraseVisitorRows } from "./conversationErasure";
import type { Tally } from "./conversationErasure";

/** Rows of one kind that one run deletes. */
const PAGE = 50;
/** Past erasures that are listed. */
const LISTED = 20;

function requireEraser(operator: Doc<"operators">): void {
  if (canErasePeople(operator)) return;
  throw refusal("FORBIDDEN", "Only owners and admins can erase a person. Ask one of them.");
}

async function findErasable(
  db: DatabaseReader,
  operator: Doc<"operators">,
  visitorId: string,
): Promise<Doc<"visitors">> {
  const id = db.normalizeId("visitors", visitorId);
  const visitor = id === null ? null : await db.get("visitors", id);
  if (visitor === null || visitor.workspaceId !== operator.workspaceId) throw notFound("person");
  if (!canAccessBrand(operator, visitor.brandId)) throw notFound("person");
  return visitor;
}

/** The person, and everybody else of the operator's brands who gave the same email address: first the one asked for. */
export async function listErasable(
  db: DatabaseReader,
  operator: Doc<"operators">,
  visitorId: string,
): Promise<Erasable[]> {
  requireEraser(operator);
  const visitor = await findErasable(db, operator, visitorId);
  const { workspaceId, email } = visitor;
  const namesakes =
    email === undefined
      ? []
      : await db
          .query("visitors")
          .withIndex("by_workspace_and_email", (q) => q.eq("workspaceId", workspaceId).eq("email", email))
          .take(ERASABLE_MAX);
  const others = namesakes.filter(
    ({ _id, brandId }) => _id !== visitor._id && canAccessBrand(operator, brandId),
  );
  const people = [visitor, ...others].slice(0, ERASABLE_MAX);
  const brands = await loadBrands(
    db,
    people.map(({ brandId }) => brandId),
  );
  return people.map(({ _id, name, email: address, phone, brandId, firstSeenAt, lastSeenAt }) => ({
    visitorId: _id,
    name,
    email: address,
    phone,
    brandName: brands.get(brandId)?.name,
    firstSeenAt,
    lastSeenAt,
  }));
}

/** Erases these people: they go now, the rest follows in runs of its own. */
export async function startErasure(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  visitorIds: string[],
  now: number,
): Promise<Id<"erasures">> {
  requireEraser(operator);
  if (visitorIds.length === 0 || visitorIds.length > ERASABLE_MAX) {
    throw refusal("VALIDATION", `Choose 1 to ${ERASABLE_MAX} people.`, { field: "visitorIds" });
  }
  const people = new Map<Id<"visitors">, Doc<"visitors">>();
  for (const visitorId of visitorIds) {
    const visitor = await findErasable(ctx.db, operator, visitorId);
    people.set(visitor._id, visitor);
  }
  for (const visitorId of people.keys()) await ctx.db.delete("visitors", visitorId);
  // A lead with the same address may be of any brand: only who works for all of them takes these along.
  const reached = operator.brandAccess === "all" ? [...people.values()] : [];
  const emails = reached.flatMap(({ email }) => (email === undefined ? [] : [email]));
  const { workspaceId, _id: operatorId, name: operatorName } = operator;
  const erasureId = await ctx.db.insert("erasures", {
    workspaceId,
    operatorId,
    operatorName,
    visitorIds: [...people.keys()],
    emails: [...new Set(emails)],
    counts: { ...NOTHING_ERASED, people: people.size },
    startedAt: now,
  });
  const target = people.size === 1 ? "1 person" : `${people.size} people`;
  await recordAudit(ctx, operator, { action: "person.erased", target }, now);
  await ctx.scheduler.runAfter(0, internal.erasures.run, { erasureId });
  return erasureId;
}

/** Deletes a page of what is left; true when there may be more. */
export async function erasePage(ctx: MutationCtx, erasureId: Id<"erasures">, now: number): Promise<boolean> {
  const erasure = await ctx.db.get("erasures", erasureId);
  if (erasure === null || erasure.finishedAt !== undefined) return false;
  const counts = { ...erasure.counts };
  const tally: Tally = (kind, count) => {
    counts[kind] += count;
  };
  const [visitorId, ...otherPeople] = erasure.visitorIds;
  const [email, ...otherEmails] = erasure.emails;
  if (visitorId !== undefined) {
    const isRest = await eraseOfVisitor(ctx, visitorId, tally);
    await ctx.db.patch("erasures", erasureId, { counts, ...(isRest ? {} : { visitorIds: otherPeople }) });
    return true;
  }
  if (email !== undefined) {
    const isRest = await eraseLeadsByEmail(ctx, erasure, email, tally);
    await ctx.db.patch("erasures", erasureId, { counts, ...(isRest ? {} : { emails: otherEmails }) });
    return true;
  }
  await ctx.db.patch("erasures", erasureId, { finishedAt: now });
  return false;
}

async function eraseOfVisitor(ctx: MutationCtx, visitorId: Id<"visitors">, tally: Tally): Promise<boolean> {
  const conversation = await ctx.db
    .query("conversations")
    .withIndex("by_visitor", (q) => q.eq("visitorId", visitorId))
    .first();
  if (conversation !== null) {
    await eraseConversationPage(ctx, conversation, tally);
    return true;
  }
  const leads = await ctx.db
    .query("leads")
    .withIndex("by_visitor", (q) => q.eq("visitorId", visitorId))
    .take(PAGE);
  const isRestOfLeads = await eraseLeads(ctx, leads, tally);
  const isRestOfRows = await eraseVisitorRows(ctx, visitorId, tally);
  return isRestOfLeads || isRestOfRows || leads.length === PAGE;
}

/** Leads that were made by hand or brought in from elsewhere name the person by address alone. */
async function eraseLeadsByEmail(
  ctx: MutationCtx,
  { workspaceId }: Doc<"erasures">,
  email: string,
  tally: Tally,
): Promise<boolean> {
  const leads = await ctx.db
    .query("leads")
    .withIndex("by_workspace_and_email", (q) => q.eq("workspaceId", workspaceId).eq("email", email))
    .take(PAGE);
  return (await eraseLeads(ctx, leads, tally)) || leads.length === PAGE;
}

/** The newest erasures, newest first; those under way among them. */
export async function listErasures(db: DatabaseReader, operator: Doc<"operators">): Promise<ErasureRow[]> {
  requireEraser(operator);
  const rows = await db
    .query("erasures")
    .withIndex("by_workspace", (q) => q.eq("workspaceId", operator.workspaceId))
    .order("desc")
    .take(LISTED);
  return rows.map(({ _id, operatorName, counts, startedAt, finishedAt }) => {
    return { _id, operatorName, counts, startedAt, finishedAt };
  });
}
