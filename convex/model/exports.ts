/**
 * Exports: a workspace as one JSON document in parts, each a stored file. A part is written by an action, which may die: what
 * it wrote counts once the mutation that takes it on has run, and a lease that ends without one begins the part anew.
 */
import { EXPORTS_MAX, EXPORT_DAYS } from "../../lib/limits";
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { notFound, refusal } from "../errors";
import { canExportWorkspace } from "../logic/permissions";
import type { ExportCounts, ExportPlace, ExportRow } from "../validators/exports";
import { recordAudit } from "./audit";
import { FIRST_PLACE, NOTHING_COUNTED, sumOf } from "./exportPages";

const LIFETIME = EXPORT_DAYS * 24 * 60 * 60 * 1000;
/** Longer than any action may run that writes one part. */
const LEASE = 15 * 60 * 1000;
/** Tries at one part. */
const TRIES_MAX = 5;
/** Exports that one sweep or purge looks at, and parts that one run deletes. */
const PAGE = 20;

export type Export = Doc<"exports">;

export function requireExporter(operator: Doc<"operators">): void {
  if (canExportWorkspace(operator)) return;
  throw refusal("FORBIDDEN", "Only owners can export the workspace. Ask one.");
}

const ofOperator = (db: DatabaseReader, operatorId: Id<"operators">) =>
  db
    .query("exports")
    .withIndex("by_operator", (q) => q.eq("operatorId", operatorId))
    .order("desc")
    .take(PAGE);

const isThere = ({ state, expiresAt }: Export, now: number): boolean =>
  state !== "removed" && expiresAt > now;

/** The operator's own, newest first. */
export async function listExports(
  db: DatabaseReader,
  operator: Doc<"operators">,
  now: number,
): Promise<ExportRow[]> {
  requireExporter(operator);
  const exports = await ofOperator(db, operator._id);
  return exports
    .filter((each) => isThere(each, now))
    .map(({ _id, state, counts, bytes, startedAt, finishedAt, expiresAt }) => {
      return { _id, state, counts, bytes, startedAt, finishedAt, expiresAt };
    });
}

export async function startExport(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  now: number,
): Promise<Id<"exports">> {
  requireExporter(operator);
  const { workspaceId, _id: operatorId } = operator;
  const running = await ctx.db
    .query("exports")
    .withIndex("by_workspace_and_state", (q) => q.eq("workspaceId", workspaceId).eq("state", "running"))
    .first();
  if (running !== null) {
    throw refusal("CONFLICT", "An export of this workspace is under way. Wait until it is there.");
  }
  const own = (await ofOperator(ctx.db, operatorId)).filter((each) => isThere(each, now));
  if (own.length >= EXPORTS_MAX) {
    throw refusal("CONFLICT", `You have ${EXPORTS_MAX} exports. Delete one of them first.`);
  }
  const exportId = await ctx.db.insert("exports", {
    workspaceId,
    operatorId,
    state: "running",
    place: FIRST_PLACE,
    parts: 0,
    bytes: 0,
    counts: NOTHING_COUNTED,
    tries: 0,
    leaseUntil: now + LEASE,
    startedAt: now,
    expiresAt: now + LIFETIME,
  });
  await recordAudit(ctx, operator, { action: "workspace.exported", target: "the whole workspace" }, now);
  await ctx.scheduler.runAfter(0, internal.exports.writePart, { exportId });
  return exportId;
}

/** The operator's own export; for any other id it does not exist. */
async function requireExport(
  db: DatabaseReader,
  operator: Doc<"operators">,
  exportId: string,
  now: number,
): Promise<Export> {
  requireExporter(operator);
  const id = db.normalizeId("exports", exportId);
  const found = id === null ? null : await db.get("exports", id);
  if (found === null || found.operatorId !== operator._id || !isThere(found, now)) throw notFound("export");
  return found;
}

/** The same where it is whole. */
export async function requireReady(
  db: DatabaseReader,
  operator: Doc<"operators">,
  exportId: string,
  now: number,
): Promise<Export> {
  const found = await requireExport(db, operator, exportId, now);
  if (found.state !== "ready") throw refusal("CONFLICT", "This export is not whole yet. Wait until it is.");
  return found;
}

/** Where a stored part can be fetched, for whoever knows the address; null where there is no such part. */
export async function findPart(
  db: DatabaseReader,
  { _id }: Export,
  number: number,
): Promise<Doc<"exportParts"> | null> {
  return await db
    .query("exportParts")
    .withIndex("by_export", (q) => q.eq("exportId", _id).eq("number", number))
    .unique();
}

/** Ends it, whatever it is at; its parts go in runs of their own. */
export async function removeExport(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  exportId: string,
  now: number,
): Promise<void> {
  const { _id, startedAt } = await requireExport(ctx.db, operator, exportId, now);
  await ctx.db.patch("exports", _id, { state: "removed", place: null, expiresAt: now });
  const target = `export of ${new Date(startedAt).toISOString()}`;
  await recordAudit(ctx, operator, { action: "workspace.export_removed", target }, now);
  await ctx.scheduler.runAfter(0, internal.retention.purge, { what: "exports" });
}

export type NewPart = {
  exportId: Id<"exports">;
  number: number; // of this part
  storageId: Id<"_storage">;
  bytes: number;
  next: ExportPlace | null;
  counts: ExportCounts; // of this part
};

/** Takes a part on and has the next begun; one that came twice or too late is deleted. */
export async function keepPart(ctx: MutationCtx, part: NewPart, now: number): Promise<void> {
  const { exportId, number, storageId, next } = part;
  const found = await ctx.db.get("exports", exportId);
  if (found?.state !== "running" || found.parts !== number) {
    await ctx.storage.delete(storageId);
    return;
  }
  await ctx.db.insert("exportParts", { exportId, number, storageId });
  await ctx.db.patch("exports", exportId, {
    place: next,
    parts: number + 1,
    bytes: found.bytes + part.bytes,
    counts: sumOf(found.counts, part.counts),
    tries: 0,
    leaseUntil: now + LEASE,
    ...(next === null ? { state: "ready", finishedAt: now, expiresAt: now + LIFETIME } : {}),
  });
  if (next !== null) await ctx.scheduler.runAfter(0, internal.exports.writePart, { exportId });
}

/** Begins parts anew that did not come; gives those up that come to nothing again and again. */
export async function sweepExports(ctx: MutationCtx, now: number): Promise<void> {
  const late = await ctx.db
    .query("exports")
    .withIndex("by_state_and_lease_until", (q) => q.eq("state", "running").lt("leaseUntil", now))
    .take(PAGE);
  for (const { _id: exportId, tries } of late) {
    if (tries + 1 >= TRIES_MAX) {
      await ctx.db.patch("exports", exportId, { state: "failed", finishedAt: now });
    } else {
      await ctx.db.patch("exports", exportId, { tries: tries + 1, leaseUntil: now + LEASE });
      await ctx.scheduler.runAfter(0, internal.exports.writePart, { exportId });
    }
  }
}

/** Deletes a page of what is past its time; true when there may be more. */
export async function purgeExpired(ctx: MutationCtx, now: number): Promise<boolean> {
  const expired = await ctx.db
    .query("exports")
    .withIndex("by_expires_at", (q) => q.lte("expiresAt", now))
    .first();
  if (expired === null) return false;
  const parts = await ctx.db
    .query("exportParts")
    .withIndex("by_export", (q) => q.eq("exportId", expired._id))
    .take(PAGE);
  for (const { _id, storageId } of parts) {
    await ctx.storage.delete(storageId);
    await ctx.db.delete("exportParts", _id);
  }
  if (parts.length < PAGE) await ctx.db.delete("exports", expired._id);
  return true;
}
