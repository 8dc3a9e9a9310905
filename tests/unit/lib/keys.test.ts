import { describe, expect, it } from "vitest";
import { checkOwnKeys } from "../../../lib/keys";

describe("own keys", () => {
  it("take any one character, in lower case, and keep only what is changed", () => {
    expect(checkOwnKeys({ r: "Q", e: "e", "/": "ä" })).toEqual({ ok: true, value: { r: "q", "/": "ä" } });
    expect(checkOwnKeys({})).toEqual({ ok: true, value: {} });
  });

  it("may be swapped", () => {
    expect(checkOwnKeys({ j: "k", k: "j" })).toEqual({ ok: true, value: { j: "k", k: "j" } });
  });

  it("are refused when one would do two things", () => {
    expect(checkOwnKeys({ r: "n" })).toMatchObject({ ok: false, reason: /“N” would do two things/ });
    expect(checkOwnKeys({ r: "q", n: "q" })).toMatchObject({ ok: false });
  });

  it("are refused when they are no character, or for a key that there is not", () => {
    for (const key of ["", " ", "ab", "\n", "\u0007"]) expect(checkOwnKeys({ r: key }).ok).toBe(false);
    expect(checkOwnKeys({ q: "r" }).ok).toBe(false);
  });
});
