"use client";

import type { FunctionReturnType } from "convex/server";
import { api } from "@/convex/_generated/api";
import { useLiveQuery, type Live } from "./use-live-query";
import { useOperatorAction, useOperatorMutation } from "./use-operator-call";

/** Somebody of the workspace. */
export type Member = FunctionReturnType<typeof api.operators.list>[number];
/** Somebody who may join it. */
export type Invite = FunctionReturnType<typeof api.invites.list>[number];
/** What the inviter sees once. */
export type SentInvite = FunctionReturnType<typeof api.invites.send>;

/** Everybody of the workspace: owners, admins, agents. */
export function useMembers(): Live<Member[]> {
  return useLiveQuery(api.operators.list, {});
}

/** Invites that nobody has accepted yet; only for those who may see them. */
export function useInvites(mayManage: boolean): Live<Invite[]> {
  return useLiveQuery(api.invites.list, mayManage ? {} : "skip");
}

export function useSetRole() {
  return useOperatorMutation(api.operators.setRole);
}

export function useSetBrandAccess() {
  return useOperatorMutation(api.operators.setBrandAccess);
}

export function useRemoveMember() {
  return useOperatorMutation(api.operators.remove);
}

export function useMakeResetLink() {
  return useOperatorAction(api.operators.makeResetLink);
}

export function useResetTwoStep() {
  return useOperatorMutation(api.operators.resetTwoStep);
}

export function useSendInvite() {
  return useOperatorAction(api.invites.send);
}

export function useRevokeInvite() {
  return useOperatorMutation(api.invites.revoke);
}
