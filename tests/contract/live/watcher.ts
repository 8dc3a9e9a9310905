/** A stock client behind a network that breaks, and what it showed at each of its transitions. */
import { BaseConvexClient, type QueryToken } from "convex/browser";
import { getFunctionName, type FunctionReference } from "convex/server";
import type { Value } from "convex/values";
import { expect } from "vitest";
import WebSocket from "ws";
import { startCuttableProxy, type CuttableProxy } from "../../helpers/cuttable-proxy";
import { mutation, query } from "../../helpers/embedded";
import type { History, Op, Query } from "./app";

type Page = { page: unknown[]; isDone: boolean; continueCursor: string };
type Watched = { query: Query; unsubscribe: () => void };
type LoadedPage = { args: Record<string, Value>; unsubscribe: () => void };

/** What was on the screen at one moment. `results`: of queries that have one. */
type Shown = { version: number; results: { query: Query; value: unknown }[]; pages: Page[] };

const PAGE_SIZE = 4;
const nameOf = (reference: FunctionReference<"query"> | FunctionReference<"mutation">) =>
  getFunctionName(reference);

export class Watcher {
  /** Sockets that were cut so far. */
  drops = 0;
  /** As usePaginatedQuery numbers them: pages of an earlier opening are other queries. */
  #pagination = 0;
  readonly #client: BaseConvexClient;
  readonly #proxy: CuttableProxy;
  readonly #list: string;
  #watched: Watched[] = [];
  #pages: LoadedPage[] = [];
  #shown: Shown[] = [];
  #lastVersion = 0;

  private constructor(proxy: CuttableProxy, list: string) {
    this.#proxy = proxy;
    this.#list = list;
    this.#client = new BaseConvexClient(proxy.url, () => this.#note(), {
      webSocketConstructor: WebSocket as unknown as typeof globalThis.WebSocket,
      logger: false,
      unsavedChangesWarning: false,
    });
    this.watch({ name: "version", args: {} });
    this.#loadPage(null);
  }

  /** `list`: the one that it pages through. */
  static async open(url: string, list: string): Promise<Watcher> {
    return new Watcher(await startCuttableProxy(url), list);
  }

  watch(one: Query): void {
    const { unsubscribe } = this.#client.subscribe(nameOf(query(`live:${one.name}`)), one.args);
    this.#watched.push({ query: one, unsubscribe });
  }

  /** Stops watching some query, never the version. */
  forget(pick: number): void {
    const [gone] = this.#watched.splice(1 + (pick % Math.max(1, this.#watched.length - 1)), 1);
    gone?.unsubscribe();
  }

  async apply(op: Op): Promise<number> {
    return (await this.#client.mutation(nameOf(mutation("live:apply")), { op })) as number;
  }

  drop(): void {
    this.drops++;
    this.#proxy.blink();
  }

  /** As `loadMore` of usePaginatedQuery: after the last page, if that is there and is not the end. */
  loadMore(): void {
    const last = this.#pageResults().at(-1);
    if (last === undefined || last.isDone || this.#pageResults().length < this.#pages.length) return;
    this.#loadPage(last.continueCursor);
  }

  /** As when the view is opened anew. */
  restartPages(): void {
    for (const { unsubscribe } of this.#pages.splice(0)) unsubscribe();
    this.#pagination++;
    this.#loadPage(null);
  }

  get version(): number | null {
    return (this.#client.localQueryResult(nameOf(query("live:version")), {}) as number | undefined) ?? null;
  }

  get isComplete(): boolean {
    return (
      this.#pageResults().length === this.#pages.length &&
      this.#watched.every(({ query: one }) => this.#valueOf(one) !== undefined)
    );
  }

  queries(): Query[] {
    return this.#watched.map(({ query: one }) => one);
  }

  /** Holds all that was shown since the last call against what the database was at those versions. */
  check(history: History): void {
    for (const { version, results, pages } of this.#shown.splice(0)) {
      expect(version).toBeGreaterThanOrEqual(this.#lastVersion);
      this.#lastVersion = version;
      for (const { query: one, value } of results) expect(value).toEqual(history.answer(version, one));
      const rows = history.rows(version, this.#list);
      const loaded = pages.flatMap(({ page }) => page);
      expect(loaded).toEqual(pages.at(-1)?.isDone === true ? rows : rows.slice(0, loaded.length));
    }
  }

  /** What it shows now, to be held against fresh queries. */
  results(): { query: Query; value: unknown }[] {
    return this.#watched.map(({ query: one }) => ({ query: one, value: this.#valueOf(one) }));
  }

  async close(): Promise<void> {
    await this.#client.close();
    await this.#proxy.close();
  }

  #loadPage(cursor: string | null): void {
    const args = { list: this.#list, paginationOpts: { numItems: PAGE_SIZE, cursor, id: this.#pagination } };
    const { unsubscribe } = this.#client.subscribe(nameOf(query("live:page")), args);
    this.#pages.push({ args, unsubscribe });
  }

  /** Results of the pages from the first on, as far as they are there. */
  #pageResults(): Page[] {
    const results: Page[] = [];
    for (const { args } of this.#pages) {
      const value = this.#client.localQueryResult(nameOf(query("live:page")), args);
      if (value === undefined) break;
      results.push(value as unknown as Page);
    }
    return results;
  }

  #valueOf({ name, args }: Query): unknown {
    return this.#client.localQueryResult(nameOf(query(`live:${name}`)), args);
  }

  #note(_updated?: QueryToken[]): void {
    const { version } = this;
    if (version === null) return;
    const results = this.results().filter(({ value }) => value !== undefined);
    this.#shown.push({ version, results, pages: this.#pageResults() });
  }
}
