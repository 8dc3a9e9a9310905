import { describe, expect, test } from "vitest";
import {
  exportsOf,
  parseDefinition,
  type ComponentDefinition,
} from "../../../../embedded/deploy/component-definitions";
import { ComponentTree, type DefinedComponent } from "../../../../embedded/deploy/component-tree";
import type { JSONObject, JSONValue } from "../../../../embedded/storage/types";

const text = JSON.stringify({ type: "string" });
const variable = (name: string, more: JSONObject = {}) => [name, { type: "value", value: text, ...more }];
const use = (name: string, path: string, env: JSONValue[] = []) => ({ name, path, env });

/** Definitions as `convex.config` modules export them, by path; the app's is "". */
function tree(definitions: Record<string, JSONObject>, bindsNothing = false): ComponentTree {
  const defined = Object.entries(definitions).map(([path, exported]): [string, DefinedComponent] => {
    const definition: ComponentDefinition = parseDefinition(path, exported);
    return [path, { definition, exports: new Map(), httpRoutes: null }];
  });
  return new ComponentTree(new Map(defined), { bindsNothing });
}

const needy = { name: "needy", envVars: [variable("MODE")] };

describe("the tree of components", () => {
  test("has each use once, with what is bound to it", () => {
    const { instances } = tree({
      "": { childComponents: [use("a", "../a"), use("b", "../a")] },
      "../a": {
        name: "a",
        childComponents: [use("needy", "../needy", [["MODE", { type: "value", value: "x" }]])],
      },
      "../needy": needy,
    });
    expect(instances.map(({ path, env }) => [path, env])).toEqual([
      ["", null],
      ["a", {}],
      ["a/needy", { MODE: { type: "value", value: "x" } }],
      ["b", {}],
      ["b/needy", { MODE: { type: "value", value: "x" } }],
    ]);
  });

  const bound = (...env: JSONValue[]) => ({ childComponents: [use("needy", "../needy", env)] });
  test.each<[string, Record<string, JSONObject>, string]>([
    [
      "needs a variable that nobody binds",
      { "": bound(), "../needy": needy },
      "Component needy is missing required env var MODE",
    ],
    [
      "is given a variable that it does not declare",
      {
        "": bound(["MODE", { type: "value", value: "x" }], ["OTHER", { type: "value", value: "x" }]),
        "../needy": needy,
      },
      "Component needy has no env var named OTHER",
    ],
    [
      "needs what its parent may not have",
      {
        "": {
          ...bound(["MODE", { type: "envVar", name: "M" }]),
          envVars: [variable("M", { optional: true })],
        },
        "../needy": needy,
      },
      "Component needy's env var MODE is required, but parent env var M is optional",
    ],
    [
      "has the name of another",
      { "": { childComponents: [use("a", "../a"), use("a", "../a")] }, "../a": { name: "a" } },
      "multiple child components with the same name: a",
    ],
    [
      "is mounted but serves no HTTP",
      {
        "": { childComponents: [use("a", "../a")], httpMounts: { "/a/": "_reference/childComponent/a" } },
        "../a": { name: "a" },
      },
      "HTTP mount /a/ is invalid: Child component a doesn't have any HTTP routes.",
    ],
    [
      "uses itself",
      { "": { childComponents: [use("a", "../a")] }, "../a": { childComponents: [use("a", "../a")] } },
      "nested too deep",
    ],
    ["is not there", { "": { childComponents: [use("a", "../a")] } }, "Component definition not found: ../a"],
  ])("refuses a component that %s", (_why, definitions, message) => {
    expect(() => tree(definitions)).toThrow(message);
  });

  test("binds nothing where only types are wanted", () => {
    expect(tree({ "": bound(), "../needy": needy }, true).instances).toHaveLength(2);
  });
});

test.each([{ type: "number" }, { type: "union", value: [{ type: "string" }, { type: "null" }] }])(
  "a variable declared as %j is refused",
  (validator) => {
    const envVars = [["MODE", { type: "value", value: JSON.stringify(validator) }]];
    expect(() => parseDefinition("../a", { envVars })).toThrow(
      "Env var `MODE` on component ../a has a non-string validator.",
    );
  },
);

test("a component exports its public functions; two of one path are refused", () => {
  const fn = (name: string, visibility: "public" | "internal") => ({
    name,
    visibility,
    udfType: "Query" as const,
    args: null,
    returns: null,
  });
  const inner = { functions: [fn("list", "public"), fn("hidden", "internal")] };
  expect(exportsOf({ "a/b.js": inner })).toEqual(
    new Map([["a", new Map([["b", new Map([["list", "a/b:list"]])]])]]),
  );
  expect(() => exportsOf({ "a.js": { functions: [fn("b", "public")] }, "a/b.js": inner })).toThrow(
    "conflicts with existing export",
  );
});
