"use client";

import type { FunctionReturnType } from "convex/server";
import { api } from "@/convex/_generated/api";
import { useLiveQuery, type Live } from "./use-live-query";
import { useOperatorAction, useOperatorMutation } from "./use-operator-call";

/** An agent token that may still be used, without its secret. */
export type AgentTokenRow = FunctionReturnType<typeof api.agentTokens.list>[number];

/** The operator's own tokens, newest first; for owners and admins those of everybody. */
export function useAgentTokens(): Live<AgentTokenRow[]> {
  return useLiveQuery(api.agentTokens.list, {});
}

export function useCreateAgentToken() {
  return useOperatorAction(api.agentTokens.create);
}

export function useRevokeAgentToken() {
  return useOperatorMutation(api.agentTokens.revoke);
}
