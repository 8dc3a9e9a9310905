import { queryGeneric } from "convex/server";

/** The mounted components: the app itself, whose path is empty. */
export const list = queryGeneric({
  args: {},
  handler: () => [{ id: "", name: null, path: "", args: {}, state: "active", httpPrefix: null }],
});
