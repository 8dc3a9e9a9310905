import type { Catalog } from "./catalog";

/** What system code queries as if it were a table: the user's tables of the component, by name. */
export const TABLE_LIST = "_tables";

/** The rows of that list, `{name, number}` each, as a stream of JSON texts. */
export class TableListStream {
  readonly #texts: string[];

  constructor(catalog: Catalog, component: string) {
    const tables = catalog.tables(component).filter((table) => !table.isSystem);
    this.#texts = tables
      .map(({ name, number }) => ({ name, number }))
      .sort((a, b) => (a.name < b.name ? 1 : -1))
      .map((row) => JSON.stringify(row));
  }

  next(): string | null {
    return this.#texts.pop() ?? null;
  }

  close(): void {
    this.#texts.length = 0;
  }
}
