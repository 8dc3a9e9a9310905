/** Files of messages: permission to upload, keeping what came, sending it, and its end. */
import * as limits from "../../lib/limits";
import type { Doc, Id } from "../_generated/dataModel";
import { env } from "../_generated/server";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal } from "../errors";
import type { AttachmentRow } from "../validators/attachments";

const HOUR = 60 * 60 * 1000;
/** How long a permission is good, and how long a file waits for its message. */
const PERMISSION_MS = HOUR;
const UNSENT_MS = 24 * HOUR;
const PURGE_PAGE = 100;

type Uploader = { visitorId: Id<"visitors"> } | { operatorId: Id<"operators"> };
type File = NonNullable<Doc<"uploads">["file"]>;
type Attachment = NonNullable<Doc<"messages">["attachments"]>[number];

/** The address that one file may be sent to, once, as the body of a POST with `&name=` behind it. */
export async function permitUpload(
  ctx: MutationCtx,
  { workspaceId, brandId }: Pick<Doc<"uploads">, "workspaceId" | "brandId">,
  uploader: Uploader,
  now: number,
): Promise<string> {
  const row = { workspaceId, brandId, ...uploader, expiresAt: now + PERMISSION_MS, createdAt: now };
  const ticket = await ctx.db.insert("uploads", row);
  return `${env.CONVEX_SITE_URL}/widget/upload?ticket=${ticket}`;
}

async function findUpload(db: DatabaseReader, uploadId: string): Promise<Doc<"uploads"> | null> {
  const id = db.normalizeId("uploads", uploadId);
  return id === null ? null : await db.get("uploads", id);
}

/** The permission behind a ticket that is still good. */
export async function findPermission(
  db: DatabaseReader,
  ticket: string,
  now: number,
): Promise<Doc<"uploads"> | null> {
  const upload = await findUpload(db, ticket);
  if (upload === null || upload.file !== undefined || (upload.expiresAt ?? 0) <= now) return null;
  return upload;
}

/** Uses the permission up; false when it was not good any more, and the file belongs to nobody. */
export async function keepFile(ctx: MutationCtx, ticket: string, file: File, now: number): Promise<boolean> {
  const upload = await findPermission(ctx.db, ticket, now);
  if (upload === null) return false;
  await ctx.db.patch("uploads", upload._id, { file, expiresAt: now + UNSENT_MS });
  return true;
}

/** A file that belongs to a message; null for any other id. */
export async function findSentFile(db: DatabaseReader, uploadId: string): Promise<File | null> {
  const upload = await findUpload(db, uploadId);
  return upload?.messageId === undefined ? null : (upload.file ?? null);
}

/** The files of a message that is about to be sent: each was uploaded by its sender for this brand, and not sent before. */
export async function requireUnsent(
  db: DatabaseReader,
  { brandId }: Doc<"conversations">,
  uploader: Uploader,
  uploadIds: readonly string[],
): Promise<Attachment[]> {
  if (uploadIds.length > limits.ATTACHMENTS_MAX || new Set(uploadIds).size < uploadIds.length) {
    const message = `A message takes up to ${limits.ATTACHMENTS_MAX} different files. Send the others in another one.`;
    throw refusal("VALIDATION", message, { field: "attachments" });
  }
  const uploads = await Promise.all(uploadIds.map((id) => findUpload(db, id)));
  return uploads.map((upload) => {
    if (upload?.file === undefined || upload.brandId !== brandId || !isOf(upload, uploader)) {
      throw refusal("NOT_FOUND", "This file does not exist. Upload it again.", { field: "attachments" });
    }
    if (upload.messageId !== undefined) {
      throw refusal("CONFLICT", "This file belongs to a message already. Upload it again.", {
        field: "attachments",
      });
    }
    const { name, type, size } = upload.file;
    return { uploadId: upload._id, name, type, size };
  });
}

const isOf = (upload: Doc<"uploads">, uploader: Uploader): boolean =>
  "visitorId" in uploader
    ? upload.visitorId === uploader.visitorId
    : upload.operatorId === uploader.operatorId;

/** Gives the files to the message, which keeps them from the purge. */
export async function bindToMessage(
  ctx: MutationCtx,
  attachments: readonly Attachment[],
  messageId: Id<"messages">,
): Promise<void> {
  for (const { uploadId } of attachments) {
    await ctx.db.patch("uploads", uploadId, { messageId, expiresAt: undefined });
  }
}

export function toAttachmentRows({
  attachments = [],
}: Pick<Doc<"messages">, "attachments">): AttachmentRow[] {
  return attachments.map(({ uploadId, ...shown }) => ({
    ...shown,
    url: `${env.CONVEX_SITE_URL}/widget/files/${uploadId}`,
  }));
}

/** Deletes the files of a message that is about to be deleted. */
export async function deleteAttachments(ctx: MutationCtx, message: Doc<"messages">): Promise<void> {
  for (const { uploadId } of message.attachments ?? []) {
    const upload = await ctx.db.get("uploads", uploadId);
    if (upload !== null) await deleteUpload(ctx, upload);
  }
}

/** Deletes a file, or the permission to upload it. */
export async function deleteUpload(ctx: MutationCtx, { _id, file }: Doc<"uploads">): Promise<void> {
  if (file !== undefined) await ctx.storage.delete(file.storageId);
  await ctx.db.delete("uploads", _id);
}

/** Deletes permissions that nobody used and files that nobody sent; true when there may be more. */
export async function purgeUploads(ctx: MutationCtx, now: number): Promise<boolean> {
  const expired = await ctx.db
    .query("uploads")
    .withIndex("by_expires_at", (q) => q.gt("expiresAt", 0).lte("expiresAt", now))
    .take(PURGE_PAGE);
  for (const upload of expired) await deleteUpload(ctx, upload);
  return expired.length === PURGE_PAGE;
}
