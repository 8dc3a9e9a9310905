import type { Snapshot, WriteBatch } from "../../storage/store";
import type { IndexKey } from "../../storage/types";
import { parseMembership, statisticsKey } from "./search-keys";

/** Documents of one scope of a search index, and the terms in all of them together. */
export type Statistics = { documents: number; terms: number };

export function parseStatistics(text: string | undefined): Statistics {
  if (text === undefined) return { documents: 0, terms: 0 };
  const space = text.indexOf(" ");
  return { documents: Number(text.slice(0, space)), terms: Number(text.slice(space + 1)) };
}

/**
 * What a group of commits does to the statistics of search indexes. They follow the membership entries that are really there:
 * while an index is being built, a write may remove entries that it never had, and the build may put some a second time.
 */
export class StatisticsChanges {
  /** Of each membership entry that the group touches, whether it is there in the end. */
  readonly #entries = new Map<string, { index: number; key: IndexKey; isThere: boolean }>();

  /** Entries of search indexes in the order in which the group puts or removes them; any but memberships are passed over. */
  note(index: number, key: IndexKey, isThere: boolean): void {
    if (parseMembership(key) !== null) this.#entries.set(`${index} ${key}`, { index, key, isThere });
  }

  /** `openSnapshot`: of the state before the group. */
  write(batch: WriteBatch, openSnapshot: () => Snapshot): void {
    if (this.#entries.size === 0) return;
    const snapshot = openSnapshot();
    const changed = new Map<string, { index: number; key: IndexKey; statistics: Statistics }>();
    for (const { index, key, isThere } of this.#entries.values()) {
      const membership = parseMembership(key);
      if (membership === null || isThere === (snapshot.get(index, key) !== undefined)) continue;
      const sign = isThere ? 1 : -1;
      const target = statisticsKey(membership.scope);
      const name = `${index} ${target}`;
      const entry = changed.get(name) ?? {
        index,
        key: target,
        statistics: parseStatistics(snapshot.get(index, target)),
      };
      entry.statistics.documents += sign;
      entry.statistics.terms += sign * membership.length;
      changed.set(name, entry);
    }
    snapshot.close();
    for (const { index, key, statistics } of changed.values()) {
      if (statistics.documents === 0) batch.removeKey(index, key);
      else batch.putKey(index, key, `${statistics.documents} ${statistics.terms}`);
    }
  }
}
