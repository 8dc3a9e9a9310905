/** Routes about tables: their indexes, the shapes of their documents, their removal. */
import * as z from "zod";
import type { Committer } from "../engine/committer";
import { DatabaseError } from "../engine/errors";
import { ApiError, empty, json, type ApiRequest, type Route } from "../http/api";
import type { JSONObject, JSONValue } from "../storage/types";
import { adminRoute, componentName, parsedBody } from "./admin-route";
import { documents } from "./documents";
import { indexJson } from "./push-response";
import { shapeOf, union, type Shape } from "./shapes";

/** Newest documents of a table that its shape is taken from. */
const SHAPE_SAMPLE = 100;

const deleteRequest = z.object({ tableNames: z.array(z.string()), componentId: componentName });

export function tableRoutes(committer: Committer): Route[] {
  const remove = async (request: ApiRequest) => {
    const { tableNames, componentId } = await parsedBody(request, (body) => deleteRequest.parse(body));
    try {
      await committer.deleteTables(componentId ?? "", tableNames);
    } catch (error) {
      if (error instanceof DatabaseError) throw new ApiError(400, error.code, error.message);
      throw error;
    }
    return empty();
  };
  const indexes = ({ url }: ApiRequest) =>
    json({ indexes: indexesOf(committer, url.searchParams.get("componentId") ?? "") });
  const shapes = ({ url }: ApiRequest) => json(shapesOf(committer, url.searchParams.get("component") ?? ""));
  return [
    adminRoute("POST", "/api/delete_tables", remove),
    adminRoute("GET", "/api/get_indexes", (request) => Promise.resolve(indexes(request))),
    adminRoute("GET", "/api/shapes2", (request) => Promise.resolve(shapes(request))),
  ];
}

/** Those that serve, and staged ones. Against no schema at all, every index is one to be removed. */
function indexesOf(committer: Committer, component: string): JSONValue[] {
  return committer.evaluateSchema(component, null).removed.map((index) => {
    const { name: _name, type, fields, staged = false, ...spec } = indexJson(index);
    const described: JSONObject = { table: index.table, name: index.name };
    return {
      ...described,
      fields: type === "database" ? (fields ?? null) : spec,
      backfill: { state: "done" },
      staged,
    };
  });
}

/** Of the user's tables, by name. */
function shapesOf(committer: Committer, component: string): JSONObject {
  const { catalog } = committer;
  const tables = catalog.tables(component).filter(({ isSystem }) => !isSystem);
  const shapes = tables.map(({ name }): [string, JSONValue] => {
    const source = { type: "FullTableScan", tableName: name, order: "desc" } as const;
    const shape = committer.read(
      (tx) => {
        let found: Shape = { type: "Never" };
        let count = 0;
        for (const text of documents(tx, source)) {
          if (++count > SHAPE_SAMPLE) break;
          found = union(
            found,
            shapeOf(JSON.parse(text) as JSONValue, (id) => tx.tableOfId(id)),
          );
        }
        return found;
      },
      { component },
    );
    return [name, shape];
  });
  return Object.fromEntries(shapes);
}
