"use client";

import { useQueries, type RequestForQueries } from "convex/react";
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

/** Between attempts at a new token while our own server is away, milliseconds. */
const RENEW_RETRY_MS = 5000;

/** Query arguments without the token, which the hooks add. */
export type OwnArgs<Args> = Omit<Args, "sessionToken">;

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
export function useRenewal(error: Error | null): void {
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
