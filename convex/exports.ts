/** A whole workspace as one JSON file: by its owners. */
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { notFound } from "./errors";
import {
  internalAction,
  internalMutation,
  internalQuery,
  operatorMutation,
  operatorQuery,
} from "./functions";
import { recordAudit } from "./model/audit";
import { NOTHING_COUNTED, sumOf, writePiece } from "./model/exportPages";
import * as exports from "./model/exports";
import { exportCounts, exportPiece, exportPlace, exportRow } from "./validators/exports";
import type { ExportPiece, ExportPlace } from "./validators/exports";

/** Code units of one part: it is in memory twice while it is stored. */
const PART_TEXT = 4_000_000;

/** One's own exports, newest first, with how far they are. */
export const list = operatorQuery({
  args: {},
  returns: v.array(exportRow),
  handler: async (ctx) => await exports.listExports(ctx.db, ctx.operator, Date.now()),
});

/** Begins an export of all that the workspace has; `list` says how far it is. One at a time. */
export const start = operatorMutation({
  args: {},
  returns: v.id("exports"),
  handler: async (ctx) => await exports.startExport(ctx, ctx.operator, Date.now()),
});

/** Deletes an export before its time, or gives it up. */
export const remove = operatorMutation({
  args: { exportId: v.string() },
  returns: v.null(),
  handler: async (ctx, { exportId }) => {
    await exports.removeExport(ctx, ctx.operator, exportId, Date.now());
    return null;
  },
});

/** Begins a download of one's own export: of how many parts the file is, one behind the other, and their bytes in all. */
export const open = operatorMutation({
  args: { exportId: v.string() },
  returns: v.object({ parts: v.number(), bytes: v.number(), startedAt: v.number() }),
  handler: async (ctx, { exportId }) => {
    const now = Date.now();
    const { parts, bytes, startedAt } = await exports.requireReady(ctx.db, ctx.operator, exportId, now);
    const target = `export of ${new Date(startedAt).toISOString()}`;
    await recordAudit(ctx, ctx.operator, { action: "workspace.export_downloaded", target }, now);
    return { parts, bytes, startedAt };
  },
});

/** Where a part of one's own export is to be fetched. */
export const getPartUrl = operatorQuery({
  args: { exportId: v.string(), number: v.number() },
  returns: v.string(),
  handler: async (ctx, { exportId, number }) => {
    const found = await exports.requireReady(ctx.db, ctx.operator, exportId, Date.now());
    const part = await exports.findPart(ctx.db, found, number);
    const url = part === null ? null : await ctx.storage.getUrl(part.storageId);
    if (url === null) throw notFound("part of the export");
    return url;
  },
});

/** Where the next part begins; null when there is nothing to be written. */
export const nextPart = internalQuery({
  args: { exportId: v.id("exports") },
  returns: v.union(v.object({ number: v.number(), place: exportPlace }), v.null()),
  handler: async (ctx, { exportId }) => {
    const found = await ctx.db.get("exports", exportId);
    if (found?.state !== "running" || found.place === null) return null;
    return { number: found.parts, place: found.place };
  },
});

/** One bounded reading; null when the export was given up. */
export const readPiece = internalQuery({
  args: { exportId: v.id("exports"), place: exportPlace },
  returns: v.union(exportPiece, v.null()),
  handler: async (ctx, { exportId, place }) => {
    const found = await ctx.db.get("exports", exportId);
    return found === null ? null : await writePiece(ctx.db, found, place);
  },
});

/** Writes one part: so much that it is worth a file. */
export const writePart = internalAction({
  args: { exportId: v.id("exports") },
  returns: v.null(),
  handler: async (ctx, { exportId }): Promise<null> => {
    const begun = await ctx.runQuery(internal.exports.nextPart, { exportId });
    if (begun === null) return null;
    let text = "";
    let counts = NOTHING_COUNTED;
    let next: ExportPlace | null = begun.place;
    while (next !== null && text.length < PART_TEXT) {
      const piece: ExportPiece | null = await ctx.runQuery(internal.exports.readPiece, {
        exportId,
        place: next,
      });
      if (piece === null) return null;
      text += piece.text;
      counts = sumOf(counts, piece.counts);
      next = piece.next;
    }
    const file = new Blob([text], { type: "application/json" });
    const storageId = await ctx.storage.store(file);
    const part = { exportId, number: begun.number, storageId, bytes: file.size, next, counts };
    await ctx.runMutation(internal.exports.keepPart, part).catch(async (error: unknown) => {
      await ctx.storage.delete(storageId);
      throw error;
    });
    return null;
  },
});

export const keepPart = internalMutation({
  args: {
    exportId: v.id("exports"),
    number: v.number(),
    storageId: v.id("_storage"),
    bytes: v.number(),
    next: v.union(exportPlace, v.null()),
    counts: exportCounts,
  },
  returns: v.null(),
  handler: async (ctx, part) => {
    await exports.keepPart(ctx, part, Date.now());
    return null;
  },
});

/** Takes up what an action that died has left. */
export const sweep = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await exports.sweepExports(ctx, Date.now());
    return null;
  },
});
