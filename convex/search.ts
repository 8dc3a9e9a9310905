import { v } from "convex/values";
import { SEARCH_LIMIT_DEFAULT, SEARCH_LIMIT_MAX } from "../lib/limits";
import { checkSearch } from "../lib/validation";
import { valid } from "./errors";
import { operatorQuery } from "./functions";
import { scopeOf } from "./model/inbox";
import { clampLimit } from "./model/paging";
import { searchMessages, searchPeople } from "./model/search";
import { searchResult } from "./validators/search";

/** People and messages, internal notes among them, of all the operator's brands or one of them: the best of each. */
export const all = operatorQuery({
  agents: "read",
  args: {
    query: v.string(),
    brandId: v.optional(v.string()),
    limit: v.optional(v.number()), // of each kind: 20, at most 100
  },
  returns: searchResult,
  handler: async (ctx, { query: text, brandId, limit }) => {
    const query = valid("query", checkSearch(text));
    const scope = await scopeOf(ctx.db, ctx.operator, brandId);
    const wanted = { query, limit: clampLimit(limit, SEARCH_LIMIT_DEFAULT, SEARCH_LIMIT_MAX) };
    const [people, messages] = await Promise.all([
      searchPeople(ctx.db, scope, wanted),
      searchMessages(ctx.db, scope, wanted),
    ]);
    return { people, messages };
  },
});
