import { systemQuery } from "../../system-tables";

/** The mounted components: the app itself, whose path is empty. */
export const list = systemQuery({
  args: {},
  handler: () => [{ id: "", name: null, path: "", args: {}, state: "active", httpPrefix: null }],
});
