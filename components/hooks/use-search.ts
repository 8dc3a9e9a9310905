"use client";

import { useEffect, useState } from "react";
import type { FunctionReturnType } from "convex/server";
import { api } from "@/convex/_generated/api";
import { SEARCH_LIMIT_DEFAULT } from "@/lib/limits";
import { checkSearch } from "@/lib/validation";
import { useLiveQuery, type Live } from "./use-live-query";

export type SearchResult = FunctionReturnType<typeof api.search.all>;
export type FoundPerson = SearchResult["people"]["rows"][number];
export type FoundMessage = SearchResult["messages"]["rows"][number];

/** How long a text must stand still before it is searched for, milliseconds. */
const SETTLE_MS = 150;

type Asked = { text: string; brandId: string | null; limit?: number };

/** What a text finds, live, once it has stood still; null for one that is too short to search for. */
export function useSearch({ text, brandId, limit = SEARCH_LIMIT_DEFAULT }: Asked): Live<SearchResult> | null {
  const settled = useSettledText(text);
  const checked = checkSearch(settled);
  const result = useLiveQuery(
    api.search.all,
    checked.ok ? { query: checked.value, limit, ...(brandId === null ? {} : { brandId }) } : "skip",
  );
  return checked.ok ? result : null;
}

/** The text once it has stood still: what is typed is not searched for letter by letter. */
export function useSettledText(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
