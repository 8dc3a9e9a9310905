import { describe, expect, it } from "vitest";
import {
  formatRecoveryCode,
  fromBase32,
  matchingStep,
  readCode,
  stepAt,
  toBase32,
  totpCode,
  totpUri,
} from "../../../../convex/logic/totp";

const ascii = (text: string) => new TextEncoder().encode(text);
/** Of RFC 6238, appendix B. */
const SECRET = toBase32(ascii("12345678901234567890"));

describe("codes by time", () => {
  it.each([
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_111_111_111, "050471"],
    [1_234_567_890, "005924"],
    [2_000_000_000, "279037"],
    [20_000_000_000, "353130"],
  ])("at %i s are those of RFC 6238", async (seconds, code) => {
    expect(await totpCode(SECRET, stepAt(seconds * 1000))).toBe(code);
  });

  it("are taken a step early or late, and only after the last that was used", async () => {
    const now = 1_234_567_890_000;
    const current = stepAt(now);
    const match = async (step: number, lastStep = 0) =>
      await matchingStep(SECRET, await totpCode(SECRET, step), { now, lastStep });
    expect(await Promise.all([-2, -1, 0, 1, 2].map((offset) => match(current + offset)))).toEqual([
      null,
      current - 1,
      current,
      current + 1,
      null,
    ]);
    expect(await match(current, current - 1)).toBe(current);
    expect(await match(current, current)).toBeNull();
    expect(await match(current - 1, current)).toBeNull();
    expect(await matchingStep(SECRET, "", { now, lastStep: 0 })).toBeNull();
  });
});

describe("base32", () => {
  /** Of RFC 4648, section 10, without padding. */
  it.each([
    ["", ""],
    ["f", "MY"],
    ["fo", "MZXQ"],
    ["foo", "MZXW6"],
    ["foob", "MZXW6YQ"],
    ["fooba", "MZXW6YTB"],
    ["foobar", "MZXW6YTBOI"],
  ])("of %j", (text, encoded) => {
    expect(toBase32(ascii(text))).toBe(encoded);
    expect(fromBase32(encoded.toLowerCase())).toEqual(ascii(text));
  });
});

describe("what people and apps get", () => {
  it("is a URI that names the account", () => {
    expect(totpUri("ABC", { account: "ada@acme.test", issuer: "Prax Talk" })).toBe(
      "otpauth://totp/Prax%20Talk:ada%40acme.test?secret=ABC&issuer=Prax%20Talk",
    );
  });

  it("is a recovery code that is read again however it is typed", () => {
    const code = formatRecoveryCode(new Uint8Array(10).fill(255));
    expect(code).toBe("7777-7777-7777-7777");
    expect(readCode(" 7777 77777777-7777 ")).toEqual({ kind: "recovery", code });
    expect(readCode("123 456")).toEqual({ kind: "totp", code: "123456" });
    for (const wrong of ["", "12345", "1234567", "7777-7777-7777-7771", "x".repeat(10_000)]) {
      expect(readCode(wrong)).toBeNull();
    }
  });
});
