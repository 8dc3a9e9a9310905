"use client";

import { useAction, useMutation } from "convex/react";
import type { FunctionArgs, FunctionReference, FunctionReturnType } from "convex/server";
import { useCallback, useEffect, useRef } from "react";
import { useSession } from "@/components/session/session-provider";
import { isSessionOver } from "./refusals";
import type { OwnArgs } from "./use-live-query";

type Call<F extends FunctionReference<"mutation" | "action">> = (
  args: OwnArgs<FunctionArgs<F>>,
) => Promise<FunctionReturnType<F>>;

/** A mutation, run as the signed-in operator. Rejects with the function's refusal. */
export function useOperatorMutation<F extends FunctionReference<"mutation">>(mutation: F): Call<F> {
  const run = useMutation(mutation) as (args: object) => Promise<FunctionReturnType<F>>;
  return useWithToken(run);
}

/** An action, run as the signed-in operator. Rejects with the action's refusal. */
export function useOperatorAction<F extends FunctionReference<"action">>(action: F): Call<F> {
  const run = useAction(action) as (args: object) => Promise<FunctionReturnType<F>>;
  return useWithToken(run);
}

/** Adds the token of the moment; one that ran out meanwhile is replaced once. */
function useWithToken<Args extends object, Result>(
  run: (args: object) => Promise<Result>,
): (args: Args) => Promise<Result> {
  const { sessionToken, renew } = useSession();
  const token = useRef(sessionToken);
  const latest = useRef(run);
  useEffect(() => {
    token.current = sessionToken;
    latest.current = run;
  }, [sessionToken, run]);
  return useCallback(
    async (args) => {
      try {
        return await latest.current({ ...args, sessionToken: token.current });
      } catch (error) {
        if (!isSessionOver(error)) throw error;
        const renewed = await renew();
        if (renewed === null) throw error;
        return await latest.current({ ...args, sessionToken: renewed });
      }
    },
    [renew],
  );
}
