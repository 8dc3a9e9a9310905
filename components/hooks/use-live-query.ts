"use client";

import { useQueries, usePaginatedQuery_experimental as usePaginatedQuery } from "convex/react";
import type {
  PaginatedQueryArgs,
  PaginatedQueryItem,
  PaginatedQueryReference,
  RequestForQueries,
} from "convex/react";
import {
  getFunctionName,
  type FunctionArgs,
  type FunctionReference,
  type FunctionReturnType,
} from "convex/server";
import { useEffect, useMemo, useRef } from "react";
import { useSession } from "@/components/session/session-provider";
import { isSessionOver } from "./refusals";

/** The state of a subscription. Once there is data, it stays on screen while the token or the connection changes. */
export type Live<T> =
  | { status: "loading"; data: undefined }
  | { status: "ready"; data: T }
  | { status: "failed"; data: undefined; error: Error };

/** A subscribed list that grows page by page. */
export type LivePages<T> = {
  status: "loading" | "ready" | "failed";
  rows: readonly T[];
  /** Everything has been loaded. */
  complete: boolean;
  canLoadMore: boolean;
  loadMore: () => void;
};

/** Between attempts at a new token while our own server is away, milliseconds. */
const RENEW_RETRY_MS = 5000;

/** Query arguments without the token, which the hooks add. */
type OwnArgs<Args> = Omit<Args, "sessionToken">;

/** Subscribes to a query as the signed-in operator. */
export function useLiveQuery<Query extends FunctionReference<"query">>(
  query: Query,
  args: OwnArgs<FunctionArgs<Query>> | "skip",
): Live<FunctionReturnType<Query>> {
  const { sessionToken } = useSession();
  const name = getFunctionName(query);
  const argsKey = JSON.stringify(args);
  const requests = useMemo((): RequestForQueries => {
    const own = JSON.parse(argsKey) as "skip" | Record<string, string>;
    return own === "skip" ? {} : { it: { query, args: { ...own, sessionToken } } };
    // `query` is a new proxy on each render, so its name stands for it.
  }, [name, argsKey, sessionToken]);
  const result: unknown = useQueries(requests)["it"];
  const error = result instanceof Error ? result : null;
  useRenewal(error);
  const data = useHeld(`${name}:${argsKey}`, error ? undefined : (result as FunctionReturnType<Query>));
  if (args === "skip") return { status: "loading", data: undefined };
  if (error && !isSessionOver(error)) return { status: "failed", data: undefined, error };
  return data === undefined ? { status: "loading", data } : { status: "ready", data };
}

/** Subscribes to a paginated query as the signed-in operator. */
export function useLivePages<Query extends PaginatedQueryReference>(
  query: Query,
  args: OwnArgs<PaginatedQueryArgs<Query>> | "skip",
  pageSize: number,
): LivePages<PaginatedQueryItem<Query>> {
  const { sessionToken } = useSession();
  const key = `${getFunctionName(query)}:${JSON.stringify(args)}`;
  const held = useRef<{ key: string; rows: readonly PaginatedQueryItem<Query>[]; complete: boolean } | null>(
    null,
  );
  const last = held.current?.key === key ? held.current : null;
  const pages = usePaginatedQuery({
    query,
    args: args === "skip" ? "skip" : ({ ...args, sessionToken } as unknown as PaginatedQueryArgs<Query>),
    // A new token starts the pages anew: ask for as many rows at once as were on screen.
    initialNumItems: Math.max(pageSize, last?.rows.length ?? 0),
  });
  const error = pages.status === "error" ? pages.error : null;
  useRenewal(error);
  const rows = pages.status === "error" || args === "skip" ? undefined : pages.data;
  const complete = pages.status === "success" && !pages.canLoadMore;
  useEffect(() => {
    if (rows !== undefined) held.current = { key, rows, complete };
  }, [key, rows, complete]);
  const failed = error !== null && !isSessionOver(error);
  const shown = rows ?? last?.rows;
  return {
    status: failed ? "failed" : shown === undefined ? "loading" : "ready",
    rows: shown ?? [],
    complete: rows === undefined ? (last?.complete ?? false) : complete,
    canLoadMore: pages.canLoadMore,
    loadMore: () => pages.loadMore(pageSize),
  };
}

/** The newest value for a key; while the next one is on its way, the last one. */
function useHeld<T>(key: string, fresh: T | undefined): T | undefined {
  const held = useRef<{ key: string; value: T } | null>(null);
  useEffect(() => {
    if (fresh !== undefined) held.current = { key, value: fresh };
  }, [key, fresh]);
  if (fresh !== undefined) return fresh;
  return held.current?.key === key ? held.current.value : undefined;
}

/** A refused token is replaced, which runs the query again; without a session the renewal leaves for the login page. */
function useRenewal(error: Error | null): void {
  const { renew } = useSession();
  const over = error !== null && isSessionOver(error);
  useEffect(() => {
    if (!over) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const attempt = () =>
      void renew().then((token) => {
        if (token === null) timer = setTimeout(attempt, RENEW_RETRY_MS);
      });
    attempt();
    return () => clearTimeout(timer);
  }, [over, renew]);
}
