import { describe, expect, test } from "vitest";
import { AdminKey, splitActingAs } from "@/embedded/http/admin-key";

describe("the admin key", () => {
  const key = new AdminKey("praxtalk|0123abcd");

  test.each([
    ["itself", "praxtalk|0123abcd", true],
    ["a kind before the name", "prod:praxtalk|0123abcd", true],
    ["another secret", "praxtalk|0123abce", false],
    ["another name", "other|0123abcd", false],
    ["its beginning", "praxtalk|0123", false],
    ["more than it", "praxtalk|0123abcd0", false],
    ["nothing", "", false],
    ["the secret alone", "0123abcd", false],
  ])("%s", (_what, text, expected) => {
    expect(key.matches(text)).toBe(expected);
  });

  test("is told apart from whom it acts as", () => {
    expect(splitActingAs("a|b")).toEqual({ key: "a|b", attributes: null });
    expect(splitActingAs("prod:a|b")).toEqual({ key: "prod:a|b", attributes: null });
    expect(splitActingAs("prod:a|b:e30=")).toEqual({ key: "prod:a|b", attributes: "e30=" });
    expect(splitActingAs("x:y")).toEqual({ key: "x:y", attributes: null });
  });
});
