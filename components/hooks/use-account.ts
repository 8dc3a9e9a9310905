"use client";

import type { FunctionReturnType } from "convex/server";
import { api } from "@/convex/_generated/api";
import { useLiveQuery, type Live } from "./use-live-query";
import { useOperatorAction, useOperatorMutation } from "./use-operator-call";

/** A place where the operator is signed in. */
export type Login = FunctionReturnType<typeof api.sessions.list>[number];

/** Where the operator is signed in, newest first. */
export function useLogins(): Live<Login[]> {
  return useLiveQuery(api.sessions.list, {});
}

export function useRevokeLogin() {
  return useOperatorMutation(api.sessions.revoke);
}

export function useRevokeOtherLogins() {
  return useOperatorMutation(api.sessions.revokeOthers);
}

export function useUpdateName() {
  return useOperatorMutation(api.account.updateName);
}

/** Whether a second step is asked for at the login, and how many recovery codes are left. */
export function useTwoStep() {
  return useLiveQuery(api.twoStep.status, {});
}

export function useBeginTwoStep() {
  return useOperatorAction(api.twoStep.begin);
}

export function useConfirmTwoStep() {
  return useOperatorAction(api.twoStep.confirm);
}

export function useRenewRecoveryCodes() {
  return useOperatorAction(api.twoStep.renewRecoveryCodes);
}

export function useDisableTwoStep() {
  return useOperatorAction(api.twoStep.disable);
}

export function useUpdatePassword() {
  return useOperatorAction(api.account.updatePassword);
}
