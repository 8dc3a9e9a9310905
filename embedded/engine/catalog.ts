import type { CatalogRow, IndexRow, SchemaJson, TableRow, ValidatorJSON } from "../storage/types";
import type { Snapshot } from "../storage/store";

/** Immutable view of the catalog: which tables, indexes and active schemas there are at one version. */
export class Catalog {
  constructor(readonly row: CatalogRow) {}

  get version(): number {
    return this.row.version;
  }

  table(_component: string, _name: string): TableRow | null {
    throw new Error("unfinished");
  }

  tableByNumber(_component: string, _number: number): TableRow | null {
    throw new Error("unfinished");
  }

  tables(_component: string): readonly TableRow[] {
    throw new Error("unfinished");
  }

  /** All indexes of a table but by_id, in the order of their numbers, whatever their state. */
  indexes(_table: TableRow): readonly IndexRow[] {
    throw new Error("unfinished");
  }

  schema(_component: string): SchemaJson | null {
    throw new Error("unfinished");
  }

  /** Validator that writes to the table must satisfy; null when nothing is enforced. */
  documentType(_component: string, _table: string): ValidatorJSON | null {
    throw new Error("unfinished");
  }
}

/** Keeps the newest catalog parsed, so that a snapshot costs a version comparison as long as nothing changed. */
export class CatalogCache {
  at(_snapshot: Snapshot): Catalog {
    throw new Error("unfinished");
  }
}
