/** Answers to requests with an Idempotency-Key, written with what they answer: both are stored, or neither. */
import type { Doc } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal } from "../errors";
import type { Idempotency } from "../validators";

const LIFETIME = 24 * 60 * 60 * 1000;
/** Rows that one purge deletes: of some 30 KB each, read twice, they stay far below what a transaction may read. */
const PURGE_PAGE = 100;

/** The result of the same request before, as JSON text. The same key with another body is refused. */
export async function findResult(
  db: DatabaseReader,
  key: Doc<"apiKeys">,
  { request, idempotencyKey, fingerprint }: Idempotency,
  now: number,
): Promise<string | null> {
  const found = await findRow(db, key, request, idempotencyKey);
  if (found === null || found.expiresAt <= now) return null;
  if (found.fingerprint !== fingerprint) {
    throw refusal(
      "IDEMPOTENCY_KEY_REUSED",
      "This Idempotency-Key came with another body before. Use a new key for a new request.",
    );
  }
  return found.result;
}

export async function storeResult(
  ctx: MutationCtx,
  key: Doc<"apiKeys">,
  idempotency: Idempotency,
  { result, now }: { result: string; now: number },
): Promise<void> {
  const expired = await findRow(ctx.db, key, idempotency.request, idempotency.idempotencyKey);
  if (expired !== null) await ctx.db.delete("idempotencyKeys", expired._id);
  const row = { keyId: key._id, ...idempotency, result, expiresAt: now + LIFETIME };
  await ctx.db.insert("idempotencyKeys", row);
}

async function findRow(
  db: DatabaseReader,
  key: Doc<"apiKeys">,
  request: string,
  idempotencyKey: string,
): Promise<Doc<"idempotencyKeys"> | null> {
  return await db
    .query("idempotencyKeys")
    .withIndex("by_key_and_request", (q) =>
      q.eq("keyId", key._id).eq("request", request).eq("idempotencyKey", idempotencyKey),
    )
    .unique();
}

/** Deletes expired results; true when there may be more. */
export async function purgeResults(ctx: MutationCtx, now: number): Promise<boolean> {
  const expired = await ctx.db
    .query("idempotencyKeys")
    .withIndex("by_expires_at", (q) => q.lte("expiresAt", now))
    .take(PURGE_PAGE);
  for (const row of expired) await ctx.db.delete("idempotencyKeys", row._id);
  return expired.length === PURGE_PAGE;
}
