/** Tokens of upload URLs: who has one may store files in its component until it expires. */
import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";

const VALID_MS = 60 * 60 * 1000;

const claims = z.object({ component: z.string(), issuedAt: z.number() });

export type UploadTokenFault = "StorageTokenInvalid" | "InvalidStorageToken" | "StorageTokenExpired";

/** `now` in Unix ms. */
export function signUploadToken(key: Buffer, component: string, now: number): string {
  const text = JSON.stringify({ component, issuedAt: now } satisfies z.infer<typeof claims>);
  const payload = Buffer.from(text).toString("base64url");
  return `${payload}.${signature(key, payload).toString("base64url")}`;
}

/** The component that the token is for, or what is wrong with it. */
export function verifyUploadToken(
  key: Buffer,
  token: string,
  now: number,
): { component: string } | { fault: UploadTokenFault } {
  const [payload = "", given = "", ...more] = token.split(".");
  const signed = Buffer.from(given, "base64url");
  const expected = signature(key, payload);
  if (more.length > 0 || signed.length !== expected.length) return { fault: "StorageTokenInvalid" };
  if (!timingSafeEqual(signed, expected)) return { fault: "InvalidStorageToken" };
  const { component, issuedAt } = claims.parse(
    JSON.parse(Buffer.from(payload, "base64url").toString("utf8")),
  );
  return now - issuedAt > VALID_MS ? { fault: "StorageTokenExpired" } : { component };
}

function signature(key: Buffer, payload: string): Buffer {
  return createHmac("sha256", key).update(payload).digest();
}
