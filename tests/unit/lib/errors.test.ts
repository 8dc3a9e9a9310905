import { ConvexError } from "convex/values";
import { describe, expect, it } from "vitest";
import { readError, readErrorCode } from "../../../lib/errors";

describe("readError", () => {
  it("reads what a refusal carries, and no more", () => {
    const data = { code: "VALIDATION", message: "Write a message first.", field: "body" };
    expect(readError(new ConvexError({ ...data, extra: 1 }))).toEqual(data);
    const limited = { code: "RATE_LIMITED", message: "Wait.", retryAfterMs: 1000 };
    expect(readError(new ConvexError(limited))).toEqual(limited);
    expect(readErrorCode(new ConvexError(limited))).toBe("RATE_LIMITED");
  });

  it.each([
    undefined,
    null,
    "NOT_FOUND",
    new Error("network"),
    new ConvexError("text"),
    new ConvexError({ code: "NOT_FOUND" }),
    new ConvexError({ code: "MADE_UP", message: "x" }),
    { data: null },
  ])("knows that %s is no refusal", (error) => {
    expect(readError(error)).toBeNull();
    expect(readErrorCode(error)).toBeNull();
  });
});
