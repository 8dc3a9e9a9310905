import { jsonToConvex, v, type JSONValue } from "convex/values";
import { queryTable, systemQuery, textOf } from "../../system-tables";

const ANY_VALIDATOR = { type: "any" };

type Analysis = {
  functions: {
    name: string;
    udfType: "Query" | "Mutation" | "Action";
    visibility: "public" | "internal";
    args: JSONValue;
    returns: JSONValue;
  }[];
  httpRoutes: { method: string; path: string }[] | null;
};

/** What can be called on this deployment, and with what. */
export const apiSpec = systemQuery({
  args: { componentId: v.optional(v.union(v.string(), v.null())) },
  handler: async (ctx) => {
    const modules = await queryTable(ctx, "_modules").withIndex("by_path").collect();
    return modules.flatMap((module) => {
      // Written by the deployment itself, in this shape.
      const { functions, httpRoutes } = JSON.parse(textOf(module.analysis)) as Analysis;
      const callable = functions.map(({ name, udfType, visibility, args, returns }) => ({
        identifier: `${textOf(module.path)}:${name}`,
        functionType: udfType,
        visibility: { kind: visibility },
        args: jsonToConvex(args ?? ANY_VALIDATOR),
        returns: jsonToConvex(returns ?? ANY_VALIDATOR),
      }));
      const routes = (httpRoutes ?? []).map(({ method, path }) => ({
        functionType: "HttpAction",
        method,
        path,
      }));
      return [...callable, ...routes];
    });
  },
});
