import { describe, expect, it } from "vitest";
import { fillVariables, firstUnfilled, unknownVariables } from "@/lib/reply-variables";

describe("fillVariables", () => {
  const values = { "visitor.name": "Maya", "operator.name": " Ada ", "brand.name": "" };

  it.each([
    ["Hi {{visitor.name}}, {{ operator.name }} here.", "Hi Maya, Ada here."],
    ["Hi {{visitor.name|there}}", "Hi Maya"],
    ["Hi {{visitor.email|there}}", "Hi there"],
    ["From {{brand.name | us all }}", "From us all"],
    ["Hi {{visitor.email}}", "Hi {{visitor.email}}"],
    ["Hi {{visitor.email|}}", "Hi {{visitor.email|}}"],
    ["{{nobody.name|x}} {visitor.name} {{visitor.name", "{{nobody.name|x}} {visitor.name} {{visitor.name"],
    ["{{visitor.name}}{{visitor.name}}", "MayaMaya"],
  ])("%s", (text, filled) => {
    expect(fillVariables(text, values)).toBe(filled);
  });

  it("takes a value as text: what it holds is no variable and no pattern", () => {
    const name = "$& {{operator.name}}";
    expect(fillVariables("{{visitor.name}}", { "visitor.name": name, "operator.name": "Ada" })).toBe(name);
  });
});

describe("unknownVariables", () => {
  it("names each once, whatever stands between the braces", () => {
    expect(unknownVariables("{{visitor.name}} {{vistor.name|x}} {{vistor.name}} {{a b}} {{}}")).toEqual([
      "vistor.name",
      "a b",
      "",
    ]);
  });
});

describe("firstUnfilled", () => {
  it("finds a variable that would be sent raw, and where it stands", () => {
    expect(firstUnfilled("Hi {{ visitor.email }}!")).toEqual({ name: "visitor.email", start: 3, end: 22 });
  });

  it("leaves other braces to who writes them", () => {
    expect(firstUnfilled("Use {{ user.name }} in the template")).toBeNull();
  });
});
