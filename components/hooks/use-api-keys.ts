"use client";

import type { FunctionReturnType } from "convex/server";
import { api } from "@/convex/_generated/api";
import { useLiveQuery, type Live } from "./use-live-query";
import { useOperatorAction, useOperatorMutation } from "./use-operator-call";

/** A key that may still be used, without its secret. */
export type ApiKeyRow = FunctionReturnType<typeof api.apiKeys.list>[number];

/** The workspace's keys, newest first. */
export function useApiKeys(): Live<ApiKeyRow[]> {
  return useLiveQuery(api.apiKeys.list, {});
}

export function useCreateApiKey() {
  return useOperatorAction(api.apiKeys.create);
}

export function useRevokeApiKey() {
  return useOperatorMutation(api.apiKeys.revoke);
}
