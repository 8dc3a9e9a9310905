import type { PaginationOptions, PaginationResult } from "convex/server";
import { PAGE_SIZE_MAX } from "../../lib/limits";

/** A whole number from 1 to `max`; anything that is not a number gives the default. */
export function clampLimit(limit: number | undefined, fallback: number, max: number): number {
  if (limit === undefined || Number.isNaN(limit)) return fallback;
  return Math.min(Math.max(Math.floor(limit), 1), max);
}

/** The client's wish for a page, within what one page may cost. */
export function boundedPage(options: PaginationOptions): PaginationOptions {
  return { ...options, numItems: clampLimit(options.numItems, PAGE_SIZE_MAX, PAGE_SIZE_MAX) };
}

/** The page of a list that has nothing. */
export function emptyPage(): PaginationResult<never> {
  return { page: [], isDone: true, continueCursor: "" };
}
