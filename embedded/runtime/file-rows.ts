/** Rows of `_file_storage`: what is stored, under which id and URL, in which file. */
import * as z from "zod";
import { DatabaseError, type Transaction } from "../engine/transaction";
import { decodeId } from "../storage/ids";
import type { StoredFile } from "../storage/file-store";
import type { JSONValue } from "../storage/types";

export const FILE_TABLE = "_file_storage";
/** The view of it that user code reads, whose ids it knows. */
export const FILE_VIEW = "_storage";

const CONTENT_TYPE = /^[\t\x20-\x7e\x80-\xff]*$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const fileRow = z.object({
  _id: z.string(),
  _creationTime: z.number(),
  /** UUID in the file's URL. */
  storageId: z.string(),
  /** Name of the file in the file store. */
  storageKey: z.string(),
  /** Base64. */
  sha256: z.string(),
  /** Bytes. */
  size: z.number(),
  contentType: z.string().optional(),
});
export type FileRow = z.infer<typeof fileRow>;

/** What a row says besides its id and creation time. */
export function fileFields(
  { key, size, sha256 }: StoredFile,
  storageId: string,
  contentType: string | null,
): { [key: string]: JSONValue } {
  const fields = { storageId, storageKey: key, sha256, size };
  return contentType === null ? fields : { ...fields, contentType };
}

/** Whether the file can be answered with it: what else Node refuses to write as a header. */
export function isContentType(text: string): boolean {
  return CONTENT_TYPE.test(text);
}

/** The id by which user code knows the new file. Throws DatabaseError for a content type that no header can carry. */
export function insertFile(
  tx: Transaction,
  file: StoredFile,
  storageId: string,
  contentType: string | null,
): string {
  if (contentType !== null && !isContentType(contentType)) {
    throw new DatabaseError("InvalidContentType", `Invalid content type: ${JSON.stringify(contentType)}`);
  }
  return tx.virtualId(tx.insert(FILE_TABLE, fileFields(file, storageId, contentType), "system"));
}

/** The file with this document id or UUID; null if there is none. Throws DatabaseError for text that is neither. */
export function findFile(tx: Transaction, storageId: string): FileRow | null {
  if (decodeId(storageId) !== null) {
    const id = tx.physicalId(FILE_VIEW, storageId);
    if (id === null) throw notAStorageId(storageId);
    const text = tx.get(id, { isSystem: true, table: FILE_TABLE }, "system");
    return text === null ? null : parseFileRow(text);
  }
  if (!UUID.test(storageId)) throw notAStorageId(storageId);
  return fileBy(tx, "storageId", storageId);
}

/** The row that owns a file of the file store. */
export function fileByKey(tx: Transaction, storageKey: string): FileRow | null {
  return fileBy(tx, "storageKey", storageKey);
}

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

export function parseFileRow(text: string): FileRow {
  return fileRow.parse(JSON.parse(text));
}

const INDEXES = { storageId: "by_storage_id", storageKey: "by_storage_key" };

function fileBy(tx: Transaction, field: keyof typeof INDEXES, value: string): FileRow | null {
  const query = tx.openQuery(
    {
      source: {
        type: "IndexRange",
        indexName: `${FILE_TABLE}.${INDEXES[field]}`,
        range: [{ type: "Eq", fieldPath: field, value }],
        order: "asc",
      },
      operators: [{ limit: 1 }],
    },
    "system",
  );
  const text = tx.next(query);
  tx.closeQuery(query);
  return text === null ? null : parseFileRow(text);
}

function notAStorageId(storageId: string): DatabaseError {
  return new DatabaseError(
    "InvalidStorageId",
    `Invalid storage ID: "${storageId}". Storage ID should be an Id of '${FILE_VIEW}' table, or a UUID string.`,
  );
}
