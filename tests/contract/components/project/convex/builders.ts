/** The builders and components of this app, as generated code would type them. */
import type { ComponentApi as ActionRetrierApi } from "@convex-dev/action-retrier/_generated/component.js";
import type { ComponentApi as AggregateApi } from "@convex-dev/aggregate/_generated/component.js";
import type { ComponentApi as MigrationsApi } from "@convex-dev/migrations/_generated/component.js";
import type { ComponentApi as RateLimiterApi } from "@convex-dev/rate-limiter/_generated/component.js";
import type { ComponentApi as WorkpoolApi } from "@convex-dev/workpool/_generated/component.js";
import {
  actionGeneric,
  componentsGeneric,
  internalActionGeneric,
  internalMutationGeneric,
  mutationGeneric,
  queryGeneric,
  type ActionBuilder,
  type DataModelFromSchemaDefinition,
  type FunctionReference,
  type MutationBuilder,
  type QueryBuilder,
} from "convex/server";
import type schema from "./schema";

export type DataModel = DataModelFromSchemaDefinition<typeof schema>;

export const query: QueryBuilder<DataModel, "public"> = queryGeneric;
export const mutation: MutationBuilder<DataModel, "public"> = mutationGeneric;
export const internalMutation: MutationBuilder<DataModel, "internal"> = internalMutationGeneric;
export const action: ActionBuilder<DataModel, "public"> = actionGeneric;
export const internalAction: ActionBuilder<DataModel, "internal"> = internalActionGeneric;

type Call<
  Type extends "query" | "mutation" | "action",
  Args extends Record<string, unknown>,
  Result,
> = FunctionReference<Type, "internal", Args, Result>;

/** What `outer` lets its users call. */
export type OuterApi = {
  shelf: {
    put: Call<"mutation", { text: string }, string>;
    putAndFail: Call<"mutation", { text: string }, null>;
    list: Call<"query", Record<string, never>, string[]>;
    read: Call<"query", { id: string }, string | null>;
    pages: Call<"query", Record<string, never>, null>;
    whoAmI: Call<"query", Record<string, never>, { name: string | null; path: string }>;
    settings: Call<"query", Record<string, never>, Record<string, string | null>>;
    putLater: Call<"mutation", { text: string; done: string }, null>;
    callBack: Call<"action", { handle: string; text: string }, string>;
    deepList: Call<"query", Record<string, never>, string[]>;
    deepPut: Call<"mutation", { text: string }, null>;
  };
};

export const components = componentsGeneric() as unknown as {
  rateLimiter: RateLimiterApi<"rateLimiter">;
  aggregate: AggregateApi<"aggregate">;
  actionRetrier: ActionRetrierApi<"actionRetrier">;
  workpool: WorkpoolApi<"workpool">;
  migrations: MigrationsApi<"migrations">;
  outer: OuterApi;
  twin: OuterApi;
};
