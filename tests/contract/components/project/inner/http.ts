import { httpActionGeneric, httpRouter, makeFunctionReference } from "convex/server";

const list = makeFunctionReference<"query", Record<string, never>, string[]>("box:list");
const http = httpRouter();
http.route({
  path: "/texts",
  method: "GET",
  handler: httpActionGeneric(async (ctx) => Response.json(await ctx.runQuery(list, {}))),
});
export default http;
