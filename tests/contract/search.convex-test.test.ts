// @vitest-environment node
import { convexTest } from "convex-test";
import { searchCases, type SearchBackend } from "./search.cases";
import schema from "./search/convex/schema";

const modules = {
  "./search/convex/_generated/api.ts": () => Promise.resolve({}),
  "./search/convex/notes.ts": () => import("./search/convex/notes"),
};

searchCases("search on convex-test", () => {
  const { query, mutation, action } = convexTest(schema, modules) as unknown as SearchBackend;
  return Promise.resolve({ query, mutation, action, stop: () => Promise.resolve() });
});
