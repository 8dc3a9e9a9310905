/**
 * The builders of every function: each resolves who is asking from a verified token before the handler runs, and
 * consumes the token argument. Nothing else may use the raw builders.
 */
import { v } from "convex/values";
import { customMutation, customQuery } from "convex-helpers/server/customFunctions";
import { httpAction, internalMutation, internalQuery, mutation, query } from "./_generated/server";
import { action, internalAction } from "./_generated/server";
import type { Doc } from "./_generated/dataModel";
import type { DatabaseReader } from "./_generated/server";
import { notFound } from "./errors";
import { findBrandByWidgetId } from "./model/brands";
import { requireToken } from "./model/sessions";
import { findVisitor } from "./model/visitors";

/** For what must work without any identity; each use says so by the name. */
export { query as publicQuery, mutation as publicMutation, action as publicAction };
export { internalQuery, internalMutation, internalAction, httpAction };

/** An operator, by the token of a session or of its child: gives `ctx.operator` and `ctx.session`. */
const asOperator = {
  args: { sessionToken: v.string() },
  input: async (ctx: { db: DatabaseReader }, { sessionToken }: { sessionToken: string }) => ({
    ctx: await requireToken(ctx.db, sessionToken, Date.now()),
    args: {},
  }),
};

export const operatorQuery = customQuery(query, asOperator);
export const operatorMutation = customMutation(mutation, asOperator);
/** For actions that make a secret first and then act as the operator who asked. */
export const internalOperatorMutation = customMutation(internalMutation, asOperator);

const visitorArgs = { widgetId: v.string(), visitorKey: v.string() };
type VisitorArgs = { widgetId: string; visitorKey: string };

async function findVisitorByArgs(db: DatabaseReader, { widgetId, visitorKey }: VisitorArgs) {
  const brand = await findBrandByWidgetId(db, widgetId);
  return brand === null ? null : await findVisitor(db, brand._id, visitorKey);
}

/** A visitor, by the brand's public widget id and the visitor's secret; `visitor` is null for an unknown pair. */
export const visitorQuery = customQuery(query, {
  args: visitorArgs,
  input: async (ctx: { db: DatabaseReader }, args: VisitorArgs) => {
    const visitor: Doc<"visitors"> | null = await findVisitorByArgs(ctx.db, args);
    return { ctx: { visitor }, args: {} };
  },
});

/** The same for writing: an unknown pair is refused. */
export const visitorMutation = customMutation(mutation, {
  args: visitorArgs,
  input: async (ctx: { db: DatabaseReader }, args: VisitorArgs) => {
    const visitor = await findVisitorByArgs(ctx.db, args);
    if (visitor === null) throw notFound("conversation");
    return { ctx: { visitor }, args: {} };
  },
});
