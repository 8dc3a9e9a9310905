"use client";

import { api } from "@/convex/_generated/api";
import { useLivePages } from "./use-live-pages";
import { useLiveQuery } from "./use-live-query";
import { useOperatorMutation } from "./use-operator-call";

/** Earlier conversations that are shown before one asks for more. */
const PAGE_SIZE = 5;

/** The other conversations of the visitor of this one, the newest first. */
export const useConversationsOfVisitor = (conversationId: string) =>
  useLivePages(api.conversations.listOfVisitor, { conversationId }, PAGE_SIZE);

/** The lead that was made from the conversation; null: none. */
export const useLeadOf = (conversationId: string) =>
  useLiveQuery(api.leads.findByConversation, { conversationId });

/** Merges a conversation into another one of its visitor, for good. */
export const useMergeConversation = () => useOperatorMutation(api.conversations.merge);

export const useSaveAsLead = () => useOperatorMutation(api.leads.createFromConversation);
