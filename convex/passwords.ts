"use node";

/** Password hashing. In Node because scrypt at these settings needs 128 MiB, off the thread by its callback form. */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { v } from "convex/values";
import { internalAction } from "./functions";
import { NO_PASSWORD, formatScryptHash, parseScryptHash } from "./logic/passwordHash";
import type { ScryptHash } from "./logic/passwordHash";

const COST = { logN: 17, r: 8, p: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** scrypt needs 128 · N · r bytes; Node's default ceiling of 32 MiB is below that. */
const MAX_MEMORY = 256 * 1024 * 1024;

type Settings = Pick<ScryptHash, "logN" | "r" | "p"> & { salt: Buffer; length: number };

function derive(password: string, { logN, r, p, salt, length }: Settings): Promise<Buffer> {
  const options = { N: 2 ** logN, r, p, maxmem: MAX_MEMORY };
  return new Promise((resolve, reject) => {
    // One normal form: the same characters typed on another keyboard give the same bytes.
    scrypt(password.normalize("NFC"), salt, length, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

/** PHC text of a new hash of the password. */
export const hash = internalAction({
  args: { password: v.string() },
  returns: v.string(),
  handler: async (_ctx, { password }) => {
    const salt = randomBytes(SALT_BYTES);
    const key = await derive(password, { ...COST, salt, length: HASH_BYTES });
    return formatScryptHash({ ...COST, salt: salt.toString("base64"), hash: key.toString("base64") });
  },
});

/**
 * Whether the password gives the stored hash. Without one (unknown email, or nobody ever chose a password) the answer is no
 * after the same work, so that the time tells nothing.
 */
export const verify = internalAction({
  args: { password: v.string(), passwordHash: v.union(v.string(), v.null()) },
  returns: v.boolean(),
  handler: async (_ctx, { password, passwordHash }) => {
    if (passwordHash === null || passwordHash === NO_PASSWORD) {
      await derive(password, { ...COST, salt: Buffer.alloc(SALT_BYTES), length: HASH_BYTES });
      return false;
    }
    const stored = parseScryptHash(passwordHash);
    if (stored === null) throw new Error("A stored password hash is not a scrypt hash in PHC form.");
    const expected = Buffer.from(stored.hash, "base64");
    const salt = Buffer.from(stored.salt, "base64");
    return timingSafeEqual(await derive(password, { ...stored, salt, length: expected.length }), expected);
  },
});
