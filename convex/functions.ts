/**
 * The builders of every function: each resolves who is asking from a verified token before the handler runs, and
 * consumes the token argument. Nothing else may use the raw builders.
 */
import { convexToJson, jsonToConvex, v } from "convex/values";
import type { GenericValidator, Infer, JSONValue, ObjectType, PropertyValidators } from "convex/values";
import { customMutation, customQuery } from "convex-helpers/server/customFunctions";
import { httpAction, internalMutation, internalQuery, mutation, query } from "./_generated/server";
import { action, internalAction } from "./_generated/server";
import type { Doc } from "./_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "./_generated/server";
import { notFound, rateLimited } from "./errors";
import { recordAgentUse } from "./model/agentTokens";
import { readOnly, recordUse, requireKey } from "./model/apiKeys";
import { findBrandByWidgetId } from "./model/brands";
import { findResult, storeResult } from "./model/idempotency";
import { countForKey } from "./model/rateLimits";
import { requireToken } from "./model/sessions";
import { requireProof } from "./model/identities";
import { findVisitor } from "./model/visitorSessions";
import { caller, idempotency, limitState } from "./validators";
import type { Caller, Idempotency } from "./validators";
import type { AgentAccess } from "./validators/agentTokens";

/** For what must work without any identity; each use says so by the name. */
export { query as publicQuery, mutation as publicMutation, action as publicAction };
export { internalQuery, internalMutation, internalAction, httpAction };

type SessionArgs = { sessionToken: string };

/** `agents`: what an agent token must be allowed to call the function; without it none may. */
type Admission = { agents?: AgentAccess };

/**
 * An operator, by the token of a session, of its child or of an agent: gives `ctx.operator` and `ctx.session`. An agent's
 * `ctx.operator` has the brands of its token.
 */
const asOperator = {
  args: { sessionToken: v.string() },
  input: async (ctx: { db: DatabaseReader }, { sessionToken }: SessionArgs, { agents }: Admission) => ({
    ctx: await requireToken(ctx.db, sessionToken, { agents, now: Date.now() }),
    args: {},
  }),
};

export const operatorQuery = customQuery(query, asOperator);
export const operatorMutation = customMutation(mutation, {
  args: { sessionToken: v.string() },
  input: async (ctx: MutationCtx, { sessionToken }: SessionArgs, { agents }: Admission) => {
    const now = Date.now();
    const identity = await requireToken(ctx.db, sessionToken, { agents, now });
    await recordAgentUse(ctx, identity.session, now);
    return { ctx: identity, args: {} };
  },
});
/** For actions that make a secret first and then act as the operator who asked. */
export const internalOperatorQuery = customQuery(internalQuery, asOperator);
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

/** The same for writing: an unknown pair is refused, and who has proven nothing where the brand wants proof. */
export const visitorMutation = customMutation(mutation, {
  args: visitorArgs,
  input: async (ctx: { db: DatabaseReader }, args: VisitorArgs) => {
    const visitor = await findVisitorByArgs(ctx.db, args);
    if (visitor === null) throw notFound("conversation");
    await requireProof(ctx.db, visitor.brandId, visitor);
    return { ctx: { visitor }, args: {} };
  },
});

/** A program, by the hash of its API key: gives `ctx.key`. The request is counted before, by `apiKeys:admit`. */
export const keyQuery = customQuery(internalQuery, {
  args: { caller },
  input: async (ctx: { db: DatabaseReader }, { caller }: { caller: Caller }) => {
    const key: Doc<"apiKeys"> = await requireKey(ctx.db, caller.keyHash, Date.now());
    return { ctx: { key }, args: {} };
  },
});

type KeyMutation<Args extends PropertyValidators, Returns extends GenericValidator> = {
  args: Args;
  returns: Returns;
  handler: (ctx: MutationCtx & { key: Doc<"apiKeys"> }, args: ObjectType<Args>) => Promise<Infer<Returns>>;
};

type KeyMutationArgs<Args extends PropertyValidators> = {
  caller: Caller;
  idempotency: Idempotency | null;
  input: ObjectType<Args>;
};

/**
 * The same for writing, in one transaction: the key, its scope and its limit are checked, the request is counted, and a
 * request with an Idempotency-Key leaves its result. A repeated one gets that result and changes nothing.
 */
export function keyMutation<Args extends PropertyValidators, Returns extends GenericValidator>({
  args,
  returns,
  handler,
}: KeyMutation<Args, Returns>) {
  return internalMutation({
    args: { caller, idempotency: v.union(idempotency, v.null()), input: v.object(args) },
    returns: v.object({ limit: limitState, replayed: v.boolean(), result: returns }),
    handler: async (ctx, { caller, idempotency, input }: KeyMutationArgs<Args>) => {
      const now = Date.now();
      const key = await requireKey(ctx.db, caller.keyHash, now);
      if (key.scope !== "write") throw readOnly();
      const { ok, state: limit } = await countForKey(ctx, key, now);
      if (!ok) throw rateLimited(limit.resetAt - now);
      await recordUse(ctx, key, now);
      const stored = idempotency === null ? null : await findResult(ctx.db, key, idempotency, now);
      if (stored !== null) {
        const result = jsonToConvex(JSON.parse(stored) as JSONValue) as Infer<Returns>;
        return { limit, replayed: true, result };
      }
      const result = await handler({ ...ctx, key }, input);
      if (idempotency !== null) {
        const text = JSON.stringify(convexToJson(result));
        await storeResult(ctx, key, idempotency, { result: text, now });
      }
      return { limit, replayed: false, result };
    },
  });
}
