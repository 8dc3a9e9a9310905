/** What a search must find, by looking at every document. */
import type { JSONObject, JSONValue } from "@/embedded/storage/types";
import type { Engine } from "../engine";

const K1 = 1.2;
const B = 0.75;

export type SearchModel = { field: string; filterFields: string[]; documents: readonly JSONObject[] };

function words(text: JSONValue | undefined): string[] {
  if (typeof text !== "string") return [];
  return text
    .split(/[^\p{Alphabetic}\p{N}]/u)
    .filter((word) => word !== "" && Buffer.byteLength(word) < 32)
    .map((word) => Array.from(word, (letter) => letter.toLowerCase()).join(""));
}

const at = (document: JSONObject, path: string): JSONValue | undefined =>
  path
    .split(".")
    .reduce<JSONValue | undefined>((value, name) => (value as JSONObject | undefined)?.[name], document);

/** Lengths as stored in one byte: exact up to 40, then the next smaller of those with four significant bits above 24. */
function storedLength(length: number): number {
  if (length <= 40) return length;
  const shift = Math.floor(Math.log2(length - 24)) - 3;
  return 24 + Math.floor((length - 24) / 2 ** shift) * 2 ** shift;
}

/** Ids in the order of relevance. Statistics are those of the filter that fewest documents pass. */
export function expectedIds(model: SearchModel, text: string, filters: Record<string, JSONValue>): string[] {
  const terms = words(text).slice(0, 16);
  const last = terms.at(-1);
  if (last === undefined) return [];
  const isUndefined = (value: JSONValue): boolean =>
    typeof value === "object" && value !== null && "$undefined" in value;
  const passes = (document: JSONObject, [path, value]: [string, JSONValue]): boolean =>
    isUndefined(value)
      ? at(document, path) === undefined
      : JSON.stringify(at(document, path)) === JSON.stringify(value);
  const scopes = Object.entries(filters).map((filter) =>
    model.documents.filter((document) => passes(document, filter)),
  );
  const scope =
    scopes.length === 0 ? model.documents : scopes.reduce((a, b) => (b.length < a.length ? b : a));
  const tokens = new Map(scope.map((document) => [document, words(at(document, model.field))]));
  const vocabulary = [...new Set([...tokens.values()].flat())].sort((a, b) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b)),
  );
  const exact = vocabulary.filter((word) => terms.includes(word));
  const expanded = vocabulary.filter((word) => word.startsWith(last) && !terms.includes(word));
  const searched = [...exact, ...expanded].slice(0, 64);
  const average = [...tokens.values()].reduce((sum, { length }) => sum + length, 0) / scope.length;
  const weight = new Map(
    searched.map((word) => {
      const frequency = [...tokens.values()].filter((own) => own.includes(word)).length;
      const rarity = Math.log(1 + (scope.length - frequency + 0.5) / (frequency + 0.5));
      return [word, rarity * (K1 + 1) * (exact.includes(word) ? 1 : 0.5)];
    }),
  );
  const found = scope
    .filter((document) => Object.entries(filters).every((filter) => passes(document, filter)))
    .map((document) => {
      const own = tokens.get(document) ?? [];
      const norm = K1 * (1 - B + (B * storedLength(own.length)) / average);
      let score = 0;
      let isFound = false;
      for (const [word, wordWeight] of weight) {
        const count = own.filter((token) => token === word).length;
        if (count === 0) continue;
        isFound = true;
        score += wordWeight * (count / (count + norm));
      }
      return { document, isFound, score: Math.fround(score) };
    })
    .filter(({ isFound }) => isFound);
  found.sort((a, b) => {
    if (a.score !== b.score) return b.score - a.score;
    const [ta, tb] = [a, b].map(({ document }) => document["_creationTime"] as number) as [number, number];
    return ta === tb ? ((a.document["_id"] as string) < (b.document["_id"] as string) ? -1 : 1) : tb - ta;
  });
  return found.slice(0, 1_024).map(({ document }) => document["_id"] as string);
}

/** All that is stored of the search index of table `t`, statistics included. */
export function searchIndexContents(engine: Engine): Map<string, string | undefined> {
  const snapshot = engine.store.snapshot();
  const { number } = engine.committer.catalog.table("", "t")!.searchIndexes[0]!;
  const entries = new Map<string, string | undefined>();
  for (const key of snapshot.keys(number, "", null, false)) entries.set(key, snapshot.get(number, key));
  snapshot.close();
  return entries;
}
