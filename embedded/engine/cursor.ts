import { createCipheriv, createDecipheriv, createHmac, hash, timingSafeEqual } from "node:crypto";
import { DatabaseError } from "./errors";

/** Where a page ended: after the entry with this full index key, or at the end of the query. */
export type CursorPosition = { type: "after"; key: string } | { type: "end" };

const FINGERPRINT_BYTES = 16;
const TAG_BYTES = 16;
const AFTER = 1;
const END = 0;
const CIPHER = "aes-256-ctr";

/**
 * Writes and reads pagination cursors: position and fingerprint of the query, encrypted so that clients can neither read
 * the index keys of the documents they saw nor make up positions. The authentication tag is the initial vector too (as in
 * AES-SIV), so the same position gives the same text, which query caching depends on.
 */
export class CursorCodec {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  encode(position: CursorPosition, fingerprint: Buffer): string {
    const kind = Buffer.from([position.type === "end" ? END : AFTER]);
    const key = position.type === "end" ? Buffer.alloc(0) : Buffer.from(position.key, "latin1");
    const plain = Buffer.concat([fingerprint, kind, key]);
    const tag = this.#tag(plain);
    const cipher = createCipheriv(CIPHER, this.#key, tag);
    return Buffer.concat([tag, cipher.update(plain), cipher.final()]).toString("base64url");
  }

  /** Throws DatabaseError for a text that `encode` did not make, or made for another query. */
  decode(text: string, fingerprint: Buffer): CursorPosition {
    const bytes = Buffer.from(text, "base64url");
    if (bytes.length < TAG_BYTES + FINGERPRINT_BYTES + 1) throw unreadable();
    const tag = bytes.subarray(0, TAG_BYTES);
    const decipher = createDecipheriv(CIPHER, this.#key, tag);
    const plain = Buffer.concat([decipher.update(bytes.subarray(TAG_BYTES)), decipher.final()]);
    if (!timingSafeEqual(this.#tag(plain), tag)) throw unreadable();
    if (!plain.subarray(0, FINGERPRINT_BYTES).equals(fingerprint)) throw otherQuery();
    if (plain[FINGERPRINT_BYTES] === END) return { type: "end" };
    return { type: "after", key: plain.toString("latin1", FINGERPRINT_BYTES + 1) };
  }

  #tag(plain: Buffer): Buffer {
    return createHmac("sha256", this.#key).update(plain).digest().subarray(0, TAG_BYTES);
  }
}

/** What has to be the same for a cursor to be used again. */
export function queryFingerprint(identity: unknown): Buffer {
  return Buffer.from(hash("sha256", JSON.stringify(identity), "base64"), "base64").subarray(
    0,
    FINGERPRINT_BYTES,
  );
}

function unreadable(): DatabaseError {
  return new DatabaseError("InvalidCursor", "Failed to parse cursor");
}

/** The shape by which `usePaginatedQuery` of convex/react knows that it has to start over. */
function otherQuery(): DatabaseError {
  return new DatabaseError(
    "InvalidCursor",
    "InvalidCursor: Tried to run a query starting from a cursor, but it looks like this cursor is from a different query.",
    { isConvexSystemError: true, paginationError: "InvalidCursor" },
  );
}
