import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { signUploadToken, verifyUploadToken } from "@/embedded/runtime/upload-token";

const KEY = randomBytes(32);
const NOW = 1_700_000_000_000;
const HOUR = 60 * 60 * 1000;

describe("upload tokens", () => {
  test("are good for an hour, for their component", () => {
    const token = signUploadToken(KEY, "billing/ledger", NOW);
    expect(verifyUploadToken(KEY, token, NOW + HOUR)).toEqual({ component: "billing/ledger" });
    expect(verifyUploadToken(KEY, token, NOW + HOUR + 1)).toEqual({ fault: "StorageTokenExpired" });
  });

  test("are worth nothing under another key, or with another component", () => {
    const token = signUploadToken(KEY, "", NOW);
    expect(verifyUploadToken(randomBytes(32), token, NOW)).toEqual({ fault: "InvalidStorageToken" });
    const [, signature] = token.split(".");
    const other = Buffer.from(JSON.stringify({ component: "x", issuedAt: NOW })).toString("base64url");
    expect(verifyUploadToken(KEY, `${other}.${signature}`, NOW)).toEqual({ fault: "InvalidStorageToken" });
    for (const text of ["", ".", "a.b", "a.b.c", `${token}.x`])
      expect(verifyUploadToken(KEY, text, NOW)).toEqual({ fault: "StorageTokenInvalid" });
  });
});
