import { describe, expect, test } from "vitest";
import { applyEnvironmentChanges } from "../../../../embedded/deploy/environment-variables";

const apply = (current: Record<string, string>, changes: { name: string; value: string | null }[]) =>
  Object.fromEntries(applyEnvironmentChanges(new Map(Object.entries(current)), changes));

describe("applyEnvironmentChanges", () => {
  test("adds, replaces and removes; removing what is not there is fine", () => {
    const changes = [
      { name: "A", value: "2" },
      { name: "B", value: null },
      { name: "C", value: "" },
      { name: "MISSING", value: null },
    ];
    expect(apply({ A: "1", B: "1", KEPT: "1" }, changes)).toEqual({ A: "2", C: "", KEPT: "1" });
  });

  test("leaves the given map alone", () => {
    const current = new Map([["A", "1"]]);
    applyEnvironmentChanges(current, [{ name: "A", value: "2" }]);
    expect(current.get("A")).toBe("1");
  });

  test.each([
    ["an empty name", [{ name: "", value: "x" }], "EnvironmentVariableNameInvalid"],
    ["a leading digit", [{ name: "1A", value: "x" }], "EnvironmentVariableNameInvalid"],
    ["a line break", [{ name: "A\n", value: "x" }], "EnvironmentVariableNameInvalid"],
    ["257 letters", [{ name: "A".repeat(257), value: "x" }], "EnvironmentVariableNameTooLong"],
    ["a built-in name", [{ name: "CONVEX_CLOUD_URL", value: "x" }], "EnvVarNameForbidden"],
    [
      "the same name twice",
      [
        { name: "A", value: "x" },
        { name: "A", value: null },
      ],
      "EnvVarNameNotUnique",
    ],
    [
      "a value over 8 KiB in UTF-8",
      [{ name: "A", value: "é".repeat(4097) }],
      "EnvironmentVariableValueTooLong",
    ],
  ])("refuses %s", (_case, changes, code) => {
    expect(() => apply({}, changes)).toThrow(expect.objectContaining({ code }));
  });

  test("takes names of 256 letters and values of exactly 8 KiB", () => {
    const name = "A".repeat(256);
    expect(apply({}, [{ name, value: "é".repeat(4096) }])).toHaveProperty(name);
  });

  test("holds at most 512 variables", () => {
    const full = Object.fromEntries(Array.from({ length: 512 }, (_, i) => [`V${i}`, "x"]));
    expect(() => apply(full, [{ name: "ONE_MORE", value: "x" }])).toThrow(
      expect.objectContaining({ code: "EnvVarLimitMet" }),
    );
    expect(
      Object.keys(
        apply(full, [
          { name: "V0", value: null },
          { name: "OTHER", value: "x" },
        ]),
      ),
    ).toHaveLength(512);
  });

  test("holds at most 512 KiB together", () => {
    const big = Object.fromEntries(Array.from({ length: 63 }, (_, i) => [`V${i}`, "x".repeat(8192)]));
    expect(() =>
      apply(big, [
        { name: "W", value: "x".repeat(8192) },
        { name: "X", value: "x" },
      ]),
    ).toThrow(expect.objectContaining({ code: "EnvVarTotalSizeLimitMet" }));
  });
});
