import {
  actionGeneric,
  componentsGeneric,
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

type DataModel = DataModelFromSchemaDefinition<typeof schema>;

export const query: QueryBuilder<DataModel, "public"> = queryGeneric;
export const mutation: MutationBuilder<DataModel, "public"> = mutationGeneric;
export const internalMutation: MutationBuilder<DataModel, "internal"> = internalMutationGeneric;
export const action: ActionBuilder<DataModel, "public"> = actionGeneric;

export const components = componentsGeneric() as unknown as {
  inner: {
    box: {
      put: FunctionReference<"mutation", "internal", { text: string }, null>;
      list: FunctionReference<"query", "internal", Record<string, never>, string[]>;
      greeting: FunctionReference<"query", "internal", Record<string, never>, string | null>;
    };
  };
};
