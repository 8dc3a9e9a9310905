/** What a one-off query imports to be a query. */
export { queryGeneric as query, internalQueryGeneric as internalQuery } from "convex/server";
