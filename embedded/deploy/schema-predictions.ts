/** Answers evaluate_schema: what a push would have to do for the schemas of the components that are there already. */
import type { Committer, IndexDescription, IndexDiff } from "../engine/committer";
import type { JSONObject } from "../storage/types";
import type { ComponentState } from "./deployed-components";
import type { EvaluatedPush } from "./push-analysis";
import { indexJson } from "./push-response";

/** `diffs`: by component path. `states`: of the components before the push. */
export function schemaPredictions(
  push: EvaluatedPush,
  diffs: ReadonlyMap<string, IndexDiff>,
  committer: Committer,
  states: ReadonlyMap<string, ComponentState>,
): JSONObject {
  const evaluations: JSONObject = {};
  const fresh = new Set<string>();
  const definitionOf = new Map(
    push.code.components.map(({ path, definitionPath }) => [path, definitionPath]),
  );
  for (const [path, diff] of diffs) {
    const definitionPath = definitionOf.get(path) ?? "";
    if (path !== "" && !states.has(path)) fresh.add(definitionPath);
    else evaluations[path] = prediction(push, path, definitionPath, diff, committer);
  }
  return { componentSchemaEvaluations: evaluations, newComponentDefinitions: [...fresh] };
}

function prediction(
  { schemas }: EvaluatedPush,
  path: string,
  definitionPath: string,
  diff: IndexDiff,
  committer: Committer,
): JSONObject {
  const schema = schemas.get(path) ?? null;
  const { catalog } = committer;
  const counts = new Map(
    catalog
      .tables(path)
      .map(({ name }) => [
        name,
        name.startsWith("_") ? 0 : committer.read((tx) => tx.count(name), { component: path }),
      ]),
  );
  const tables = (schema?.tables ?? []).map(({ tableName, documentType }) => {
    const known = JSON.stringify(catalog.documentType(path, tableName));
    const isWalked = schema?.schemaValidation === true && known !== JSON.stringify(documentType);
    const outcome = schema?.schemaValidation !== true ? "notValidated" : "supersetOfEnforced";
    return {
      name: tableName,
      outcome: isWalked ? "mustWalk" : outcome,
      numDocs: counts.get(tableName) ?? 0,
      sizeBytes: 0,
    };
  });
  const indexes = (change: string, list: IndexDescription[]) =>
    list.map((index) => ({
      ...indexJson(index),
      change,
      needsBackfill: change === "added",
      numDocs: counts.get(index.table) ?? 0,
    }));
  return {
    definitionPath,
    schemaValidation: schema?.schemaValidation ?? false,
    tables,
    indexes: [
      ...indexes("added", diff.added),
      ...indexes("dropped", diff.removed),
      ...indexes("enabled", diff.enabled),
      ...indexes("disabled", diff.disabled),
    ],
  };
}
