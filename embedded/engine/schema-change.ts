import type { Snapshot } from "../storage/store";
import type { CatalogRow, DocumentWrite, JSONObject, SchemaJson, ValidatorJSON } from "../storage/types";
import { allIndexes, idTableResolver, type Catalog } from "./catalog";
import {
  findTable,
  withIndex,
  withIndexState,
  withoutIndexes,
  withSchema,
  withTable,
} from "./catalog-changes";
import type { CommitGroup } from "./commit-group";
import { findUsedIndex, type IndexDescription, type IndexDiff } from "./index-diff";
import { TableSweep, type SweepTask } from "./table-sweep";
import { checkValue } from "./validator";

export type SchemaStatus =
  | { type: "none" }
  | {
      type: "inProgress";
      schemaValidationComplete: boolean;
      indexesComplete: number;
      indexesTotal: number;
    }
  | { type: "failed"; error: string; tableName: string | null }
  | { type: "complete" };

/**
 * A schema on its way to become the active one of its component: first its new indexes are built and the
 * stored documents checked, while writes go on under the active schema; a write that breaks the new schema goes through and
 * fails the change. Lives in memory: after a restart the schema has to be pushed again.
 */
export class SchemaChange {
  readonly component: string;
  readonly diff: IndexDiff;
  readonly #schema: SchemaJson | null;
  readonly #validators: ReadonlyMap<string, ValidatorJSON>;
  readonly #building: ReadonlySet<number>;
  /** Of the new indexes, those that have to be complete before activation is asked for. */
  readonly #awaited: readonly number[];
  readonly #sweep: TableSweep;
  readonly #onSettled: () => void;
  #failure: { error: string; tableName: string } | null = null;

  /** `catalog`: after `prepared`. `onSettled` is called when the status turns to complete, and when to failed. */
  constructor(
    catalog: Catalog,
    component: string,
    schema: SchemaJson | null,
    diff: IndexDiff,
    onSettled: () => void,
  ) {
    this.#onSettled = onSettled;
    this.component = component;
    this.diff = diff;
    this.#schema = schema;
    const tasks = sweepTasks(catalog, component, schema);
    const indexes = tasks.flatMap((task) => task.indexes);
    this.#building = new Set(indexes.map((index) => index.number));
    const staged = new Set(diff.added.filter((index) => index.staged).map(indexName));
    this.#awaited = tasks.flatMap(({ table, indexes: own }) =>
      own
        .filter(({ name }) => !staged.has(indexName({ table: table.name, name })))
        .map(({ number }) => number),
    );
    this.#validators = newValidators(schema);
    this.#sweep = new TableSweep(tasks);
  }

  /** The catalog with the schema's tables and, as building, its new indexes. */
  static prepared(
    row: CatalogRow,
    component: string,
    schema: SchemaJson | null,
    diff: IndexDiff,
  ): CatalogRow {
    let next = row;
    for (const { tableName } of schema?.tables ?? []) next = withTable(next, component, tableName);
    for (const { table, staged, ...index } of diff.added) {
      const owner = findTable(next, component, table);
      if (owner === undefined) throw new Error(`No table "${table}" for index "${index.name}"`);
      next = withIndex(next, { table: owner.byId, ...index, state: "building" });
    }
    return next;
  }

  get status(): SchemaStatus {
    if (this.#failure !== null) return { type: "failed", ...this.#failure };
    if (this.#sweep.done) return { type: "complete" };
    return {
      type: "inProgress",
      schemaValidationComplete: false,
      indexesComplete: this.#awaited.filter((index) => this.#sweep.isBuilt(index)).length,
      indexesTotal: this.#awaited.length,
    };
  }

  /** A page of work, as the first thing of a group. */
  step(group: CommitGroup, snapshot: Snapshot): void {
    group.addEntries(this.#sweep.step(snapshot, idTableResolver(group.catalog, this.component)));
    const { mismatch, done } = this.#sweep;
    if (mismatch === null) {
      if (done) this.#onSettled();
      return;
    }
    const { tableName, id, text } = mismatch;
    this.#fail(
      tableName,
      `Document with ID "${id}" in table "${tableName}" does not match the schema: ${text}`,
    );
  }

  /** Each write that is about to be committed while the change is pending. */
  observe(catalog: Catalog, { component, tableName, id, after }: DocumentWrite): void {
    if (component === this.component) this.#sweep.noteWritten(id);
    const validator = component === this.component ? this.#validators.get(tableName) : undefined;
    if (validator === undefined || after === null || this.#failure !== null) return;
    const { _id, _creationTime, ...fields } = JSON.parse(after) as JSONObject;
    const text = checkValue(validator, fields, idTableResolver(catalog, component));
    if (text === null) return;
    this.#fail(tableName, `New document in table "${tableName}" does not match the schema: ${text}`);
  }

  /** The catalog with the schema active, and the indexes that are no more. */
  activated(catalog: Catalog): { row: CatalogRow; dropped: number[] } {
    const numbers = (indexes: IndexDescription[]): Set<number> =>
      new Set(
        indexes.flatMap((index) => {
          const used = findUsedIndex(catalog, this.component, index);
          return used === null ? [] : [used.number];
        }),
      );
    const dropped = numbers(this.diff.removed);
    const awaited = new Set(this.#awaited);
    const staged = new Set([...this.#building].filter((index) => !awaited.has(index)));
    for (const index of numbers(this.diff.disabled)) staged.add(index);
    for (const index of numbers(this.diff.enabled)) awaited.add(index);
    let row = withoutIndexes(catalog.row, dropped);
    row = withIndexState(row, awaited, "enabled");
    row = withIndexState(row, staged, "staged");
    row = withSchema(row, this.component, this.#schema);
    return { row, dropped: [...dropped] };
  }

  /** The catalog without what was made for this change; tables stay. */
  abandoned(row: CatalogRow): CatalogRow {
    return withoutIndexes(row, this.#building);
  }

  #fail(tableName: string, error: string): void {
    this.#failure ??= { error, tableName };
    this.#onSettled();
  }
}

function sweepTasks(catalog: Catalog, component: string, schema: SchemaJson | null): SweepTask[] {
  const validators = newValidators(schema);
  return catalog.tables(component).flatMap((table) => {
    if (table.isSystem) return [];
    const wanted = validators.get(table.name) ?? null;
    // What the active schema enforces already, stored documents satisfy.
    const active = catalog.documentType(component, table.name);
    const known = wanted !== null && JSON.stringify(wanted) === JSON.stringify(active);
    const indexes = allIndexes(table).filter((index) => index.state === "building");
    return [{ table, indexes, validator: known ? null : wanted }];
  });
}

/** Validators that accept anything are left out. */
function newValidators(schema: SchemaJson | null): Map<string, ValidatorJSON> {
  const validators = new Map<string, ValidatorJSON>();
  if (schema?.schemaValidation !== true) return validators;
  for (const { tableName, documentType } of schema.tables) {
    if (documentType !== null && documentType.type !== "any") validators.set(tableName, documentType);
  }
  return validators;
}

function indexName({ table, name }: { table: string; name: string }): string {
  return `${table}\0${name}`;
}
