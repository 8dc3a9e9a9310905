"use client";

import type { FunctionReturnType } from "convex/server";
import { api } from "@/convex/_generated/api";
import { isSearch } from "./use-leads";
import { useLiveQuery, type Live } from "./use-live-query";
import { useOperatorMutation } from "./use-operator-call";

export type SavedReply = FunctionReturnType<typeof api.savedReplies.list>[number];

/** The replies that the operator may use, by title; with a brand, those that fit its conversations. */
export function useSavedReplies(brandId?: string): Live<SavedReply[]> {
  return useLiveQuery(api.savedReplies.list, brandId === undefined ? {} : { brandId });
}

/** All of them once there is something to find among them; none before. */
export function useSavedRepliesFor(text: string): readonly SavedReply[] {
  return useLiveQuery(api.savedReplies.list, isSearch(text) ? {} : "skip").data ?? [];
}

export const useCreateSavedReply = () => useOperatorMutation(api.savedReplies.create);
export const useUpdateSavedReply = () => useOperatorMutation(api.savedReplies.update);
export const useRemoveSavedReply = () => useOperatorMutation(api.savedReplies.remove);
